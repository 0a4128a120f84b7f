// SPDX-License-Identifier: Apache-2.0
// What a deployment of one variant is reckoned from, as the page's data names it: src/economics/inputs.hpp in words of
// TypeScript. The table of inputs comes with the data, so that it stands in one place only.

/** Every input by name, in the units of the names; meanings stand in the table of inputs. */
export interface Inputs {
  demand_per_day: number;
  capacity_per_s: number;
  replicas: number;
  horizon_years: number;
  owned: number;
  rent_usd_per_h: number;
  rent_includes_power: number;
  capex_usd: number;
  salvage_usd: number;
  life_years: number;
  interest_per_year: number;
  maintenance_usd_per_month: number;
  staff_usd_per_month: number;
  busy_w: number;
  idle_w: number;
  off_w: number;
  boundary_factor: number;
  pue: number;
  electricity_usd_per_kwh: number;
  cold_start_j: number;
  cold_starts_per_day: number;
  input_tokens: number;
  output_tokens: number;
  api_input_usd_per_mtok: number;
  api_output_usd_per_mtok: number;
  api_cached_usd_per_mtok: number;
  api_cache_share: number;
  api_retry_share: number;
  api_tokenizer_ratio: number;
  api_decay_per_year: number;
  adapt_s: number;
  adapt_j: number;
  adapt_waste: number;
  data_usd: number;
  labour_h: number;
  wage_usd_per_h: number;
  setup_usd: number;
  retrains_per_year: number;
  quality: number;
  api_quality: number;
  cascade_acceptance: number;
  carbon_g_per_kwh: number;
  embodied_kg: number;
  api_wh_per_request: number;
}

export type InputKey = keyof Inputs;

/** One row of the table of inputs. */
export interface InputField {
  key: InputKey;
  title: string;
  unit: string;
  group: string;
  scale: "linear" | "log" | "yes_no";
  owner: "scenario" | "variant";
  least: number;
  most: number;
  slider_lo: number;
  slider_hi: number;
  meaning: string;
}

export type Shape = "fixed" | "split_normal" | "split_lognormal" | "uniform";

/** One input with its spread: lo and hi bound 95 % (split shapes) or all (uniform). */
export interface Uncertain {
  value: number;
  lo: number;
  hi: number;
  shape: Shape;
  /** Inputs of one group move together; 0: on its own. */
  correlation: number;
}

/** The values alone. */
export function central(table: readonly InputField[], inputs: readonly Uncertain[]): Inputs {
  const values = {} as Inputs;
  table.forEach((field, place) => { values[field.key] = inputs[place]!.value; });
  return values;
}

export const clamp = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), most);
