// SPDX-License-Identifier: Apache-2.0
// What a deployment costs, when it has paid, and against what: the formulas of src/economics/outcome.hpp, in the same
// order of operations as C++, so that both agree to rounding.
import { decayedShare, firstCrossing, secondCrossing, type Race } from "./crossing.js";
import type { Inputs } from "./inputs.js";

export const SECONDS_PER_YEAR = 365.25 * 86400;
export const SECONDS_PER_MONTH = SECONDS_PER_YEAR / 12;
export const JOULES_PER_KWH = 3.6e6;

export type Verdict = "local" | "api" | "never";

/** All figures of one set of inputs; null where a figure does not exist. */
export interface Outcome {
  replicas: number;
  utilisation: number;
  hardware_usd_per_s: number;
  maintenance_usd_per_s: number;
  staff_usd_per_s: number;
  idle_usd_per_s: number;
  retrain_usd_per_s: number;
  fixed_usd_per_s: number;
  variable_usd: number;
  api_usd: number;
  local_usd: number;
  adapt_usd: number;
  upfront_usd: number;
  demand_floor_per_s: number | null;
  utilisation_floor: number | null;
  break_even_s: number | null;
  break_even_requests: number | null;
  reversal_s: number | null;
  reversal_requests: number | null;
  saving_usd: number;
  npv_usd: number;
  verdict: Verdict;
  local_usd_per_mtok: number | null;
  api_usd_per_mtok: number | null;
  local_usd_per_mtok_out: number | null;
  api_usd_per_mtok_out: number | null;
  local_usd_per_correct: number | null;
  api_usd_per_correct: number | null;
  cascade_usd: number;
  energy_j: number;
  operational_g: number;
  embodied_g: number;
  adaptation_g: number;
  carbon_g: number;
  api_g: number;
  park_w: number;
  keep_warm_gap_s: number | null;
  keep_warm: boolean;
  c_tax: number | null;
}

const isYes = (value: number): boolean => value >= 0.5;

/** What of the formulas does not depend on a variant. */
export interface Terms {
  demandPerS: number;
  machines: number;
  machineUsdPerS: number;
  upkeepUsdPerS: number;
  staffUsdPerS: number;
  siteFactor: number;
  usdPerJ: number;
  gramsPerJ: number;
  startsPerS: number;
  usdPerInputToken: number;
  usdPerOutputToken: number;
  wasteFactor: number;
  peopleUsd: number;
  retrainsPerS: number;
  decayPerS: number;
  horizonS: number;
  apiShare: number;
  apiShareNow: number;
  localShareNow: number;
  embodiedGPerS: number;
  adaptationsPerS: number;
  apiG: number;
}

/** The yearly payment that recovers a machine's price less what it brings at the end of its life. */
function capitalUsdPerYear(x: Inputs): number {
  const discount = x.life_years * Math.log1p(x.interest_per_year);
  const net = x.capex_usd - x.salvage_usd * Math.exp(-discount);
  const recovery = x.interest_per_year === 0 ? 1 / x.life_years : x.interest_per_year / -Math.expm1(-discount);
  return Math.max(net, 0) * recovery;
}

