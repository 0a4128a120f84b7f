// SPDX-License-Identifier: Apache-2.0
// The report page in Chromium: report_page.mjs NODE_MODULES BIN TESTS OUT. Exits 77 where there is no browser.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, bin, tests, out] = process.argv.slice(2);
const browser_path = (process.env.PATH ?? "").split(delimiter)
  .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name))).find((path) => existsSync(path));
if (!browser_path) {
  console.log("skipped: no Chromium is installed (scripts/setup --test installs one)");
  process.exit(77);
}

const RELATIVE = 1e-9;
const MOST_BYTES = 1.5e6;
const { chromium } = createRequire(join(modules, "playwright-core/package.json"))("playwright-core");
const axe = readFileSync(join(modules, "axe-core/axe.min.js"), "utf8");

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
execFileSync(join(tests, "page_fixtures"), [out]);
execFileSync(join(bin, "edgeeval"), ["import", "--out", join(out, "published")], { stdio: "ignore" });
const vectors = execFileSync(join(tests, "economics_vectors"), ["1000", "1", "20", "200"], { maxBuffer: 1 << 28 }).toString().trim()
  .split("\n").map((line) => JSON.parse(line));
const pages = { sample: join(out, "sample.html"), hostile: join(out, "hostile.html"), published: join(out, "published", "report.html") };

const browser = await chromium.launch({ executablePath: browser_path, args: ["--disable-gpu", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])] });
let failed = 0, passed = 0;

/** A page opened from disk; whatever it asks for or complains of is kept. */
async function open(path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  const said = [], asked = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) said.push(message.text()); });
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(path).href);
  if (options.javaScriptEnabled !== false) await page.waitForFunction(() => window.edgeeval?.ready);
  return { page, said, asked, close: () => context.close() };
}

