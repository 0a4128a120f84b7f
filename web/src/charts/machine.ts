// SPDX-License-Identifier: Apache-2.0
// Keeping a model warm, quality kept after quantization, and the life cycle in joules, money and grams.
import type { Computer } from "../compute.js";
import { axis, base, Chart, lines, type Colours } from "../chart.js";
import { factOf, isDecided, type PageData } from "../data.js";
import { central } from "../economics/inputs.js";
import { keepAliveEnergyJ, termsOf } from "../economics/evaluate.js";
import { duration, significant, signOf } from "../format.js";
import type { Model } from "../model.js";

interface Parked { name: string; park: number; start: number; gap: number | null; warm: boolean; between: number; energy: [number, number] }

function parked(model: Model, computer: Computer): Parked[] {
  const task = model.chosen?.task;
  return model.data.variants.filter((variant) => variant.task === task && computer.fleet.has(variant.id)).map((variant) => {
    const inputs = central(model.table, model.inputsOf(variant.id));
    const outcome = computer.fleet.get(variant.id)!.outcome;
    const rate = inputs.demand_per_day / 86400 / outcome.replicas;
    return { name: variant.name, park: outcome.park_w, start: inputs.cold_start_j, gap: outcome.keep_warm_gap_s,
             warm: outcome.keep_warm, between: 1 / rate,
             energy: [keepAliveEnergyJ(inputs, rate, 1e12), keepAliveEnergyJ(inputs, rate, 0)] };
  });
}

function keepWarmOption(c: Colours, points: Parked[]): Record<string, unknown> | null {
  const drawn = points.filter((point) => point.park > 0 && point.start > 0);
  if (drawn.length === 0) return null;
  const parks = drawn.map((point) => point.park), starts = drawn.map((point) => point.start);
  const [x0, x1] = [Math.min(...parks) / 4, Math.max(...parks) * 4];
  const [y0, y1] = [Math.min(...starts) / 6, Math.max(...starts) * 6];
  const between = drawn[0]!.between;
  const level = (gap: number, name: string, strong: boolean): object => {
    const ends = [x0, x1].map((x) => [x, x * gap]).filter(([, y]) => y! > 0);
    return { type: "line", silent: true, symbol: "none", clip: true, data: ends,
             lineStyle: { color: strong ? c.ink : c.fade, width: strong ? 2 : 1, type: strong ? "solid" : "dotted" },
             endLabel: { show: y1 > x1 * gap && y0 < x1 * gap, formatter: name, color: c.faint, fontSize: 11, align: "right", offset: [-4, -8] } };
  };
  return {
    ...base(c),
    tooltip: { ...(base(c)["tooltip"] as object), trigger: "item", formatter: (item: { data: { point?: Parked } }) => {
      const point = item.data.point;
      return point ? lines(point.name, `a cold start takes ${significant(point.start)} J, keeping it loaded ${significant(point.park)} W`,
        `worth it where gaps are shorter than ${duration(point.gap)}; now they are ${duration(point.between)}`,
        `a request: ${significant(point.energy[0])} J kept warm, ${significant(point.energy[1])} J started cold`,
        point.warm ? "keep it warm" : "let it go") : "";
    } },
    xAxis: axis(c, "power of keeping it loaded (W)", "x", { type: "log", min: x0, max: x1,
      axisLabel: { color: c.faint, hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: (x: number) => significant(x, 2) } }),
    yAxis: axis(c, "energy of a cold start (J)", "y", { type: "log", min: y0, max: y1,
      axisLabel: { color: c.faint, hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: (y: number) => significant(y, 2) } }),
    series: [
      level(1, "1 s", false), level(60, "1 min", false), level(300, "5 min", false), level(3600, "1 h", false), level(86400, "1 day", false),
      level(between, `now: a request each ${duration(between)}`, true),
      { type: "scatter", symbolSize: 12, data: drawn.map((point) => ({ value: [point.park, point.start], point,
        itemStyle: { color: point.warm ? c.good : c.series[0], borderColor: c.paper, borderWidth: 1 } })) },
    ],
  };
}

