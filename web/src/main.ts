// SPDX-License-Identifier: Apache-2.0
// Puts charts and sliders into a page that reads without them, in steps, so that nothing waits for what is below.
import { pareto } from "./charts/pareto.js";
import { forest, waterfall } from "./charts/machine.js";
import type { Chart } from "./chart.js";
import { Computer } from "./compute.js";
import { readData, type PageData } from "./data.js";
import { all, h } from "./dom.js";
import { evaluate, keepAliveEnergyJ } from "./economics/evaluate.js";
import { decide, drawInputs, simulate } from "./economics/spread.js";
import { tornado } from "./economics/tornado.js";
import { Model } from "./model.js";
import { enhanceAll } from "./tables.js";
import { themeButton } from "./theme.js";
import { WhatIf } from "./whatif.js";

/** What a console, or a test, may ask of this page. */
interface Page { data: PageData | null; model: Model | null; evaluate: typeof evaluate; keepAliveEnergyJ: typeof keepAliveEnergyJ;
                 drawInputs: typeof drawInputs; simulate: typeof simulate; decide: typeof decide; tornado: typeof tornado; ready: boolean }

declare global {
  interface Window { edgeeval: Page }
}

const idle = (work: () => void): void => {
  if ("requestIdleCallback" in window) requestIdleCallback(work, { timeout: 300 });
  else setTimeout(work, 0);
};

function fill(places: string, charts: (place: HTMLElement) => Chart[]): Chart[] {
  return all<HTMLElement>(places).flatMap((place) => {
    const made = charts(place);
    place.append(...made.map((chart) => chart.element));
    return made;
  });
}

function start(page: Page, data: PageData): void {
  const model = new Model(data);
  page.model = model;
  let whatIf: WhatIf | null = null;
  const paretos: Chart[] = [], others: Chart[] = [];
  const computer = new Computer(model, () => whatIf?.show(), () => {
    for (const chart of [...paretos, ...(whatIf?.charts.slice(-1) ?? [])]) chart.update();
  });
  paretos.push(...fill("[data-pareto]", (place) => pareto(data, place.dataset["pareto"] ?? "", computer)));
  others.push(...fill("[data-forest]", () => [forest(model)]));
  others.push(...fill("[data-waterfall]", (place) => {
    place.className = "charts";
    return waterfall(model);
  }));
  const place = document.querySelector<HTMLElement>("[data-whatif]");
  if (place) whatIf = new WhatIf(model, computer, place);
  let waiting = false;
  model.onChange(() => {
    whatIf?.refresh();
    if (waiting) return;
    // A slider may tell of many steps within one frame.
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      computer.start();
      if (!computer.result) whatIf?.show();
      for (const chart of others) chart.update();
    });
  });
  idle(() => {
    computer.start();
    if (!computer.result) whatIf?.show();
    page.ready = true;
  });
}

const data = readData();
const page: Page = { data, model: null, evaluate, keepAliveEnergyJ, drawInputs, simulate, decide, tornado, ready: false };
window.edgeeval = page;
document.querySelector("nav.contents")?.append(h("span", { class: "tools" }, themeButton()));
idle(() => {
  enhanceAll();
  if (data) start(page, data);
});
