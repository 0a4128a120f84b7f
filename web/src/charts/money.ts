// SPDX-License-Identifier: Apache-2.0
// Break-even over time, the levers, and what a request costs and needs against demand.
import { demandsAround, type Computer, type LoadCurves, type Result } from "../compute.js";
import { axis, base, Chart, lines, type Colours } from "../chart.js";
import type { Cell, Table } from "../dom.js";
import { evaluate, type Outcome } from "../economics/evaluate.js";
import type { Band } from "../economics/spread.js";
import { duration, significant, withUnit } from "../format.js";
import type { Model } from "../model.js";

/** A value that may be a tooltip's parameter of an axis. */
interface AxisItem { dataIndex: number }

const nothing = "Nothing is decided for this variant.";

function bandSeries(name: string, colour: string, x: number[], lo: (number | null)[], hi: (number | null)[]): object[] {
  const area = { type: "line", symbol: "none", silent: true, lineStyle: { opacity: 0 }, stack: name, tooltip: { show: false } };
  return [
    { ...area, data: x.map((at, i) => [at, lo[i] ?? 0]) },
    { ...area, areaStyle: { color: colour, opacity: 0.16 }, data: x.map((at, i) => [at, (hi[i] ?? 0) - (lo[i] ?? 0)]) },
  ];
}

function breakEvenOption(c: Colours, result: Result): Record<string, unknown> | null {
  const curves = result.curves;
  if (!curves) return { ...base(c), xAxis: axis(c, "years", "x"), yAxis: axis(c, "USD", "y"), series: [] };
  const [api, local] = [c.series[0]!, c.series[1]!];
  const at = (band: { lo: number | null; hi: number | null; median: number | null }[], end: "lo" | "median" | "hi"): (number | null)[] =>
    band.map((each) => each[end]);
  return {
    ...base(c),
    legend: { top: 0, textStyle: { color: c.ink }, icon: "roundRect", itemHeight: 4, data: ["API", "local"] },
    grid: { ...(base(c)["grid"] as object), top: 34 },
    tooltip: { ...(base(c)["tooltip"] as object), trigger: "axis", formatter: (items: AxisItem[]) => {
      const i = items[0]?.dataIndex ?? 0;
      const say = (name: string, band: { lo: number | null; median: number | null; hi: number | null }): string =>
        `${name}: ${significant(band.median)} [${significant(band.lo)}, ${significant(band.hi)}] USD`;
      return lines(`after ${significant(curves.years[i]!, 3)} years`, say("API", curves.api[i]!), say("local", curves.local[i]!));
    } },
    xAxis: axis(c, "years", "x", { max: result.inputs.horizon_years }),
    yAxis: axis(c, "spent so far (USD)", "y", { nameGap: 56, axisLabel: { color: c.faint, formatter: (y: number) => significant(y, 3) } }),
    series: [
      ...bandSeries("band api", api, curves.years, at(curves.api, "lo"), at(curves.api, "hi")),
      ...bandSeries("band local", local, curves.years, at(curves.local, "lo"), at(curves.local, "hi")),
      { name: "API", type: "line", symbol: "none", itemStyle: { color: api }, lineStyle: { color: api, width: 2.5 },
        data: curves.years.map((year, i) => [year, curves.api[i]!.median]) },
      { name: "local", type: "line", symbol: "none", itemStyle: { color: local }, lineStyle: { color: local, width: 2.5, type: [7, 4] },
        data: curves.years.map((year, i) => [year, curves.local[i]!.median]) },
    ],
  };
}

export function breakEven(computer: Computer): Chart {
  return new Chart({
    title: "What is spent over time",
    note: "medians with 90 % bands; local is paid back where its line falls below the API's",
    label: () => {
      if (!computer.result) return nothing;
      const { break_even_s: paid, reversal_s: again } = computer.result.outcome;
      return `At the central values local is paid back: ${duration(paid)}.` +
        (again === null ? "" : ` The API's falling price makes it the cheaper again: ${duration(again)}.`);
    },
    height: () => 300,
    option: (c) => (computer.result ? breakEvenOption(c, computer.result) : null),
    table: () => {
      const curves = computer.result?.curves;
      const cell = (value: number | null): { text: string; value: number | null } => ({ text: significant(value), value });
      return { header: ["years", "API USD", "5 %", "95 %", "local USD", "5 %", "95 %"], rows: (curves?.years ?? []).map((year, i) => {
        const api = curves!.api[i]!, local = curves!.local[i]!;
        return [cell(year), ...[api.median, api.lo, api.hi, local.median, local.lo, local.hi].map(cell)];
      }) };
    },
  });
}

const SHOWN_LEVERS = 10;