export function keepWarm(model: Model, computer: Computer): Chart {
  return new Chart({
    title: "Keep it loaded between requests?",
    note: "variants of this task: above the solid line yes, below it no; lines join equal gaps between requests",
    label: () => `${parked(model, computer).filter((point) => point.warm).length} of ${parked(model, computer).length} variants are worth keeping loaded.`,
    height: () => 300,
    option: (c) => keepWarmOption(c, parked(model, computer)),
    table: () => ({ header: ["variant", "loaded W", "cold start J", "longest gap worth it", "J/request warm", "J/request cold", "rule"],
      rows: parked(model, computer).map((point) => [point.name, { text: significant(point.park), value: point.park },
        { text: significant(point.start), value: point.start }, { text: point.gap === null ? "any" : duration(point.gap), value: point.gap },
        { text: significant(point.energy[0]), value: point.energy[0] }, { text: significant(point.energy[1]), value: point.energy[1] },
        point.warm ? "keep warm" : "let go"]) }),
  });
}

const MARGIN_PERCENT = 98;

interface Kept { name: string; value: number; lo: number | null; hi: number | null; grade: string; sources: string }

function kept(data: PageData, task: string | undefined): Kept[] {
  return data.variants.filter((variant) => variant.task === task).flatMap((variant) => {
    const fact = factOf(data, variant.figures["q_ret_paired"]);
    return fact ? [{ name: variant.name, value: fact.value, lo: fact.lo, hi: fact.hi, grade: fact.grade, sources: fact.sources }] : [];
  });
}

/** What the interval says against the margin. */
const ruling = (row: Kept): string =>
  row.lo === null || row.hi === null ? "cannot tell: no interval"
    : row.lo >= MARGIN_PERCENT ? "kept" : row.hi < MARGIN_PERCENT ? "lost" : "undecided";

function forestOption(c: Colours, rows: Kept[]): Record<string, unknown> | null {
  if (rows.length === 0) return null;
  const ends = rows.flatMap((row) => [row.value, row.lo ?? row.value, row.hi ?? row.value]).concat(100, MARGIN_PERCENT);
  const room = Math.max(1, (Math.max(...ends) - Math.min(...ends)) * 0.08);
  const line = (at: number, type: string, colour: string): object => ({ xAxis: at, lineStyle: { color: colour, width: 1.5, type } });
  const colour = (row: Kept): string =>
    ({ kept: c.good, lost: c.bad } as Record<string, string>)[ruling(row)] ?? c.faint;
  return {
    ...base(c),
    tooltip: { ...(base(c)["tooltip"] as object), trigger: "axis", axisPointer: { type: "shadow" }, formatter: (items: { dataIndex: number }[]) => {
      const row = rows[items[0]?.dataIndex ?? 0]!;
      return lines(row.name, `${signOf(row.grade)}${significant(row.value, 4)} % [${significant(row.lo ?? NaN, 4)}, ${significant(row.hi ?? NaN, 4)}]`,
        `${row.grade}: ${row.sources}`, ruling(row));
    } },
    xAxis: axis(c, "quality kept (%); solid: 100, dashed: the margin", "x", { min: Math.floor(Math.min(...ends) - room), max: Math.ceil(Math.max(...ends) + room) }),
    yAxis: { type: "category", inverse: true, data: rows.map((row) => row.name), axisTick: { show: false }, axisLine: { lineStyle: { color: c.line } },
             axisLabel: { color: c.ink, width: 130, overflow: "break", lineHeight: 13, fontSize: 11.5, interval: 0 } },
    series: [
      { type: "custom", markLine: { silent: true, symbol: "none", label: { show: false },
          data: [line(100, "solid", c.faint), line(MARGIN_PERCENT, "dashed", c.bad)] }, data: rows.map((row, i) => [row.value, i]), renderItem: (item: { dataIndex: number }, api: { coord(at: number[]): number[] }) => {
        const row = rows[item.dataIndex]!;
        const at = api.coord([row.value, item.dataIndex]);
        const children: object[] = [{ type: "circle", shape: { cx: at[0], cy: at[1], r: 5 }, style: { fill: colour(row) } }];
        if (row.lo !== null && row.hi !== null) {
          const [from, to] = [api.coord([row.lo, item.dataIndex]), api.coord([row.hi, item.dataIndex])];
          children.push({ type: "line", shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }, style: { stroke: colour(row), lineWidth: 2 } });
        }
        return { type: "group", children };
      } },
    ],
  };
}

export function forest(model: Model): Chart {
  const rows = (): Kept[] => kept(model.data, model.chosen?.task);
  return new Chart({
    title: "Quality kept against FP16, variants of the chosen task",
    note: "95 % intervals where items were scored; green: kept within the margin of 2 %, red: lost, grey: undecided or without interval",
    label: () => rows().map((row) => `${row.name}: ${ruling(row)}`).join("; "),
    height: () => 64 + 30 * Math.max(3, rows().length),
    option: (c) => forestOption(c, rows()),
    table: () => ({ header: ["variant", "kept %", "low", "high", "ruling"], rows: rows().map((row) => [row.name,
      ...[row.value, row.lo, row.hi].map((value) => ({ text: significant(value, 4), value })), ruling(row)]) }),
  });
}

