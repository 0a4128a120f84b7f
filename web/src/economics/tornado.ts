// SPDX-License-Identifier: Apache-2.0
// One input's pull on the outcome, others at their values: src/economics/tornado.cpp.
import { evaluate, type Outcome } from "./evaluate.js";
import { central, clamp, type InputField, type Inputs, type Uncertain } from "./inputs.js";

export interface Lever {
  input: number;
  at_lo: number;
  at_hi: number;
  saving_at_lo: number;
  saving_at_hi: number;
  swing: number;
  elasticity: number | null;
}

const FIXED_REACH = 0.2;
const ELASTICITY_REACH = 0.01;

const outcomeAt = (centre: Inputs, field: InputField, value: number): Outcome =>
  evaluate({ ...centre, [field.key]: value });

function elasticity(centre: Inputs, field: InputField): number | null {
  const value = centre[field.key];
  if (value <= 0 || field.scale === "yes_no" || field.key === "replicas") return null;
  const lower = clamp(value * (1 - ELASTICITY_REACH), field.least, field.most);
  const upper = clamp(value * (1 + ELASTICITY_REACH), field.least, field.most);
  const costLower = outcomeAt(centre, field, lower).local_usd;
  const costUpper = outcomeAt(centre, field, upper).local_usd;
  const sound = costLower > 0 && costUpper > 0 && Number.isFinite(costLower) && Number.isFinite(costUpper) && lower < upper;
  return sound ? Math.log(costUpper / costLower) / Math.log(upper / lower) : null;
}

/** All levers that move the saving, largest swing first. */
export function tornado(table: readonly InputField[], inputs: readonly Uncertain[]): Lever[] {
  const centre = central(table, inputs);
  const levers: Lever[] = [];
  table.forEach((field, place) => {
    const input = inputs[place]!;
    const fixed = input.shape === "fixed";
    if (fixed && (input.value === 0 || field.scale === "yes_no")) return;
    const within = (value: number): number => clamp(value, field.least, field.most);
    let atLo = within(fixed ? input.value * (1 - FIXED_REACH) : input.lo);
    let atHi = within(fixed ? input.value * (1 + FIXED_REACH) : input.hi);
    if (fixed && field.key === "replicas") {
      atLo = Math.floor(atLo + 0.5);
      atHi = Math.floor(atHi + 0.5);
    }
    const savingLo = outcomeAt(centre, field, atLo).saving_usd;
    const savingHi = outcomeAt(centre, field, atHi).saving_usd;
    const swing = Math.abs(savingHi - savingLo);
    if (!(swing > 0)) return;
    levers.push({ input: place, at_lo: atLo, at_hi: atHi, saving_at_lo: savingLo, saving_at_hi: savingHi, swing,
                  elasticity: elasticity(centre, field) });
  });
  return levers.sort((a, b) => b.swing - a.swing);
}
