// SPDX-License-Identifier: Apache-2.0
// Inputs that are not known exactly: seeded draws, and what they say of the outcome. The same draws as C++ makes, from
// src/economics/uncertainty.hpp.
import { evaluate, SECONDS_PER_YEAR, type Outcome } from "./evaluate.js";
import { clamp, type InputField, type Inputs, type Uncertain } from "./inputs.js";
import { drawUniform, normalQuantile } from "./random.js";

const NORMAL_975 = 1.96;

export interface Band { lo: number | null; median: number | null; hi: number | null; defined: number }

/** Figures of an outcome that have a band: the rows of src/economics/outcome_table.cpp that have one. */
export const BANDED = [
  "local_usd", "api_usd", "demand_floor_per_s", "utilisation_floor", "break_even_s", "break_even_requests",
  "reversal_s", "reversal_requests",
  "saving_usd", "npv_usd", "local_usd_per_mtok", "local_usd_per_correct", "energy_j", "carbon_g", "keep_warm_gap_s",
] as const;
export type Banded = (typeof BANDED)[number];

/** Whether a band is of those draws alone that have a break-even. */
const ofPaying = (name: Banded): boolean => name === "reversal_s" || name === "reversal_requests";

/** What the draws say of one variant. */
export interface Spread extends Record<Banded, Band> {
  draws: number;
  local_cheaper: number;
  never: number;
  pays_within: number;
  reversed_within: number;
}

export type Decision = "local" | "api" | "undecided" | "never";

/** The decision under uncertainty. */
export function decide(spread: { draws: number; local_cheaper: number; never: number }): Decision {
  if (spread.draws === 0) return "undecided";
  if (spread.local_cheaper >= 0.95) return "local";
  if (spread.never >= 0.95) return "never";
  return spread.local_cheaper <= 0.05 ? "api" : "undecided";
}

function spreads(input: Uncertain): boolean {
  if (input.shape === "split_lognormal") return input.lo > 0 && input.value > 0 && input.hi > 0;
  return input.shape !== "fixed";
}

function drawn(input: Uncertain, uniform: number): number {
  if (input.shape === "uniform") return input.lo + uniform * (input.hi - input.lo);
  const z = normalQuantile(uniform);
  if (input.shape === "split_normal")
    return input.value + (z * (z < 0 ? input.value - input.lo : input.hi - input.value)) / NORMAL_975;
  const width = z < 0 ? Math.log(input.value / input.lo) : Math.log(input.hi / input.value);
  return input.value * Math.exp((z * width) / NORMAL_975);
}

/** One draw of all inputs, each clipped to its range. */
export function drawInputs(table: readonly InputField[], inputs: readonly Uncertain[], variant: number, seed: number,
                           draw: number): Inputs {
  const values = {} as Inputs;
  for (let place = 0; place < table.length; ++place) {
    const field = table[place]!, input = inputs[place]!;
    let value = input.value;
    if (spreads(input)) {
      const slot = input.correlation !== 0 ? 1000 + input.correlation
        : field.owner === "scenario" ? place : 100000 + 100 * variant + place;
      value = drawn(input, drawUniform(seed, draw, slot));
    }
    values[field.key] = clamp(value, field.least, field.most);
  }
  return values;
}

/** Median and 90 % band of `values`, +∞ among them where a draw has no such figure; sorts them. */
export function bandOf(values: Float64Array): Band {
  const count = values.length;
  if (count === 0) return { lo: null, median: null, hi: null, defined: 0 };
  values.sort();
  let finite = 0;
  for (const value of values) if (Number.isFinite(value)) ++finite;
  const at = (p: number): number | null => {
    const value = values[Math.floor(p * (count - 1) + 0.5)]!;
    return Number.isFinite(value) ? value : null;
  };
  return { lo: at(0.05), median: at(0.5), hi: at(0.95), defined: finite / count };
}

/** Draws that are made slice by slice, so that a page stays responsive meanwhile. */
export class Simulation {
  private readonly columns: Float64Array[];
  private cheaper = 0;
  private never = 0;
  private paying = 0;
  private paysWithin = 0;
  private reversedWithin = 0;
  private next = 0;

  constructor(private readonly table: readonly InputField[], private readonly inputs: readonly Uncertain[],
              private readonly variant: number, private readonly seed: number, private readonly draws: number,
              private readonly see?: (inputs: Inputs, outcome: Outcome, draw: number) => void) {
    this.columns = BANDED.map(() => new Float64Array(draws));
  }

  get finished(): boolean { return this.next >= this.draws; }

  /** Makes up to `count` more draws. */
  run(count: number): void {
    const end = Math.min(this.next + count, this.draws);
    for (; this.next < end; ++this.next) {
      const inputs = drawInputs(this.table, this.inputs, this.variant, this.seed, this.next);
      const outcome = evaluate(inputs);
      if (outcome.saving_usd > 0) ++this.cheaper;
      if (outcome.verdict === "never") ++this.never;
      const horizon = inputs.horizon_years * SECONDS_PER_YEAR;
      if ((outcome.break_even_s ?? Infinity) <= horizon) ++this.paysWithin;
      if ((outcome.reversal_s ?? Infinity) <= horizon) ++this.reversedWithin;
      const pays = outcome.break_even_s !== null;
      // What holds of paying draws alone is kept without gaps; the rest is at the place of its draw.
      for (let i = 0; i < BANDED.length; ++i) {
        const name = BANDED[i]!;
        if (!ofPaying(name)) this.columns[i]![this.next] = outcome[name] ?? Infinity;
        else if (pays) this.columns[i]![this.paying] = outcome[name] ?? Infinity;
      }
      if (pays) ++this.paying;
      this.see?.(inputs, outcome, this.next);
    }
  }

  /** Of a finished simulation. */
  summary(): Spread {
    const share = (count: number): number => (this.draws === 0 ? 0 : count / this.draws);
    const bands = {} as Record<Banded, Band>;
    BANDED.forEach((name, i) => { bands[name] = bandOf(this.columns[i]!.subarray(0, ofPaying(name) ? this.paying : this.draws)); });
    return { ...bands, draws: this.draws, local_cheaper: share(this.cheaper), never: share(this.never),
             pays_within: share(this.paysWithin), reversed_within: share(this.reversedWithin) };
  }
}

/** All draws at once. */
export function simulate(table: readonly InputField[], inputs: readonly Uncertain[], variant: number, seed: number,
                         draws: number): Spread {
  const simulation = new Simulation(table, inputs, variant, seed, draws);
  simulation.run(draws);
  return simulation.summary();
}
