// SPDX-License-Identifier: Apache-2.0
// Where the cumulative cost of serving locally meets that of an API whose price falls: the same steps as
// src/economics/crossing.cpp, so that both give the same digits.

/** (1 − e^−x)/x, which is 1 at 0. */
export const decayedShare = (x: number): number => (x === 0 ? 1 : -Math.expm1(-x) / x);

/** e^−x − 1 + x for x ≥ 0; below ½ by its series, where the plain form would cancel. */
function exponentialExcess(x: number): number {
  if (x >= 0.5) return Math.expm1(-x) + x;
  let term = 0.5 * x * x, sum = term;
  for (let n = 3; Math.abs(term) > 1e-17 * sum; ++n) {
    term *= -x / n;
    sum += term;
  }
  return sum;
}

/** gain + rest·ln(rest), rest = 1 − gain: the most that v may be for v − gain·x + (e^−x − 1 + x) to have a root. */
function deepestDip(gain: number, rest: number): number {
  if (gain >= 0.125) return gain + rest * Math.log(rest);
  let sum = 0;
  for (let n = 20; n >= 2; --n) sum = sum * gain + 1 / (n * (n - 1));
  return gain * gain * sum;
}

/** Two cumulative costs: upfront + local·t, and api·(1 − e^−decay·t)/decay. */
export interface Race {
  upfrontUsd: number;
  localUsdPerS: number;
  apiUsdPerS: number;
  decayPerS: number;
}

/** Their difference over x = decay·t, in units of api/decay; convex. */
interface Scaled { v: number; gain: number; rest: number }

const scaled = (race: Race): Scaled => ({
  v: (race.upfrontUsd * race.decayPerS) / race.apiUsdPerS,
  gain: (race.apiUsdPerS - race.localUsdPerS) / race.apiUsdPerS,
  rest: race.localUsdPerS / race.apiUsdPerS,
});

function reachesZero(f: Scaled): boolean {
  if (f.rest <= 0) return f.v < 1;
  return f.v <= 0.5 * f.gain * f.gain || f.v <= deepestDip(f.gain, f.rest);
}

const MOST_STEPS = 200;
const SMALL_STEP = 2e-16;

/** Newton's steps from x, where f > 0, towards the root on the side where the slope has the sign `side`. */
function newton(f: Scaled, x: number, side: number): number {
  for (let step = 0; step < MOST_STEPS; ++step) {
    const excess = exponentialExcess(x);
    const value = f.v - f.gain * x + excess;
    const slope = x - f.gain - excess;
    if (value <= 0 || slope * side <= 0) break;
    const move = value / slope;
    x -= move;
    // f'' is at most 1, so the next step is at most half of move²/(|slope| − |move|).
    if (move * move <= SMALL_STEP * x * (Math.abs(slope) - Math.abs(move))) break;
  }
  return x;
}

/** When the local curve first falls to the API's (s); null where it never does. */
export function firstCrossing(race: Race): number | null {
  if (!(race.apiUsdPerS > race.localUsdPerS)) return null;
  if (race.upfrontUsd <= 0) return 0;
  if (race.decayPerS <= 0) return race.upfrontUsd / (race.apiUsdPerS - race.localUsdPerS);
  const f = scaled(race);
  if (!reachesZero(f)) return null;
  if (f.rest <= 0) return -Math.log1p(-f.v) / race.decayPerS;
  return newton(f, f.v / f.gain, -1) / race.decayPerS;
}

/** When the API's curve is the lower again (s); null where that never is. */
export function secondCrossing(race: Race): number | null {
  if (!(race.apiUsdPerS > race.localUsdPerS) || race.decayPerS <= 0) return null;
  const f = scaled(race);
  if (f.rest <= 0 || !reachesZero(f)) return null;
  return newton(f, (1 - f.v) / f.rest, 1) / race.decayPerS;
}
