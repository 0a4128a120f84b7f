// SPDX-License-Identifier: Apache-2.0
// Light and dark: as the system has it, or as the reader chose; printed in light.
import { isDark, redrawAll } from "./chart.js";
import { h } from "./dom.js";

const KEY = "edgeeval-theme";

function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;  // A page from disk may have no store.
  }
}

function keep(theme: string): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then it holds for this visit.
  }
}

function apply(theme: string): void {
  document.documentElement.dataset["theme"] = theme;
}

/** The button, and what redraws on a change. */
export function themeButton(): HTMLElement {
  const chosen = kept();
  if (chosen === "dark" || chosen === "light") apply(chosen);
  const name = (): string => (isDark() ? "Light" : "Dark");
  const button = h("button", { type: "button", class: "quiet", id: "theme", click: () => {
    const theme = isDark() ? "light" : "dark";
    apply(theme);
    keep(theme);
    button.textContent = name();
    redrawAll();
  } }, name());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { button.textContent = name(); redrawAll(); });
  let before: string | undefined;
  addEventListener("beforeprint", () => {
    before = document.documentElement.dataset["theme"];
    apply("light");
    redrawAll(true);
  });
  addEventListener("afterprint", () => {
    if (before === undefined) delete document.documentElement.dataset["theme"];
    else apply(before);
    redrawAll();
  });
  return button;
}
