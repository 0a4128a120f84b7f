// SPDX-License-Identifier: Apache-2.0
// Break-even over time, the levers, and what a request costs and needs against demand.
import type { Computer, Result } from "../compute.js";
import { axis, base, Chart, lines, type Colours } from "../chart.js";
import { evaluate } from "../economics/evaluate.js";
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
      const t = computer.result?.outcome.break_even_s ?? null;
      return computer.result ? `At the central values local is paid back: ${duration(t)}.` : nothing;
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

/** Points of the load curve: requests a day. */
function loads(model: Model, result: Result): number[] {
  const field = model.table.find((each) => each.key === "demand_per_day")!;
  const capacity = result.inputs.capacity_per_s * 86400 * result.outcome.replicas;
  const from = Math.log(Math.max(field.slider_lo, Math.min(result.inputs.demand_per_day, capacity) / 1e3));
  const to = Math.log(Math.min(field.slider_hi, Math.max(result.inputs.demand_per_day, capacity) * 20));
  return Array.from({ length: 81 }, (_, i) => Math.exp(from + ((to - from) * i) / 80));
}

function loadChart(model: Model, computer: Computer, title: string, unit: string,
                   of: (result: Result, demand: number) => number, api: ((result: Result) => number) | null): Chart {
  const points = (result: Result): [number, number][] => loads(model, result).map((demand) => [demand, of(result, demand)]);
  return new Chart({
    title,
    label: () => (computer.result ? `${title}: ${significant(of(computer.result, computer.result.inputs.demand_per_day))} ${unit} at the assumed demand.` : nothing),
    height: () => 270,
    option: (c) => {
      const result = computer.result;
      if (!result) return null;
      const data = points(result), colour = c.series[1]!;
      const here = [result.inputs.demand_per_day, of(result, result.inputs.demand_per_day)];
      return {
        ...base(c),
        legend: { top: 0, textStyle: { color: c.ink }, itemHeight: 6, data: ["local", ...(api ? ["API"] : []), "assumed demand"] },
        grid: { ...(base(c)["grid"] as object), top: 34 },
        tooltip: { ...(base(c)["tooltip"] as object), trigger: "axis", formatter: (items: AxisItem[]) => {
          const at = data[items[0]?.dataIndex ?? 0]!;
          return lines(`${significant(at[0])} requests a day`, `local ${significant(at[1])} ${unit}`,
            ...(api ? [`API ${significant(api(result))} ${unit}`] : []));
        } },
        xAxis: axis(c, "requests a day", "x", { type: "log", min: data[0]![0], max: data[data.length - 1]![0],
          axisLabel: { color: c.faint, hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: (x: number) => significant(x, 2) } }),
        yAxis: axis(c, unit, "y", { type: "log", axisLabel: { color: c.faint, hideOverlap: true, formatter: (y: number) => significant(y, 2) } }),
        series: [
          { name: "local", type: "line", symbol: "none", itemStyle: { color: colour }, lineStyle: { color: colour, width: 2.5 }, data },
          ...(api ? [{ name: "API", type: "line", symbol: "none", itemStyle: { color: c.series[0] },
            lineStyle: { color: c.series[0], width: 2, type: [7, 4] }, data: data.map(([demand]) => [demand, api(result)]) }] : []),
          { name: "assumed demand", type: "scatter", symbolSize: 11, itemStyle: { color: c.ink }, data: [here] },
        ],
      };
    },
    table: () => {
      const result = computer.result;
      const rows = result ? points(result).filter((_, i) => i % 4 === 0) : [];
      return { header: ["requests a day", `local ${unit}`, ...(api ? [`API ${unit}`] : [])], rows: rows.map(([demand, value]) => [
        { text: significant(demand), value: demand }, { text: significant(value), value },
        ...(api && result ? [{ text: significant(api(result)), value: api(result) }] : [])]) };
    },
  });
}

/** Cost and energy of a request against demand: machines are added where demand asks for them. */
export function loadCurves(model: Model, computer: Computer): Chart[] {
  const outcomeAt = (result: Result, demand: number) => evaluate({ ...result.inputs, demand_per_day: demand });
  return [
    loadChart(model, computer, "Cost of 1,000 requests against demand", "USD",
      (result, demand) => outcomeAt(result, demand).local_usd * 1000, (result) => result.outcome.api_usd * 1000),
    loadChart(model, computer, "Energy of a request against demand", "J", (result, demand) => outcomeAt(result, demand).energy_j, null),
  ];
}