export function termsOf(x: Inputs): Terms {
  const owned = isYes(x.owned);
  const siteFactor = x.boundary_factor * x.pue;
  const landlordPays = !owned && isYes(x.rent_includes_power);
  const paidTokens = (x.api_tokenizer_ratio * (1 + x.api_retry_share)) / 1e6;
  const inputPrice = (1 - x.api_cache_share) * x.api_input_usd_per_mtok + x.api_cache_share * x.api_cached_usd_per_mtok;
  const decay = -Math.log1p(-x.api_decay_per_year) * x.horizon_years;
  const discount = Math.log1p(x.interest_per_year) * x.horizon_years;
  return {
    demandPerS: x.demand_per_day / 86400,
    machines: Math.max(Math.ceil(x.replicas), 1),
    machineUsdPerS: owned ? capitalUsdPerYear(x) / SECONDS_PER_YEAR : x.rent_usd_per_h / 3600,
    upkeepUsdPerS: x.maintenance_usd_per_month / SECONDS_PER_MONTH,
    staffUsdPerS: x.staff_usd_per_month / SECONDS_PER_MONTH,
    siteFactor,
    usdPerJ: landlordPays ? 0 : (siteFactor * x.electricity_usd_per_kwh) / JOULES_PER_KWH,
    gramsPerJ: x.carbon_g_per_kwh / JOULES_PER_KWH,
    startsPerS: x.cold_starts_per_day / 86400,
    usdPerInputToken: paidTokens * inputPrice,
    usdPerOutputToken: paidTokens * x.api_output_usd_per_mtok,
    wasteFactor: 1 + x.adapt_waste,
    peopleUsd: x.data_usd + x.labour_h * x.wage_usd_per_h,
    retrainsPerS: x.retrains_per_year / SECONDS_PER_YEAR,
    decayPerS: -Math.log1p(-x.api_decay_per_year) / SECONDS_PER_YEAR,
    horizonS: x.horizon_years * SECONDS_PER_YEAR,
    apiShare: decayedShare(decay),
    apiShareNow: decayedShare(decay + discount),
    localShareNow: decayedShare(discount),
    embodiedGPerS: (1000 * x.embodied_kg) / (x.life_years * SECONDS_PER_YEAR),
    adaptationsPerS: (1 / x.horizon_years + x.retrains_per_year) / SECONDS_PER_YEAR,
    apiG: (x.api_wh_per_request / 1000) * x.carbon_g_per_kwh,
  };
}