/** The largest levers; what moves next to nothing stands in the table only. */
const shownLevers = (result: Result) =>
  result.levers.slice(0, SHOWN_LEVERS).filter((lever) => lever.swing >= 0.004 * result.levers[0]!.swing);

function tornadoOption(c: Colours, model: Model, result: Result): Record<string, unknown> | null {
  const levers = shownLevers(result).reverse();
  if (levers.length === 0) return null;
  const name = (place: number): string => model.table[place]!.title;
  const side = (end: "lo" | "hi", colour: string): object => ({
    name: end === "lo" ? "input at its low end" : "input at its high end", type: "bar", barGap: "-100%", barWidth: 16,
    itemStyle: { color: colour },
    data: levers.map((lever) => (end === "lo" ? lever.saving_at_lo : lever.saving_at_hi) - result.outcome.saving_usd),
  });
  return {
    ...base(c),
    legend: { top: 0, textStyle: { color: c.ink }, itemHeight: 10 },
    grid: { ...(base(c)["grid"] as object), top: 30 },
    tooltip: { ...(base(c)["tooltip"] as object), trigger: "axis", axisPointer: { type: "shadow" }, formatter: (items: AxisItem[]) => {
      const lever = levers[items[0]?.dataIndex ?? 0]!;
      const field = model.table[lever.input]!;
      return lines(field.title,
        `at ${withUnit(significant(lever.at_lo), field.unit)}: saving ${significant(lever.saving_at_lo)} USD`,
        `at ${withUnit(significant(lever.at_hi), field.unit)}: saving ${significant(lever.saving_at_hi)} USD`,
        `elasticity of the cost of a request: ${significant(lever.elasticity, 2)}`);
    } },
    xAxis: axis(c, "change of the saving (USD)", "x",
      { axisLabel: { color: c.faint, hideOverlap: true, formatter: (x: number) => significant(x, 2) } }),
    yAxis: { type: "category", data: levers.map((lever) => name(lever.input)), axisLine: { lineStyle: { color: c.line } },
             axisTick: { show: false }, axisLabel: { color: c.ink, width: 118, overflow: "break", lineHeight: 13, fontSize: 11.5 } },
    series: [side("lo", c.series[0]!), side("hi", c.series[1]!)],
  };
}

export function tornadoChart(model: Model, computer: Computer): Chart {
  return new Chart({
    title: "Levers: what each assumption does to the saving at the horizon",
    note: "each moved over its range, or by ±20 % where it is fixed; the others at their values",
    label: () => {
      const first = computer.result?.levers[0];
      return first ? `The biggest lever is ${model.table[first.input]!.title}.` : nothing;
    },
    height: () => 82 + 27 * Math.max(3, computer.result ? shownLevers(computer.result).length : SHOWN_LEVERS),
    option: (c) => (computer.result ? tornadoOption(c, model, computer.result) : null),
    table: () => ({ header: ["input", "low", "saving USD", "high", "saving USD", "swing USD", "elasticity"],
      rows: (computer.result?.levers ?? []).map((lever) => [model.table[lever.input]!.title,
        ...[lever.at_lo, lever.saving_at_lo, lever.at_hi, lever.saving_at_hi, lever.swing, lever.elasticity]
          .map((value) => ({ text: significant(value), value }))]) }),
  });
}

/** One figure against demand: at the central values until the draws are there, then medians with bands. */
interface Point { demand: number; value: number; lo: number | null; hi: number | null }

/** What a load chart shows. */
interface Load {
  title: string;
  unit: string;
  /** Of one request in the outcome's unit, and what makes it the chart's. */
  of: (outcome: Outcome) => number;
  bands: (loads: LoadCurves) => Band[];
  scale: number;
  /** The API's, which does not depend on demand. */
  api: ((result: Result) => { value: number; lo: number | null; hi: number | null }) | null;
}

const times = (value: number | null, scale: number): number | null => (value === null ? null : value * scale);

function pointsOf(model: Model, result: Result, load: Load): Point[] {
  const { loads, inputs, outcome } = result;
  if (!loads)
    return demandsAround(model, inputs, outcome).map((demand) => ({
      demand, value: load.of(evaluate({ ...inputs, demand_per_day: demand })) * load.scale, lo: null, hi: null }));
  return load.bands(loads).map((band, i) => ({ demand: loads.demand[i]!, value: (band.median ?? Infinity) * load.scale,
    lo: times(band.lo, load.scale), hi: times(band.hi, load.scale) }));
}

const interval = (point: { lo: number | null; hi: number | null }): string =>
  point.lo === null ? "" : ` [${significant(point.lo)}, ${significant(point.hi ?? Infinity)}]`;

