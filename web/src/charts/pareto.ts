// SPDX-License-Identifier: Apache-2.0
// Quality against cost, energy and latency: intervals as ellipses, dominated variants greyed, the frontier as a line.
import type { Computer } from "../compute.js";
import { axis, base, Chart, lines, type Colours } from "../chart.js";
import { factOf, scoreOf, type Fact, type PageData, type VariantData } from "../data.js";
import type { Table } from "../dom.js";
import { percent, significant, signOf } from "../format.js";

/** One variant on a panel. */
interface Point { variant: VariantData; x: Fact; y: Fact; dominated: boolean }

interface Panel { title: string; unit: string; x(variant: VariantData): Fact | null }

const SYMBOLS: Record<string, string> = { fp16: "circle", int8: "rect", int4: "triangle" };

function panels(data: PageData, computer: Computer): Panel[] {
  const figure = (id: string) => (variant: VariantData): Fact | null => factOf(data, variant.figures[id]);
  const latency = ["ttft_p95", "e2e_p50"].find((id) => data.variants.some((each) => each.figures[id])) ?? "ttft_p95";
  return [
    { title: "Quality against cost", unit: "USD per 1,000 requests", x: (variant) => {
      const entry = computer.fleet.get(variant.id);
      if (!entry || !Number.isFinite(entry.outcome.local_usd)) return null;
      const { lo, hi } = entry.local;
      return { value: entry.outcome.local_usd * 1000, lo: lo === null ? null : lo * 1000, hi: hi === null ? null : hi * 1000,
               grade: "assumed", sources: "the assumptions below; 90 % band of the draws", unit: "USD" };
    } },
    { title: "Quality against energy", unit: "J per request", x: figure("j_per_request") },
    { title: "Quality against latency", unit: latency === "ttft_p95" ? "time to first token, p95 (s)" : "time to last token, median (s)",
      x: figure(latency) },
  ];
}

/** The score with its interval; where the study has none, the one that the decision was made with. */
function scoreWithInterval(data: PageData, variant: VariantData): Fact | null {
  const score = scoreOf(data, variant);
  const input = data.decision?.variants[variant.id]?.inputs?.["quality"];
  if (!score || score.lo !== null || score.hi !== null || !input) return score;
  return { ...score, lo: input[1], hi: input[2], sources: `${score.sources}; ${data.sources[input[7]] ?? ""}` };
}

