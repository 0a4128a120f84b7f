// SPDX-License-Identifier: Apache-2.0
// The live decision: what the assumptions as they stand now say of the chosen variant.
import { breakEven, loadCurves, tornadoChart } from "./charts/money.js";
import { keepWarm } from "./charts/machine.js";
import type { Chart } from "./chart.js";
import type { Computer } from "./compute.js";
import { controls } from "./controls.js";
import { h } from "./dom.js";
import type { Decision } from "./economics/spread.js";
import { band, duration, percent, reversal, significant, withUnit } from "./format.js";
import type { Model } from "./model.js";

const DAY = 86400;

function words(decision: Decision, owned: boolean): string {
  if (decision === "local") return owned ? "Buy the machine and serve it" : "Rent the machine and serve it";
  if (decision === "api") return "Call the API";
  return decision === "never" ? "Call the API: it never pays" : "Undecided under these assumptions";
}

/** Titles, figures, and the ids of their formulas. */
function facts(model: Model, computer: Computer): [string, string, string?][] {
  const { outcome, inputs, spread, levers } = computer.result!;
  const times = (scale: number) => (x: number | null): string => significant(x === null ? null : x * scale);
  const shown = (name: "demand_floor_per_s" | "utilisation_floor" | "local_usd" | "api_usd" | "energy_j" | "carbon_g" | "saving_usd",
                 scale: number): string => (spread ? band(spread[name], times(scale)) : times(scale)(outcome[name]));
  const lever = levers[0];
  const field = lever ? model.table[lever.input]! : null;
  return [
    [`Local is cheaper within ${significant(inputs.horizon_years)} years`, spread ? `in ${percent(spread.local_cheaper)} of draws` : "…", "p_local_cheaper"],
    ["Demand floor, requests a day", `${outcome.demand_floor_per_s === null && !spread ? "none" : shown("demand_floor_per_s", DAY)}; assumed ${significant(inputs.demand_per_day, 6)}`, "demand_floor"],
    [`Use of ${outcome.replicas === 1 ? "the machine" : `${significant(outcome.replicas)} machines`}, %`, `${significant(100 * outcome.utilisation, 2)}; needed ${shown("utilisation_floor", 100)}`, "utilisation_floor"],
    ["1,000 local requests, USD", shown("local_usd", 1000), "usd_per_request"],
    ["1,000 API requests, USD", shown("api_usd", 1000)],
    ["Paid back after", spread ? band(spread.break_even_s, duration) : duration(outcome.break_even_s), "break_even_time"],
    ...reversed(computer),
    ["Saving at the horizon, USD", shown("saving_usd", 1), "saving"],
    ["Energy of a request, J", shown("energy_j", 1)],
    ["Carbon of a request, g CO2e", shown("carbon_g", 1), "carbon_per_request"],
    ["Biggest lever", lever && field ? `${field.title}: ${withUnit(significant(lever.at_lo), field.unit)} to ${withUnit(significant(lever.at_hi), field.unit)} moves the saving by ${significant(lever.swing)} USD` : "none"],
  ];
}

/** In at least so large a share of draws must there be a reversal for it to be told: kTellingShare of C++. */
const TELLING_SHARE = 0.05;

/** When the API's falling price makes it the cheaper again; nothing where that is rare. */
function reversed(computer: Computer): [string, string, string?][] {
  const { outcome, spread } = computer.result!;
  if (spread ? spread.break_even_s.defined * spread.reversal_s.defined < TELLING_SHARE : outcome.reversal_s === null) return [];
  const text = spread ? `${reversal(spread.reversal_s, duration)} where it pays back; by the horizon in ${percent(spread.reversed_within)} of draws`
    : duration(outcome.reversal_s);
  return [["API cheaper again after", text, "reversal_time"]];
}