function loadOption(c: Colours, load: Load, result: Result, points: Point[]): Record<string, unknown> {
  const colour = c.series[1]!, api = load.api?.(result) ?? null;
  const demands = points.map((point) => point.demand);
  const assumed = points.filter((point) => point.demand === result.inputs.demand_per_day).map((point) => [point.demand, point.value]);
  const banded = points.every((point) => point.lo !== null && point.hi !== null);
  const flat = (value: number | null): (number | null)[] => demands.map(() => value);
  return {
    ...base(c),
    legend: { top: 0, textStyle: { color: c.ink }, itemHeight: 6, data: ["local", ...(api ? ["API"] : []), "assumed demand"] },
    grid: { ...(base(c)["grid"] as object), top: 34 },
    tooltip: { ...(base(c)["tooltip"] as object), trigger: "axis", formatter: (items: AxisItem[]) => {
      const at = points[items[0]?.dataIndex ?? 0]!;
      return lines(`${significant(at.demand)} requests a day`, `local ${significant(at.value)}${interval(at)} ${load.unit}`,
        ...(api ? [`API ${significant(api.value)}${interval(api)} ${load.unit}`] : []));
    } },
    xAxis: axis(c, "requests a day", "x", { type: "log", min: demands[0], max: demands[demands.length - 1],
      axisLabel: { color: c.faint, hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: (x: number) => significant(x, 2) } }),
    yAxis: axis(c, load.unit, "y", { type: "log", axisLabel: { color: c.faint, hideOverlap: true, formatter: (y: number) => significant(y, 2) } }),
    series: [
      ...(api !== null && api.lo !== null && api.hi !== null
        ? bandSeries("band api", c.series[0]!, demands, flat(api.lo), flat(api.hi)) : []),
      ...(banded ? bandSeries("band local", colour, demands, points.map((point) => point.lo), points.map((point) => point.hi)) : []),
      { name: "local", type: "line", symbol: "none", itemStyle: { color: colour }, lineStyle: { color: colour, width: 2.5 },
        data: points.map((point) => [point.demand, point.value]) },
      ...(api ? [{ name: "API", type: "line", symbol: "none", itemStyle: { color: c.series[0] },
        lineStyle: { color: c.series[0], width: 2, type: [7, 4] }, data: demands.map((demand) => [demand, api.value]) }] : []),
      { name: "assumed demand", type: "scatter", symbolSize: 11, itemStyle: { color: c.ink }, data: assumed },
    ],
  };
}

function loadTable(load: Load, result: Result, points: Point[]): Table {
  const api = load.api?.(result) ?? null;
  const cell = (value: number | null): Cell => ({ text: significant(value), value });
  // Every fourth point, and the assumed one.
  const rows = points.filter((point, i) => i % 4 === 0 || point.demand === result.inputs.demand_per_day);
  return { header: ["requests a day", `local ${load.unit}`, "5 %", "95 %", ...(api ? [`API ${load.unit}`, "5 %", "95 %"] : [])],
    rows: rows.map((point) => [point.demand, point.value, point.lo, point.hi, ...(api ? [api.value, api.lo, api.hi] : [])].map(cell)) };
}

function loadChart(model: Model, computer: Computer, load: Load): Chart {
  return new Chart({
    title: load.title,
    note: "medians with 90 % bands of all else than demand; machines are added where demand asks for them",
    label: () => {
      const { result } = computer;
      const here = result ? pointsOf(model, result, load).find((point) => point.demand === result.inputs.demand_per_day) : undefined;
      return here ? `${load.title}: ${significant(here.value)}${interval(here)} ${load.unit} at the assumed demand.` : nothing;
    },
    height: () => 270,
    option: (c) => (computer.result ? loadOption(c, load, computer.result, pointsOf(model, computer.result, load)) : null),
    table: () => (computer.result ? loadTable(load, computer.result, pointsOf(model, computer.result, load)) : { header: [], rows: [] }),
  });
}

/** Cost and energy of a request against demand. */
export function loadCurves(model: Model, computer: Computer): Chart[] {
  const apiCost = ({ spread, outcome }: Result): { value: number; lo: number | null; hi: number | null } => spread
    ? { value: (spread.api_usd.median ?? Infinity) * 1000, lo: times(spread.api_usd.lo, 1000), hi: times(spread.api_usd.hi, 1000) }
    : { value: outcome.api_usd * 1000, lo: null, hi: null };
  return [
    loadChart(model, computer, { title: "Cost of 1,000 requests against demand", unit: "USD", of: (outcome) => outcome.local_usd,
      bands: (loads) => loads.local, scale: 1000, api: apiCost }),
    loadChart(model, computer, { title: "Energy of a request against demand", unit: "J", of: (outcome) => outcome.energy_j,
      bands: (loads) => loads.energy, scale: 1, api: null }),
  ];
}
