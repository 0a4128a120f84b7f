// SPDX-License-Identifier: Apache-2.0
// Sliders by group, each with a number field beside it and a way back.
import { originOf } from "./data.js";
import { h } from "./dom.js";
import type { InputField } from "./economics/inputs.js";
import { clamp } from "./economics/inputs.js";
import { significant, signOf, withUnit } from "./format.js";
import type { Model } from "./model.js";

const GROUPS: Record<string, string> = {
  demand: "Demand and machine", hardware: "Hardware and people", energy: "Energy", api: "Tokens and the API",
  adaptation: "Adaptation and retraining", quality: "Quality", carbon: "Carbon",
};
const OPEN = ["demand", "hardware"];
const STEPS = 200;

/** A slider's position (0…STEPS) for a value, and back. */
export function positionOf(field: InputField, value: number): number {
  const { slider_lo: lo, slider_hi: hi } = field;
  const share = field.scale === "log"
    ? (Math.log(Math.max(value, lo)) - Math.log(lo)) / (Math.log(hi) - Math.log(lo)) : (value - lo) / (hi - lo);
  return clamp(Math.round(STEPS * share), 0, STEPS);
}

export function valueAt(field: InputField, position: number): number {
  const { slider_lo: lo, slider_hi: hi } = field;
  const share = position / STEPS;
  if (field.scale === "log") return Number(Math.exp(Math.log(lo) + share * (Math.log(hi) - Math.log(lo))).toPrecision(3));
  const value = lo + share * (hi - lo);
  return field.key === "replicas" ? Math.round(value) : Number(value.toPrecision(6));
}

/** Why an input counts for nothing at present; empty where it counts. */
function uncounted(model: Model, field: InputField): string {
  const owned = model.valueOf("owned") >= 0.5;
  if (field.key === "rent_usd_per_h" || field.key === "rent_includes_power") return owned ? "does not count: owned" : "";
  if (field.key === "capex_usd" || field.key === "salvage_usd") return owned ? "" : "does not count: rented";
  const landlord = !owned && model.valueOf("rent_includes_power") >= 0.5;
  return field.key === "electricity_usd_per_kwh" && landlord ? "does not count: the rent includes power" : "";
}

/** One input's row; gives what refreshes it. */
function row(model: Model, field: InputField): { element: HTMLElement; refresh: () => void } {
  const id = `input-${field.key}`;
  const set = (value: number): void => model.set(field.key, value);
  const back = h("button", { type: "button", class: "quiet back", "aria-label": `Reset ${field.title}`, title: "Reset",
                             click: () => model.reset(field.key) }, "↺");
  const from = h("span", { class: "origin" });
  const yesNo = field.scale === "yes_no";
  const number = yesNo
    ? h("input", { type: "checkbox", id, change: () => set((number as HTMLInputElement).checked ? 1 : 0) })
    : h("input", { type: "number", id, step: "any", min: field.least, max: field.most, "aria-describedby": `${id}-from`,
                   change: () => set(Number((number as HTMLInputElement).value)) });
  const slider = yesNo ? null : h("input", { type: "range", min: 0, max: STEPS, step: 1, "aria-label": field.title,
    input: () => set(valueAt(field, Number(slider!.value))) });
  from.id = `${id}-from`;
  const element = h("div", { class: "input", title: field.meaning },
    h("label", { for: id }, field.title, field.unit === "1" ? "" : ` (${field.unit})`), number, back, slider, from);
  const refresh = (): void => {
    const value = model.valueOf(field.key);
    const changed = model.changed.has(field.key);
    if (yesNo) number.checked = value >= 0.5;
    else if (document.activeElement !== number || Number(number.value) !== value) number.value = String(Number(value.toPrecision(6)));
    if (slider) {
      const position = String(positionOf(field, value));
      if (slider.value !== position && document.activeElement !== slider) slider.value = position;
      slider.setAttribute("aria-valuetext", withUnit(significant(value), field.unit));
    }
    const place = model.table.indexOf(field);
    const spread = model.inputsOf(model.variant)[place]!;
    const origin = originOf(model.data, model.variant, field.key);
    from.textContent = changed ? "changed by you"
      : `${signOf(origin.grade)}${origin.grade}${spread.shape === "fixed" ? "" : ` ${significant(spread.lo)} to ${significant(spread.hi)}`}`;
    const leader = model.leaderOf(field.key);
    if (leader) from.textContent = `follows ${leader.title}`;
    const idle = uncounted(model, field);
    if (idle !== "") from.textContent = idle;
    from.title = [origin.sources, origin.note].filter((text) => text !== "").join("; ");
    element.classList.toggle("changed", changed);
    back.hidden = !changed;
  };
  return { element, refresh };
}

/** All controls, and what refreshes them. */
export function controls(model: Model): { element: HTMLElement; refresh: () => void } {
  const refreshes: (() => void)[] = [];
  const groups = [...new Set(model.table.map((field) => field.group))].map((group) => {
    const rows = model.table.filter((field) => field.group === group).map((field) => row(model, field));
    refreshes.push(...rows.map((each) => each.refresh));
    return h("details", { class: "group", open: OPEN.includes(group) }, h("summary", {}, GROUPS[group] ?? group),
      ...rows.map((each) => each.element));
  });
  return { element: h("div", { class: "controls" }, ...groups),
           refresh: () => { for (const refresh of refreshes) refresh(); } };
}
