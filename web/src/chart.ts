// SPDX-License-Identifier: Apache-2.0
// A chart with its title, what it says in words, and the table behind it; drawn only once it comes into sight.
import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendPlainComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsCoreOption, type EChartsType } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { h, tableOf, type Table } from "./dom.js";
import { enhanceAll } from "./tables.js";

use([BarChart, CustomChart, LineChart, ScatterChart, GridComponent, LegendPlainComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

/** Colours of the page as it looks now. */
export interface Colours { ink: string; faint: string; line: string; paper: string; soft: string; accent: string; good: string;
                           bad: string; warn: string; series: string[]; fade: string }

const SERIES = {
  light: ["#0b5cc4", "#b35900", "#1a7f37", "#8250df", "#b3261e", "#57606a"],
  dark: ["#7ab0ff", "#f0a35e", "#5fd17f", "#c297ff", "#ff8a80", "#b4bdc8"],
};

export function isDark(): boolean {
  const chosen = document.documentElement.dataset["theme"];
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return { ink: of("ink"), faint: of("faint"), line: of("line"), paper: of("paper"), soft: of("soft"), accent: of("accent"),
           good: of("good"), bad: of("bad"), warn: of("warn"), series: isDark() ? SERIES.dark : SERIES.light,
           fade: isDark() ? "#5b6470" : "#aab2bc" };
}

/** Lines of a tooltip as an element: texts of the record stay texts. */
export function lines(...texts: string[]): HTMLElement {
  return h("div", { class: "tip" }, ...texts.map((text, i) => h("div", i === 0 ? { class: "first" } : {}, text)));
}

/** Settings that all charts share. */
export function base(c: Colours): EChartsCoreOption {
  return {
    animation: false,
    textStyle: { color: c.ink, fontFamily: "system-ui, sans-serif", fontSize: 12 },
    grid: { left: 12, right: 18, top: 16, bottom: 12, outerBoundsMode: "same", outerBoundsContain: "all" },
    tooltip: { confine: true, backgroundColor: c.paper, borderColor: c.line, textStyle: { color: c.ink, fontSize: 12 } },
  };
}

export function axis(c: Colours, name: string, place: "x" | "y", more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: "value", name, nameLocation: "middle", nameGap: place === "x" ? 28 : 46, nameTextStyle: { color: c.faint },
    axisLabel: { color: c.faint, hideOverlap: true }, axisLine: { lineStyle: { color: c.line } },
    splitLine: { lineStyle: { color: c.line, opacity: 0.6 } }, ...more,
  };
}

export interface ChartSpec {
  title: string;
  /** How to read it; may be absent. */
  note?: string;
  /** What it shows, for those who do not see it. */
  label(): string;
  height(): number;
  option(c: Colours): EChartsCoreOption | null;
  table(): Table;
}

/** All charts of the page. */
const charts: Chart[] = [];

export class Chart {
  readonly element: HTMLElement;
  private readonly place: HTMLElement;
  private readonly behind: HTMLDetailsElement;
  private drawn: EChartsType | null = null;
  private visible = false;
  private stale = false;

  constructor(private readonly spec: ChartSpec) {
    this.place = h("div", { class: "chart", role: "img", "aria-label": spec.title });
    this.behind = h("details", { class: "behind", toggle: () => this.fillTable() }, h("summary", {}, "The figures as a table"));
    this.element = h("figure", {}, h("figcaption", {}, spec.title, spec.note ? h("span", { class: "how" }, spec.note) : null), this.place, this.behind);
    this.place.style.height = `${spec.height()}px`;
    charts.push(this);
    new IntersectionObserver((entries) => {
      this.visible = entries.some((entry) => entry.isIntersecting);
      if (this.visible && (!this.drawn || this.stale)) this.draw();
    }, { rootMargin: "250px" }).observe(this.place);
    new ResizeObserver(() => this.drawn?.resize()).observe(this.place);
  }

  /** Draws anew where it is in sight; else when it comes there. */
  update(): void {
    if (this.visible) this.draw();
    else this.stale = true;
    if (this.behind.open) this.fillTable();
  }

  draw(): void {
    this.stale = false;
    const height = this.spec.height();
    if (this.place.style.height !== `${height}px`) this.place.style.height = `${height}px`;
    const option = this.spec.option(colours());
    this.place.setAttribute("aria-label", this.spec.label());
    if (option === null) {
      this.drawn?.dispose();
      this.drawn = null;
      this.place.textContent = "There is nothing to draw: no variant has these figures.";
      this.place.style.height = "auto";
      return;
    }
    if (!this.drawn) {
      this.place.textContent = "";
      this.drawn = init(this.place, null, { renderer: "svg" });
    }
    this.drawn.resize();
    this.drawn.setOption(option, { notMerge: true });
  }

  private fillTable(): void {
    if (!this.behind.open) return;
    for (const old of [...this.behind.children].slice(1)) old.remove();
    this.behind.append(tableOf(this.spec.table()));
    enhanceAll(this.behind);
  }
}

/** After the theme has changed. */
export function redrawAll(evenUnseen = false): void {
  for (const chart of charts) {
    if (evenUnseen) chart.draw();
    else chart.update();
  }
}
