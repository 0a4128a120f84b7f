// SPDX-License-Identifier: Apache-2.0
// Draws for the chosen variant and for the others, made in slices while the page stays responsive.
import { isDecided } from "./data.js";
import { apiCumulativeUsd, evaluate, localCumulativeUsd, SECONDS_PER_YEAR, type Outcome } from "./economics/evaluate.js";
import { central, type Inputs } from "./economics/inputs.js";
import { bandOf, decide, Simulation, type Band, type Decision, type Spread } from "./economics/spread.js";
import { tornado, type Lever } from "./economics/tornado.js";
import type { Model } from "./model.js";

const TIMES = 41;
const SLICE_MS = 10;
const FLEET_DRAWS = 400;
const LOADS = 81;
const LOAD_DRAWS = 500;

/** Cumulative costs over time with their bands (USD). */
export interface Curves { years: number[]; local: Band[]; api: Band[] }

/** A request's cost and energy against demand (requests a day), with their bands at each point: of the other inputs,
 *  as the demand is the point's. */
export interface LoadCurves { demand: number[]; local: Band[]; energy: Band[] }

/** What is known of the chosen variant. */
export interface Result {
  inputs: Inputs;
  outcome: Outcome;
  levers: Lever[];
  spread: Spread | null;
  decision: Decision | null;
  curves: Curves | null;
  loads: LoadCurves | null;
}

/** What is known of every variant. */
export interface FleetEntry { outcome: Outcome; local: { lo: number | null; median: number | null; hi: number | null };
                              local_cheaper: number; decision: Decision }

/** Points of the load curve: requests a day, the assumed ones among them. */
export function demandsAround(model: Model, inputs: Inputs, outcome: Outcome): number[] {
  const field = model.table.find((each) => each.key === "demand_per_day")!;
  const capacity = inputs.capacity_per_s * 86400 * outcome.replicas;
  const from = Math.log(Math.max(field.slider_lo, Math.min(inputs.demand_per_day, capacity) / 1e3));
  const to = Math.log(Math.min(field.slider_hi, Math.max(inputs.demand_per_day, capacity) * 20));
  const demands = Array.from({ length: LOADS }, (_, i) => Math.exp(from + ((to - from) * i) / (LOADS - 1)));
  const assumed = inputs.demand_per_day;
  if (assumed > demands[0]! && assumed < demands[LOADS - 1]! && !demands.includes(assumed)) demands.push(assumed);
  return demands.sort((a, b) => a - b);
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

export class Computer {
  result: Result | null = null;
  readonly fleet = new Map<string, FleetEntry>();
  private run = 0;

  constructor(private readonly model: Model, private readonly onResult: (result: Result) => void,
              private readonly onFleet: () => void) {
    this.fleetFromData();
  }

  /** Computes everything anew; what is under way is given up. */
  start(): void {
    const run = ++this.run;
    const { model } = this;
    this.result = null;
    if (!isDecided(model.data, model.variant)) return;
    const uncertain = model.inputsOf(model.variant);
    const inputs = central(model.table, uncertain);
    this.result = { inputs, outcome: evaluate(inputs), levers: tornado(model.table, uncertain), spread: null,
                    decision: null, curves: null, loads: null };
    this.onResult(this.result);
    void this.draw(run, this.result);
  }

  private async draw(run: number, result: Result): Promise<void> {
    const { model } = this;
    const years = Array.from({ length: TIMES }, (_, i) => (result.inputs.horizon_years * i) / (TIMES - 1));
    const local = years.map(() => new Float64Array(model.draws));
    const api = years.map(() => new Float64Array(model.draws));
    const demand = demandsAround(model, result.inputs, result.outcome);
    const loadDraws = Math.min(LOAD_DRAWS, model.draws);
    const cost = demand.map(() => new Float64Array(loadDraws));
    const energy = demand.map(() => new Float64Array(loadDraws));
    const simulation = new Simulation(model.table, model.inputsOf(model.variant), model.numberOf(model.variant),
      model.seed, model.draws, (inputs, outcome, draw) => {
        for (let i = 0; draw < loadDraws && i < demand.length; ++i) {
          const there = evaluate({ ...inputs, demand_per_day: demand[i]! });
          cost[i]![draw] = there.local_usd;
          energy[i]![draw] = there.energy_j;
        }
        for (let i = 0; i < TIMES; ++i) {
          local[i]![draw] = localCumulativeUsd(inputs, outcome, years[i]! * SECONDS_PER_YEAR);
          api[i]![draw] = apiCumulativeUsd(inputs, outcome, years[i]! * SECONDS_PER_YEAR);
        }
      });
    await pause();
    while (!simulation.finished) {
      if (run !== this.run) return;
      const until = performance.now() + SLICE_MS;
      do simulation.run(25); while (!simulation.finished && performance.now() < until);
      await pause();
    }
    if (run !== this.run) return;
    result.spread = simulation.summary();
    result.decision = decide(result.spread);
    result.curves = { years, local: local.map(bandOf), api: api.map(bandOf) };
    result.loads = { demand, local: cost.map(bandOf), energy: energy.map(bandOf) };
    this.onResult(result);
    await this.drawFleet(run);
  }

  private fleetFromData(): void {
    const { model } = this;
    for (const variant of model.data.variants) {
      const decided = model.data.decision?.variants[variant.id];
      if (!decided || !isDecided(model.data, variant.id)) continue;
      const [lo, median, hi] = decided.local_usd;
      this.fleet.set(variant.id, { outcome: evaluate(central(model.table, model.inputsOf(variant.id))),
        local: { lo, median, hi }, local_cheaper: decided.local_cheaper, decision: decided.decision as Decision });
    }
  }

  private async drawFleet(run: number): Promise<void> {
    const { model } = this;
    if (model.changed.size === 0) {
      this.fleetFromData();
      this.onFleet();
      return;
    }
    for (const variant of [...this.fleet.keys()]) {
      const inputs = model.inputsOf(variant);
      const simulation = new Simulation(model.table, inputs, model.numberOf(variant), model.seed, FLEET_DRAWS);
      while (!simulation.finished) {
        simulation.run(100);
        await pause();
        if (run !== this.run) return;
      }
      const spread = simulation.summary();
      this.fleet.set(variant, { outcome: evaluate(central(model.table, inputs)), local: spread.local_usd,
                                local_cheaper: spread.local_cheaper, decision: decide(spread) });
    }
    this.onFleet();
  }
}