/** Ends of an axis that hold all intervals, but for those that reach beyond `reach` times the points' own range. */
function ends(facts: Fact[], log: boolean): [number, number] {
  const values = facts.map((fact) => fact.value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const lo = Math.min(...facts.map((fact) => fact.lo ?? fact.value)), hi = Math.max(...facts.map((fact) => fact.hi ?? fact.value));
  if (log) return [Math.max(lo, least / 30) * 0.8, Math.min(hi, most * 30) * 1.25];
  const room = 0.06 * (hi - lo || Math.abs(most) || 1);
  return [Math.max(lo - room, 0), hi + room];
}

/** Those with no other that is at least as good in both and better in one. */
function pointsOf(data: PageData, task: string, panel: Panel): Point[] {
  const points: Point[] = [];
  for (const variant of data.variants) {
    if (variant.task !== task) continue;
    const x = panel.x(variant), y = scoreWithInterval(data, variant);
    if (x && y && x.value > 0) points.push({ variant, x, y, dominated: false });
  }
  // Costs that differ by less than half a per cent count as equal, or their noise would make a frontier.
  const slack = 1.005;
  for (const point of points)
    point.dominated = points.some((other) => other.x.value <= point.x.value * slack && other.y.value >= point.y.value &&
      (other.y.value > point.y.value || other.x.value * slack < point.x.value));
  return points;
}

/** The outline of an interval in both directions: quarters of ellipses, since intervals need not be even. */
function ellipse(point: Point): [number, number][] {
  const reach = (fact: Fact, side: number): number =>
    side < 0 ? fact.value - (fact.lo ?? fact.value) : (fact.hi ?? fact.value) - fact.value;
  return Array.from({ length: 33 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 32, cos = Math.cos(angle), sin = Math.sin(angle);
    return [Math.max(point.x.value + cos * reach(point.x, cos), point.x.value / 1e3), point.y.value + sin * reach(point.y, sin)];
  });
}

const told = (fact: Fact): string => {
  const interval = fact.lo === null && fact.hi === null ? ""
    : ` [${significant(fact.lo ?? -Infinity)}, ${significant(fact.hi ?? Infinity)}]`;
  return `${signOf(fact.grade)}${significant(fact.value)}${interval}`;
};

function tip(panel: Panel, point: Point, computer: Computer): HTMLElement {
  const entry = computer.fleet.get(point.variant.id);
  return lines(point.variant.name, `score ${told(point.y)} · ${point.y.grade}: ${point.y.sources}`,
    `${panel.unit}: ${told(point.x)} · ${point.x.grade}: ${point.x.sources}`,
    point.dominated ? "another variant is as good in both" : "no other variant is as good in both",
    entry ? `decision ${entry.decision}; local cheaper in ${percent(entry.local_cheaper)} of draws` : "");
}

function option(c: Colours, data: PageData, panel: Panel, points: Point[], computer: Computer): Record<string, unknown> {
  const models = [...new Set(data.variants.map((each) => each.model))];
  const xs = points.map((point) => point.x);
  const log = Math.max(...xs.map((x) => x.hi ?? x.value)) / Math.min(...xs.map((x) => Math.max(x.lo ?? x.value, x.value / 50))) > 60;
  const crowded = points.length > 8;
  const front = points.filter((point) => !point.dominated).sort((a, b) => a.x.value - b.x.value);
  const [x0, x1] = ends(xs, log), [y0, y1] = ends(points.map((point) => point.y), false);
  const colour = (point: Point): string =>
    point.dominated ? c.fade : c.series[models.indexOf(point.variant.model) % c.series.length]!;
  return {
    ...base(c),
    legend: { show: models.length > 1, top: 0, type: "plain", textStyle: { color: c.ink }, icon: "circle", itemWidth: 9,
              data: models.map((name, i) => ({ name, itemStyle: { color: c.series[i % c.series.length] } })) },
    grid: { ...(base(c)["grid"] as object), top: models.length > 1 ? 56 : 14 },
    xAxis: axis(c, panel.unit, "x", { type: log ? "log" : "value", min: x0, max: x1,
      axisLabel: { color: c.faint, hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: (x: number) => significant(x, 3) } }),
    yAxis: axis(c, "score", "y", { min: y0, max: y1,
      axisLabel: { color: c.faint, showMinLabel: false, showMaxLabel: false, formatter: (y: number) => significant(y, 3) } }),
    tooltip: { ...(base(c)["tooltip"] as object), trigger: "item", formatter: (item: { data: { point?: Point } }) =>
      item.data.point ? tip(panel, item.data.point, computer) : "" },
    series: [
      { type: "line", silent: true, symbol: "none", step: "end", lineStyle: { color: c.accent, width: 1.5, type: "dashed" },
        data: front.map((point) => [point.x.value, point.y.value]) },
      { type: "custom", silent: true, clip: true, data: points.map((point) => ({ value: [point.x.value, point.y.value], point })),
        renderItem: (item: { dataIndex: number }, api: { coord(at: number[]): number[] }) => {
          const point = points[item.dataIndex]!;
          return { type: "polygon", shape: { points: ellipse(point).map((at) => api.coord(at)) },
                   style: { fill: colour(point), fillOpacity: point.dominated ? (crowded ? 0 : 0.05) : crowded ? 0.04 : 0.13, stroke: colour(point),
                            strokeOpacity: point.dominated && crowded ? 0.12 : 0.6, lineWidth: 1 } };
        } },
      ...models.map((name) => ({ name, type: "scatter", itemStyle: { color: c.fade },
        data: points.filter((point) => point.variant.model === name).map((point) => ({
          value: [point.x.value, point.y.value], point, symbol: SYMBOLS[point.variant.precision] ?? "diamond",
          symbolSize: point.dominated ? 9 : 13, itemStyle: { color: colour(point), borderColor: c.paper, borderWidth: 1 } })) })),
    ],
  };
}

function tableOf(panel: Panel, points: Point[]): Table {
  return { header: ["variant", panel.unit, "score", "dominated"], rows: points.map((point) => [
    point.variant.name, { text: told(point.x), value: point.x.value }, { text: told(point.y), value: point.y.value },
    point.dominated ? "yes" : "no"]) };
}

/** The three panels of a task. */
export function pareto(data: PageData, task: string, computer: Computer): Chart[] {
  return panels(data, computer).filter((panel) => pointsOf(data, task, panel).length > 0).map((panel) => new Chart({
    title: `${panel.title} · ${task}`,
    note: "● FP16 ■ INT8 ▲ INT4 ◆ merged; grey: another is as good in both and better in one; dashed: the frontier; outlines: " +
      (panel.unit.startsWith("USD") ? "intervals, mostly of prices that all share" : "intervals"),
    label: () => `${panel.title}, task ${task}: ${pointsOf(data, task, panel).filter((p) => !p.dominated).length} variants on ` +
      "the frontier. The figures stand in the table below.",
    height: () => 320,
    option: (c) => {
      const points = pointsOf(data, task, panel);
      return points.length === 0 ? null : option(c, data, panel, points, computer);
    },
    table: () => tableOf(panel, pointsOf(data, task, panel)),
  }));
}