/** The what-if section. */
export class WhatIf {
  readonly charts: Chart[];
  private readonly head = h("div", { class: "decision head" });
  private readonly box = h("div", { class: "decision live" });
  private readonly said = h("p", { class: "aside", role: "status", "aria-live": "polite" });
  private readonly controls;
  private readonly task = h("select", { id: "task" });
  private readonly variant = h("select", { id: "variant" });
  private saying: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly model: Model, private readonly computer: Computer, place: HTMLElement) {
    const { decision } = model.data;
    this.controls = controls(model);
    this.charts = [breakEven(computer), tornadoChart(model, computer), ...loadCurves(model, computer), keepWarm(model, computer)];
    if (decision && Object.keys(decision.shared).length === 0) {
      // Nothing to move: no variant could be reckoned.
      this.charts = [];
      place.append(this.head, this.box);
      return;
    }
    place.append(this.choosers(), this.said, h("div", { class: "whatif" }, h("div", { class: "side" }, this.buttons(), this.controls.element),
      h("div", { class: "seen" }, this.head, this.box, h("div", { class: "charts" }, ...this.charts.map((chart) => chart.element)))));
    this.refresh();
  }

  private choosers(): HTMLElement {
    const { model } = this;
    for (const task of new Set(model.data.variants.map((each) => each.task))) this.task.append(h("option", { value: task }, task));
    this.task.addEventListener("change", () => {
      const best = model.data.decision?.best[this.task.value] ?? model.data.variants.find((each) => each.task === this.task.value)?.id;
      if (best) model.choose(best);
    });
    this.variant.addEventListener("change", () => model.choose(this.variant.value));
    return h("div", { class: "choosers" }, h("label", {}, "Task ", this.task), h("label", {}, "Variant ", this.variant));
  }

  private buttons(): HTMLElement {
    const link = h("button", { type: "button", class: "quiet", click: () => {
      history.replaceState(null, "", this.model.hash());
      link.textContent = "The address now holds these settings";
      setTimeout(() => { link.textContent = "Keep in the address"; }, 2500);
    } }, "Keep in the address");
    return h("div", { class: "buttons" }, h("button", { type: "button", class: "quiet", click: () => this.model.reset() }, "Reset all"), link);
  }

  /** After any choice: what does not need draws. */
  refresh(): void {
    const { model } = this;
    const task = model.chosen?.task ?? "";
    this.task.value = task;
    if (this.variant.dataset["task"] !== task) {
      this.variant.dataset["task"] = task;
      this.variant.replaceChildren(...model.data.variants.filter((each) => each.task === task)
        .map((each) => h("option", { value: each.id }, each.name)));
    }
    this.variant.value = model.variant;
    this.controls.refresh();
  }

  /** After a computation: the box and the charts. */
  show(): void {
    const { result } = this.computer;
    if (!result) {
      const reason = this.model.data.decision?.variants[this.model.variant]?.absent_reason ?? "it was not decided on";
      this.head.className = "decision head";
      this.head.replaceChildren(h("p", { class: "word" }, "No decision"));
      this.box.replaceChildren(h("p", {}, reason));
      return;
    }
    const word = result.decision ? words(result.decision, result.inputs.owned >= 0.5) : "Computing …";
    if (result.decision) this.head.className = `decision head ${result.decision}`;
    const per1000 = (usd: number): string => significant(usd * 1000, 2);
    this.head.replaceChildren(h("p", { class: "word" }, word), h("p", {}, `${this.model.chosen?.name ?? ""}: `,
      result.spread ? `local cheaper in ${percent(result.spread.local_cheaper)} of draws; ` : "",
      `1,000 requests ${per1000(result.spread?.local_usd.median ?? result.outcome.local_usd)} USD, of the API ` +
      `${per1000(result.spread?.api_usd.median ?? result.outcome.api_usd)} USD`));
    const { size } = this.model.changed;
    this.box.replaceChildren(h("p", {}, `${size} assumption${size === 1 ? "" : "s"} changed`), h("dl", { class: "facts" }, ...facts(this.model, this.computer).map(([title, text, id]) =>
        h("div", title === "Biggest lever" ? { class: "wide" } : { title: this.model.data.formulas[id ?? ""] ?? false }, h("dt", {}, title), h("dd", {}, text)))),
      ...this.missing(), h("p", { class: "note" }, `${this.model.draws.toLocaleString("en-US")} draws; medians with 90 % bands in brackets.`));
    for (const chart of this.charts) chart.update();
    if (result.spread) this.say(`${word}; local is cheaper in ${percent(result.spread.local_cheaper)} of draws.`);
  }

  private missing(): HTMLElement[] {
    const stages = this.model.data.decision?.variants[this.model.variant]?.missing_stages ?? [];
    return stages.length === 0 ? [] : [h("p", { class: "note" }, `Not in the cost: ${stages.join("; ")}.`)];
  }

  /** Said once the reader stops moving. */
  private say(text: string): void {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => { if (this.said.textContent !== text) this.said.textContent = text; }, 700);
  }
}
