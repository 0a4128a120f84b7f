// SPDX-License-Identifier: Apache-2.0
// Tables that can be sorted by each column and copied with all digits.
import { all, h } from "./dom.js";

const collator = new Intl.Collator("en", { numeric: true });

function numberOf(cell: Element): number | null {
  const told = cell.getAttribute("data-v");
  if (told !== null) return Number(told);
  const found = /^[≥~†*\s]*([−-]?[\d,]*\.?\d+(?:e[+-]?\d+)?)/.exec(cell.textContent ?? "");
  return found ? Number(found[1]!.replace("−", "-").replaceAll(",", "")) : null;
}

/** Figures by size, words by letters, what is absent last. */
function compare(a: Element, b: Element): number {
  const x = numberOf(a), y = numberOf(b);
  if (x !== null && y !== null) return x - y;
  if (x !== null || y !== null) return x !== null ? -1 : 1;
  return collator.compare(a.textContent ?? "", b.textContent ?? "");
}

function sortBy(table: HTMLTableElement, column: number): void {
  const header = table.tHead!.rows[0]!.cells[column]!;
  const descending = header.getAttribute("aria-sort") === "ascending";
  for (const cell of table.tHead!.rows[0]!.cells) cell.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const body = table.tBodies[0]!;
  const absent = (row: HTMLTableRowElement): boolean => /^[–-]?$/.test(row.cells[column]?.textContent ?? "");
  const rows = [...body.rows].filter((row) => !absent(row));
  rows.sort((a, b) => compare(a.cells[column]!, b.cells[column]!) * (descending ? -1 : 1));
  body.append(...rows, ...[...body.rows].filter(absent));
}

/** Tab-separated, with the number behind a cell in place of its rounded text. */
function asText(table: HTMLTableElement): string {
  return [...table.rows].map((row) => [...row.cells].map((cell) =>
    (cell.dataset["v"] ?? cell.textContent ?? "").replace(/[\t\n]/g, " ")).join("\t")).join("\n");
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea", { "aria-hidden": "true", tabindex: -1, class: "aside" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

function copyButton(table: HTMLTableElement): HTMLElement {
  const button = h("button", { type: "button", class: "quiet", click: () => {
    void copy(asText(table)).then((done) => {
      button.textContent = done ? "Copied" : "Could not copy";
      setTimeout(() => { button.textContent = "Copy table"; }, 1500);
    });
  } }, "Copy table");
  return button;
}

/** Makes `table` sortable and copyable; does so once. */
export function enhance(table: HTMLTableElement): void {
  const header = table.tHead?.rows[0];
  if (!header || table.dataset["ready"] || !table.tBodies[0] || table.tBodies[0].rows.length < 2) return;
  table.dataset["ready"] = "1";
  [...header.cells].forEach((cell, column) => {
    const text = cell.textContent ?? "";
    if (text === "") return;
    cell.replaceChildren(h("button", { type: "button", class: "sort", click: () => sortBy(table, column) }, text));
  });
  (table.closest(".scroll") ?? table).after(copyButton(table));
}

/** Enhances what can be seen now, and the rest when it is opened. */
export function enhanceAll(root: ParentNode = document): void {
  const closed = (element: Element): boolean => element.closest("details:not([open])") !== null;
  for (const table of all<HTMLTableElement>("table", root)) if (!closed(table)) enhance(table);
  if (root !== document) return;
  document.addEventListener("toggle", (event) => {
    const details = event.target as HTMLDetailsElement;
    if (details.open) for (const table of all<HTMLTableElement>("table", details)) if (!closed(table)) enhance(table);
  }, true);
}
