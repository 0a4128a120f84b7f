// SPDX-License-Identifier: Apache-2.0
// What the reader has chosen: a variant and changed assumptions, kept in the page's address.
import { isDecided, uncertainOf, type PageData, type VariantData } from "./data.js";
import { clamp, type InputField, type InputKey, type Uncertain } from "./economics/inputs.js";

export class Model {
  readonly changed = new Map<InputKey, number>();
  variant: string;
  private readonly listeners: (() => void)[] = [];

  constructor(readonly data: PageData) {
    const tasks = data.variants.map((each) => each.task);
    const best = data.decision?.best[tasks[0] ?? ""];
    this.variant = best ?? data.variants.find((each) => isDecided(data, each.id))?.id ?? data.variants[0]?.id ?? "";
    this.readHash();
    // An address put in by hand; links to sections of the page hold no choices.
    addEventListener("hashchange", () => {
      if (!location.hash.includes("variant=")) return;
      this.changed.clear();
      this.readHash();
      this.tell();
    });
  }

  get chosen(): VariantData | undefined { return this.data.variants.find((each) => each.id === this.variant); }
  get table(): InputField[] { return this.data.inputs; }
  get draws(): number { return 2000; }
  get seed(): number { return this.data.decision?.seed ?? 1; }

  numberOf(variant: string): number { return this.data.decision?.variants[variant]?.number ?? 0; }

  /** A variant's inputs under the changed assumptions. A changed one is known: it does not spread. What belongs to a
   *  variant is changed for the chosen one only. */
  inputsOf(variant: string): Uncertain[] {
    const inputs = uncertainOf(this.data, variant);
    this.table.forEach((field, place) => {
      const value = this.changed.get(field.key);
      if (value === undefined || (field.owner === "variant" && variant !== this.variant)) return;
      inputs[place] = { value, lo: value, hi: value, shape: "fixed", correlation: 0 };
    });
    this.table.forEach((field, place) => {
      const leader = this.leaderOf(field.key);
      if (leader) inputs[place] = { ...inputs[this.table.indexOf(leader)]! };
    });
    return inputs;
  }

  /** The changed input that `key` copies, as nobody has told its own value; null where there is none. */
  leaderOf(key: InputKey): InputField | null {
    const leader = this.data.decision?.follows[key];
    if (leader === undefined || this.changed.has(key) || !this.changed.has(leader)) return null;
    return this.table.find((field) => field.key === leader) ?? null;
  }

  valueOf(key: InputKey): number {
    const place = this.table.findIndex((field) => field.key === key);
    return this.inputsOf(this.variant)[place]?.value ?? 0;
  }

  set(key: InputKey, value: number): void {
    const field = this.table.find((each) => each.key === key);
    if (!field || !Number.isFinite(value)) return;
    this.changed.set(key, clamp(value, field.least, field.most));
    this.tell();
  }

  reset(key?: InputKey): void {
    if (key === undefined) this.changed.clear();
    else this.changed.delete(key);
    this.tell();
  }

  choose(variant: string): void {
    if (variant === this.variant) return;
    this.variant = variant;
    for (const field of this.table) if (field.owner === "variant") this.changed.delete(field.key);
    this.tell();
  }

  onChange(listener: () => void): void { this.listeners.push(listener); }

  /** The address that brings back these choices. */
  hash(): string {
    const parts = new URLSearchParams({ variant: this.variant });
    for (const [key, value] of this.changed) parts.set(key, String(value));
    return `#${parts.toString()}`;
  }

  private readHash(): void {
    const parts = new URLSearchParams(location.hash.slice(1));
    const variant = parts.get("variant");
    if (variant !== null && this.data.variants.some((each) => each.id === variant)) this.variant = variant;
    for (const field of this.table) {
      const text = parts.get(field.key);
      const value = text === null || text === "" ? NaN : Number(text);
      if (Number.isFinite(value)) this.changed.set(field.key, clamp(value, field.least, field.most));
    }
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
