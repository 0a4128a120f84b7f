// SPDX-License-Identifier: Apache-2.0
// Figures for people: few digits, the unit beside them, signs of their grade.

/** `value` with `digits` significant digits; powers of ten only where it is very small or large. */
export function significant(value: number | null, digits = 3): string {
  if (value === null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e9) {
    const [mantissa, power] = value.toExponential(digits - 1).split("e");
    return `${mantissa!.replace("-", "−")}·10${superscript(Number(power))}`;
  }
  const rounded = Number(value.toPrecision(digits));
  return rounded.toLocaleString("en-US", { maximumSignificantDigits: size >= 1000 ? 15 : digits,
                                           maximumFractionDigits: 20 }).replace("-", "−");
}

function superscript(power: number): string {
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  return String(power).replace(/./g, (c) => (c === "-" ? "⁻" : digits[Number(c)]!));
}

/** "~", "†", "*" or nothing. */
export const signOf = (grade: string): string =>
  ({ modelled: "~", published: "†", assumed: "*" } as Record<string, string>)[grade] ?? "";

/** A share as per cent; rounding never makes it look certain. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return "under 1 %";
  if (share < 1 && share > 0.99) return "over 99 %";
  return `${Math.round(100 * share)} %`;
}

/** "3 days", "2.1 years"; never where there is none. */
export function duration(seconds: number | null): string {
  if (seconds === null) return "never";
  if (seconds === 0) return "at once";
  if (seconds < 120) return `${significant(seconds, 2)} s`;
  if (seconds < 2 * 3600) return `${significant(seconds / 60, 2)} min`;
  if (seconds < 2 * 86400) return `${significant(seconds / 3600, 2)} h`;
  const days = seconds / 86400;
  return days < 730 ? `${significant(days, 2)} days` : `${significant(days / 365.25, 2)} years`;
}

/** "median [lo, hi]" of a band; an absent end is open. */
export function band(value: { lo: number | null; median: number | null; hi: number | null },
                     show: (value: number | null) => string): string {
  if (value.median === null) return "never in most draws";
  const end = (x: number | null): string => (x === null ? "∞" : show(x));
  return `${show(value.median)} [${end(value.lo)}, ${end(value.hi)}]`;
}

/** The same of a reversal: what is open stays so for good. */
export function reversal(value: { lo: number | null; median: number | null; hi: number | null },
                         show: (value: number | null) => string): string {
  const end = (x: number | null): string => (x === null ? "∞" : show(x));
  return `${end(value.median)} [${end(value.lo)}, ${end(value.hi)}]`;
}

/** A unit behind a figure; plain shares and counts have none. */
export const withUnit = (text: string, unit: string): string => (unit === "1" || unit === "" ? text : `${text} ${unit}`);
