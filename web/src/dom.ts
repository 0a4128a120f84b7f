// SPDX-License-Identifier: Apache-2.0
// Elements made without markup: every text becomes a text node, so that nothing of a record is ever parsed as HTML.

type Child = Node | string | null;
type Attributes = Record<string, string | number | boolean | ((event: Event) => void)>;

/** An element with attributes (functions are listeners) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {},
                                                        ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

export const all = <T extends Element>(selector: string, root: ParentNode = document): T[] =>
  [...root.querySelectorAll<T>(selector)];

/** One cell: its text and, where there is one, the number behind it. */
export type Cell = string | { text: string; value: number | null };

export interface Table { header: string[]; rows: Cell[][] }

/** A table whose first column names its rows. */
export function tableOf(content: Table): HTMLElement {
  const cell = (value: Cell, place: number): HTMLElement => {
    const text = typeof value === "string" ? value : value.text;
    const element = place === 0 ? h("th", { scope: "row" }, text) : h("td", {}, text);
    if (typeof value !== "string" && value.value !== null) element.dataset["v"] = String(value.value);
    return element;
  };
  return h("div", { class: "scroll", tabindex: 0 }, h("table", {},
    h("thead", {}, h("tr", {}, ...content.header.map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, ...content.rows.map((row) => h("tr", {}, ...row.map(cell))))));
}