async function check(name, work) {
  const start = performance.now();
  try {
    await work();
    ++passed;
    console.log(`ok    ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  } catch (problem) {
    ++failed;
    console.log(`WRONG ${name}\n${problem.stack ?? problem}`);
  }
}

/** Looks at every chart until it is drawn, or says that there is nothing to draw. */
async function seeAll(page) {
  await page.evaluate(async () => {
    for (const chart of document.querySelectorAll(".chart")) {
      chart.scrollIntoView({ behavior: "instant", block: "center" });
      while (!chart.querySelector("svg") && chart.textContent === "") await new Promise((done) => requestAnimationFrame(done));
    }
    scrollTo({ top: 0, behavior: "instant" });
  });
}

const settled = (page) => page.waitForFunction(() => document.querySelector(".head .word")?.textContent !== "Computing …");

function expectClose(ours, theirs, where) {
  if (theirs === null) return assert.equal(ours, null, where);
  if (theirs === "inf") return assert.equal(ours, Infinity, where);
  if (typeof theirs !== "number") return assert.equal(ours, theirs, where);
  const near = typeof ours === "number" && Math.abs(ours - theirs) <= RELATIVE * Math.max(Math.abs(ours), Math.abs(theirs));
  assert.ok(near, `${where}: the page says ${ours}, C++ ${theirs}`);
}

/** Every member of `theirs` in `ours`, also of the bands in it. */
function expectAllClose(ours, theirs, where) {
  for (const [key, value] of Object.entries(theirs)) {
    if (value !== null && typeof value === "object") expectAllClose(ours[key], value, `${where}, ${key}`);
    else expectClose(ours[key], value, `${where}, ${key}`);
  }
}

await check("the page of each study asks for nothing and complains of nothing", async () => {
  for (const [name, path] of Object.entries(pages)) {
    const { page, said, asked, close } = await open(path);
    await seeAll(page);
    await settled(page);
    assert.deepEqual(said, [], name);
    assert.equal(asked.length, 1, `${name} asked for ${asked}`);
    assert.ok(await page.locator(".chart svg").count() >= 5, `${name} has its charts drawn`);
    await close();
  }
});

await check("what a record holds runs nothing", async () => {
  const { page, close } = await open(pages.hostile);
  await seeAll(page);
  await settled(page);
  for (const details of await page.locator("details").all()) await details.evaluate((element) => { element.open = true; });
  // Tooltips are the one place where a chart makes elements of a variant's name.
  for (const chart of (await page.locator(".chart svg").all()).slice(0, 3)) await chart.hover({ force: true });
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  const made = await page.evaluate(() => [document.querySelectorAll("script").length, document.querySelectorAll("img").length]);
  assert.deepEqual(made, [2, 0], "the data and our own script, no picture");
  const text = await page.evaluate(() => document.querySelector("h1").textContent);
  assert.ok(text.includes("<img src=x onerror="), "it is shown as text");
  await close();
});

await check("C++ and the page agree on 1,000 random settings", async () => {
  const { page, close } = await open(pages.sample);
  const outcomes = vectors.filter(({ inputs }) => inputs);
  assert.equal(outcomes.length, 1000);
  const ours = await page.evaluate((all) => all.map(({ inputs }) => window.edgeeval.evaluate(inputs)), outcomes);
  outcomes.forEach(({ outcome }, i) => expectAllClose(ours[i], outcome, `setting ${i}`));
  await close();
});

await check("and on the bands of 20 random spreads", async () => {
  const { page, close } = await open(pages.sample);
  const spreads = vectors.filter(({ uncertain }) => uncertain);
  assert.equal(spreads.length, 20);
  const ours = await page.evaluate((all) => all.map(({ uncertain, variant, seed, spread }) => {
    const { data, simulate, decide } = window.edgeeval;
    const found = simulate(data.inputs, data.inputs.map(({ key }) => uncertain[key]), variant, seed, spread.draws);
    return { ...found, decision: decide(found) };
  }), spreads);
  spreads.forEach(({ spread }, i) => expectAllClose(ours[i], spread, `spread ${i}`));
  await close();
});

await check("the page's draws are C++'s: the same share of 10,000 in which local is cheaper", async () => {
  const { page, close } = await open(pages.sample);
  const both = await page.evaluate(() => {
    const { data, model, simulate } = window.edgeeval;
    return Object.entries(data.decision.variants).map(([id, decided]) => {
      const spread = simulate(data.inputs, model.inputsOf(id), decided.number, data.decision.seed, data.decision.draws);
      return { ours: [spread.local_cheaper, spread.never, spread.local_usd.lo, spread.local_usd.median, spread.local_usd.hi],
               theirs: [decided.local_cheaper, decided.never, ...decided.local_usd] };
    });
  });
  assert.ok(both.length >= 5);
  for (const { ours, theirs } of both) ours.forEach((value, i) => expectClose(value, theirs[i], `figure ${i}`));
  await close();
});

await check("sliders move by keyboard, numbers by typing, and both can be undone", async () => {
  const { page, close } = await open(pages.sample);
  await settled(page);
  const demand = page.getByRole("slider", { name: "Demand", exact: true });
  const number = page.locator("#input-demand_per_day");
  const before = Number(await number.inputValue());
  await demand.focus();
  await page.keyboard.press("ArrowRight");
  const after = Number(await number.inputValue());
  assert.ok(after > before, `${before} became ${after}`);
  assert.equal(await page.evaluate(() => window.edgeeval.model.changed.get("demand_per_day")), after);
  await number.fill("123456");
  await number.press("Enter");
  await page.waitForFunction(() => document.querySelector(".live")?.textContent.includes("assumed 123,456"));
  await page.getByRole("button", { name: "Keep in the address" }).click();
  const address = page.url();
  assert.ok(address.includes("demand_per_day=123456"), address);
  await page.reload();
  await page.waitForFunction(() => window.edgeeval?.ready);
  assert.equal(await number.inputValue(), "123456");
  await page.getByRole("button", { name: "Reset all" }).click();
  assert.equal(Number(await number.inputValue()), before);
  await close();
});

await check("an undecided, a local and an API decision follow from the assumptions, and are said aloud", async () => {
  const { page, close } = await open(pages.sample);
  await page.evaluate(() => { for (const [key, value] of Object.entries({ rent_usd_per_h: 0, owned: 0, setup_usd: 0, staff_usd_per_month: 0,
    maintenance_usd_per_month: 0, api_output_usd_per_mtok: 1000, api_decay_per_year: 0, rent_includes_power: 1, labour_h: 0, data_usd: 0,
    replicas: 1 })) window.edgeeval.model.set(key, value); });
  await page.waitForFunction(() => document.querySelector(".head .word")?.textContent === "Rent the machine and serve it");
  await page.evaluate(() => window.edgeeval.model.set("rent_usd_per_h", 100000));
  await page.waitForFunction(() => document.querySelector(".head .word")?.textContent.startsWith("Call the API"));
  await page.waitForFunction(() => document.querySelector("[aria-live]")?.textContent.startsWith("Call the API"));
  await close();
});

await check("curves against demand have their bands, drawn and in the table", async () => {
  const { page, close } = await open(pages.sample);
  await settled(page);
  await seeAll(page);
  for (const [title, columns] of [["Cost of 1,000 requests against demand", 7], ["Energy of a request against demand", 4]]) {
    const figure = page.locator("figure", { hasText: title });
    await figure.locator("summary").click();
    await figure.locator("tbody tr").first().waitFor({ state: "attached" });
    const rows = await figure.locator("tbody tr").evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => Number(cell.dataset.v))));
    assert.ok(rows.length >= 21, `${title}: ${rows.length} rows`);
    for (const row of rows) {
      assert.equal(row.length, columns, title);
      const [demand, value, lo, hi] = row;
      assert.ok(demand > 0 && lo > 0 && lo <= value && value <= hi, `${title}: ${row}`);
    }
    assert.ok(rows.some(([, , lo, hi]) => hi > 1.05 * lo), `${title}: a band that is wider than nothing`);
    const label = await figure.locator(".chart").getAttribute("aria-label");
    assert.match(label, /\[.+, .+\] (USD|J) at the assumed demand\.$/, label);
    // The transparent foot of each band and the area on top of it are paths of the chart.
    const areas = await figure.locator("svg path").evaluateAll((all) => all.filter((path) => Number(path.getAttribute("fill-opacity") ?? 1) === 0.16).length);
    assert.ok(areas >= 1, `${title}: ${areas} bands are drawn`);
  }
  // The bands are those of the page's own draws with only the demand put in.
  const same = await page.evaluate(() => {
    const { data, model, drawInputs, evaluate } = window.edgeeval;
    const figure = [...document.querySelectorAll("figure")].find((each) => each.textContent.includes("Cost of 1,000 requests against demand"));
    const [demand, , lo, hi] = [...figure.querySelectorAll("tbody tr")[4].cells].map((cell) => Number(cell.dataset.v));
    const costs = Array.from({ length: 500 }, (_, draw) => evaluate({ ...drawInputs(data.inputs, model.inputsOf(model.variant),
      model.numberOf(model.variant), model.seed, draw), demand_per_day: demand }).local_usd * 1000).sort((a, b) => a - b);
    return { page: [lo, hi], here: [costs[25], costs[474]] };
  });
  same.page.forEach((value, i) => expectClose(value, same.here[i], `band ${i}`));
  await close();
});

await check("a copied price follows its slider until its own is moved", async () => {
  const { page, close } = await open(pages.sample);
  await settled(page);
  const value = (key) => page.evaluate((key) => window.edgeeval.model.valueOf(key), key);
  assert.equal(await value("api_cached_usd_per_mtok"), await value("api_input_usd_per_mtok"));
  await page.evaluate(() => window.edgeeval.model.set("api_input_usd_per_mtok", 7));
  assert.equal(await value("api_cached_usd_per_mtok"), 7);
  assert.match(await page.locator("#input-api_cached_usd_per_mtok-from").textContent(), /^follows /);
  await page.evaluate(() => window.edgeeval.model.set("api_cached_usd_per_mtok", 2));
  await page.evaluate(() => window.edgeeval.model.set("api_input_usd_per_mtok", 8));
  assert.equal(await value("api_cached_usd_per_mtok"), 2);
  await page.evaluate(() => window.edgeeval.model.reset("api_cached_usd_per_mtok"));
  assert.equal(await value("api_cached_usd_per_mtok"), 8);
  await close();
});

await check("a price that falls until the API is the cheaper again is told with its band", async () => {
  const { page, close } = await open(pages.sample);
  const set = (settings) => page.evaluate((settings) => {
    for (const [key, value] of Object.entries(settings)) window.edgeeval.model.set(key, value);
  }, settings);
  await set({ api_input_usd_per_mtok: 50, api_output_usd_per_mtok: 50, api_decay_per_year: 0.9, horizon_years: 20, setup_usd: 1 });
  await page.waitForFunction(() => [...document.querySelectorAll(".live dt")].some((each) => each.textContent === "API cheaper again after" &&
    /\[.+, .+\] where it pays back; by the horizon in .+ % of draws$/.test(each.nextElementSibling.textContent)));
  await set({ api_decay_per_year: 0 });
  await page.waitForFunction(() => ![...document.querySelectorAll(".live dt")].some((each) => each.textContent === "API cheaper again after"));
  await close();
});

await check("tables sort by each column and tell so", async () => {
  const { page, close } = await open(pages.published);
  const table = page.locator("#variants table").first();
  const column = table.locator("thead th").nth(2);
  const values = () => table.locator("tbody tr").evaluateAll((rows) => rows.map((row) => Number(row.cells[2].dataset.v)));
  await column.getByRole("button").click();
  assert.equal(await column.getAttribute("aria-sort"), "ascending");
  const rising = await values();
  assert.deepEqual(rising, [...rising].sort((a, b) => a - b));
  await column.getByRole("button").press("Enter");
  assert.equal(await column.getAttribute("aria-sort"), "descending");
  assert.deepEqual(await values(), rising.reverse());
  await close();
});

await check("nothing serious is found by axe, in light and in dark", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const { page, close } = await open(pages.sample, { colorScheme });
    await seeAll(page);
    await settled(page);
    await page.evaluate(() => { for (const details of document.querySelectorAll("details")) details.open = true; });
    await page.evaluate(axe);
    // Between the two only colours differ.
    const rules = colorScheme === "light" ? {} : { runOnly: { type: "rule", values: ["color-contrast"] } };
    const found = await page.evaluate(async (rules) => (await window.axe.run(document, { resultTypes: ["violations"], ...rules })).violations
      .filter(({ impact }) => ["serious", "critical"].includes(impact))
      .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`), rules);
    assert.deepEqual(found, [], colorScheme);
    await close();
  }
});

await check("a phone shows the page without sideways scroll", async () => {
  const { page, close } = await open(pages.published, { viewport: { width: 360, height: 800 } });
  await seeAll(page);
  await settled(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `it is ${wide} px wide`);
  await close();
});

await check("without scripts the decision, the tables and the sources are there", async () => {
  const { page, close } = await open(pages.sample, { javaScriptEnabled: false });
  for (const id of ["decision", "careful", "variants", "life", "failures", "details", "grounds"])
    assert.ok((await page.locator(`#${id}`).innerText()).length > 80, id);
  assert.equal(await page.locator("#decision .word").count(), 1);
  await close();
});

await check("a study of 72 variants is 1.5 MB at most and painted before anything is computed", async () => {
  const bytes = statSync(pages.published).size;
  const { page, close } = await open(pages.published);
  const { painted, ready } = await page.evaluate(() => ({
    painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime, ready: performance.now() }));
  console.log(`      ${(bytes / 1e6).toFixed(2)} MB; first paint after ${Math.round(painted)} ms`);
  assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`);
  assert.ok(painted < ready, "the static page is seen first");
  await close();
});

await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