/** Computes everything from `x`, whose values lie in the ranges of the table of inputs. */
export function evaluate(x: Inputs, t: Terms = termsOf(x)): Outcome {
  const demand = t.demandPerS;
  const standingW = x.idle_w + t.startsPerS * x.cold_start_j;
  const addedJ = Math.max(x.busy_w - x.idle_w, 0) / x.capacity_per_s;
  const replicas = Math.max(t.machines, Math.ceil(demand / x.capacity_per_s));
  const adaptUsd = (x.adapt_s * t.machineUsdPerS + x.adapt_j * t.usdPerJ) * t.wasteFactor + t.peopleUsd;
  const upfrontUsd = adaptUsd + x.setup_usd;
  const hardware = replicas * t.machineUsdPerS;
  const maintenance = replicas * t.upkeepUsdPerS;
  const idle = replicas * standingW * t.usdPerJ;
  const retrain = t.retrainsPerS * adaptUsd;
  const fixed = hardware + maintenance + t.staffUsdPerS + idle + retrain;
  const variable = addedJ * t.usdPerJ;
  const api = x.input_tokens * t.usdPerInputToken + x.output_tokens * t.usdPerOutputToken;
  const local = demand > 0 ? variable + fixed / demand : Infinity;

  const demandFloor = api > variable ? fixed / (api - variable) : null;
  const utilisationFloor = demandFloor === null ? null : demandFloor / (replicas * x.capacity_per_s);
  const race: Race = {
    upfrontUsd, localUsdPerS: fixed + demand * variable, apiUsdPerS: demand * api, decayPerS: t.decayPerS,
  };
  const breakEven = firstCrossing(race);
  const reversal = breakEven === null ? null : secondCrossing(race);
  const saving = t.horizonS * (race.apiUsdPerS * t.apiShare - race.localUsdPerS) - upfrontUsd;
  const npv = t.horizonS * (race.apiUsdPerS * t.apiShareNow - race.localUsdPerS * t.localShareNow) - upfrontUsd;
  const verdict = utilisationFloor === null || utilisationFloor > 1 ? "never" : saving > 0 ? "local" : "api";

  const tokens = x.input_tokens + x.output_tokens;
  const perMtok = (usd: number, count: number): number | null => (count > 0 ? (usd * 1e6) / count : null);
  const energy = demand > 0 ? t.siteFactor * (addedJ + (replicas * standingW) / demand) : Infinity;
  const operational = demand > 0 ? energy * t.gramsPerJ : Infinity;
  const embodied = demand > 0 ? (t.embodiedGPerS * replicas) / demand : Infinity;
  const adaptation = demand > 0
    ? (x.adapt_j * t.siteFactor * t.gramsPerJ * t.wasteFactor * t.adaptationsPerS) / demand : Infinity;
  const park = Math.max(x.idle_w - x.off_w, 0);
  return {
    replicas,
    utilisation: demand / (replicas * x.capacity_per_s),
    hardware_usd_per_s: hardware,
    maintenance_usd_per_s: maintenance,
    staff_usd_per_s: t.staffUsdPerS,
    idle_usd_per_s: idle,
    retrain_usd_per_s: retrain,
    fixed_usd_per_s: fixed,
    variable_usd: variable,
    api_usd: api,
    local_usd: local,
    adapt_usd: adaptUsd,
    upfront_usd: upfrontUsd,
    demand_floor_per_s: demandFloor,
    utilisation_floor: utilisationFloor,
    break_even_s: breakEven,
    break_even_requests: breakEven === null ? null : demand * breakEven,
    reversal_s: reversal,
    reversal_requests: reversal === null ? null : demand * reversal,
    saving_usd: saving,
    npv_usd: npv,
    verdict,
    local_usd_per_mtok: perMtok(local, tokens),
    api_usd_per_mtok: perMtok(api, tokens),
    local_usd_per_mtok_out: perMtok(local, x.output_tokens),
    api_usd_per_mtok_out: perMtok(api, x.output_tokens),
    local_usd_per_correct: x.quality > 0 ? local / x.quality : null,
    api_usd_per_correct: x.api_quality > 0 ? api / x.api_quality : null,
    cascade_usd: local + (1 - x.cascade_acceptance) * api,
    energy_j: energy,
    operational_g: operational,
    embodied_g: embodied,
    adaptation_g: adaptation,
    carbon_g: operational + embodied + adaptation,
    api_g: t.apiG,
    park_w: park,
    keep_warm_gap_s: park > 0 ? x.cold_start_j / park : null,
    keep_warm: park <= 0 || demand * x.cold_start_j > park * replicas,
    c_tax: x.busy_w > 0 ? x.cold_start_j / (x.busy_w / x.capacity_per_s) : null,
  };
}

/** Energy of a request with Poisson arrivals at `rate` and an engine let go `keepAlive` s after its last one (J). */
export function keepAliveEnergyJ(x: Inputs, rate: number, keepAlive: number): number {
  const parkW = Math.max(x.idle_w - x.off_w, 0);
  const coldShare = rate > 0 ? Math.exp(-rate * keepAlive) : 1;
  const parkedS = rate > 0 ? -Math.expm1(-rate * keepAlive) / rate : keepAlive;
  return x.busy_w / x.capacity_per_s + coldShare * x.cold_start_j + (parkW > 0 ? parkW * parkedS : 0);
}

/** Cumulative cost of serving locally `seconds` after the start (USD). */
export function localCumulativeUsd(x: Inputs, outcome: Outcome, seconds: number): number {
  const demand = x.demand_per_day / 86400;
  return outcome.upfront_usd + (outcome.fixed_usd_per_s + demand * outcome.variable_usd) * seconds;
}

/** Cumulative cost of asking the API `seconds` after the start (USD). */
export function apiCumulativeUsd(x: Inputs, outcome: Outcome, seconds: number): number {
  const demand = x.demand_per_day / 86400;
  const decayPerS = -Math.log1p(-x.api_decay_per_year) / SECONDS_PER_YEAR;
  return demand * outcome.api_usd * seconds * decayedShare(decayPerS * seconds);
}