/** The phases of the chosen variant's life. */
interface Phase { name: string; stage: string; joules: number | null; seconds: number; grade: string; sources: string }

function phases(model: Model): Phase[] {
  const place = model.data.variants.findIndex((each) => each.id === model.variant);
  return model.data.ledger.filter((row) => row.variants.includes(place) && row.phase !== "idle").flatMap((row) => {
    const fact = factOf(model.data, row.gross);
    if (!fact && row.duration_s <= 0) return [];
    return [{ name: row.phase.replace("_", " "), stage: row.stage, joules: fact?.value ?? null, seconds: row.duration_s,
              grade: fact?.grade ?? "", sources: fact?.sources ?? "no energy was read" }];
  });
}

type Unit = "J" | "USD" | "g CO2e";

function amountOf(model: Model, unit: Unit): (phase: Phase) => number | null {
  const terms = termsOf(central(model.table, model.inputsOf(model.variant)));
  return (phase) => {
    if (unit === "J") return phase.joules;
    if (phase.joules === null) return unit === "USD" ? phase.seconds * terms.machineUsdPerS : null;
    if (unit === "USD") return phase.joules * terms.usdPerJ + phase.seconds * terms.machineUsdPerS;
    return phase.joules * terms.siteFactor * terms.gramsPerJ;
  };
}

function waterfallOption(c: Colours, model: Model, unit: Unit): Record<string, unknown> | null {
  const amount = amountOf(model, unit);
  const steps = phases(model).map((phase) => ({ phase, value: amount(phase) ?? 0 }));
  if (steps.length === 0) return null;
  let sum = 0;
  const before = steps.map((step) => { const at = sum; sum += step.value; return at; });
  const names = [...steps.map((step) => step.phase.name), "all"];
  return {
    ...base(c),
    tooltip: { ...(base(c)["tooltip"] as object), trigger: "axis", axisPointer: { type: "shadow" }, formatter: (items: { dataIndex: number }[]) => {
      const step = steps[items[0]?.dataIndex ?? 0];
      return step ? lines(step.phase.stage, `${signOf(step.phase.grade)}${significant(step.value)} ${unit} in ${duration(step.phase.seconds)}`,
        `${step.phase.grade}: ${step.phase.sources}`) : lines("all", `${significant(sum)} ${unit}`);
    } },
    grid: { ...(base(c)["grid"] as object), right: 62 },
    yAxis: { type: "category", inverse: true, data: names, axisTick: { show: false }, axisLine: { lineStyle: { color: c.line } },
             axisLabel: { color: c.ink, interval: 0, fontSize: 11.5 } },
    xAxis: axis(c, unit, "x", { axisLabel: { color: c.faint, hideOverlap: true, formatter: (x: number) => significant(x, 2) } }),
    series: [
      { type: "bar", stack: "all", silent: true, itemStyle: { color: "transparent" }, data: [...before, 0] },
      { type: "bar", stack: "all", barMaxWidth: 20, label: { show: true, position: "right", color: c.ink, fontSize: 11,
          formatter: (item: { value: number }) => significant(item.value, 2) },
        data: [...steps.map((step) => ({ value: step.value, itemStyle: { color: c.series[0] } })), { value: sum, itemStyle: { color: c.faint } }] },
    ],
  };
}

/** Joules, money and grams of each phase as the study went through it once. */
export function waterfall(model: Model): Chart[] {
  return (["J", "USD", "g CO2e"] as Unit[]).filter((unit) => unit === "J" || isDecided(model.data, model.variant)).map((unit) => new Chart({
    title: { J: "Energy of each phase (J, gross)", USD: "Money: machine time and electricity (USD)",
             "g CO2e": "Carbon of the electricity (g CO2e)" }[unit],
    note: "the chosen variant, each phase once, as the study ran it",
    label: () => `${unit} of ${phases(model).length} phases of ${model.chosen?.name ?? ""}.`,
    height: () => 66 + 27 * (phases(model).length + 1),
    option: (c) => waterfallOption(c, model, unit),
    table: () => ({ header: ["phase", "stage", "time", unit], rows: phases(model).map((phase) => {
      const value = amountOf(model, unit)(phase);
      return [phase.name, phase.stage, { text: duration(phase.seconds), value: phase.seconds }, { text: signOf(phase.grade) + significant(value), value }];
    }) }),
  }));
}

