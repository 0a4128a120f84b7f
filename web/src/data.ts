// SPDX-License-Identifier: Apache-2.0
// The page's data as src/report/page_data.cpp writes it, and looked at with names.
import type { InputField, InputKey, Shape, Uncertain } from "./economics/inputs.js";

/** value, lo, hi, place of the grade, place of the sources, unit. */
export type FactTuple = [number, number | null, number | null, number, number, string];
/** value, lo, hi, shape, correlation, place of the grade, place of the sources, place of the note. */
export type InputTuple = [number, number, number, Shape, number, number, number, number];

export interface VariantData {
  id: string;
  name: string;
  task: string;
  model: string;
  method: string;
  precision: string;
  figures: Record<string, FactTuple>;
}

export interface LedgerData {
  stage: string;
  phase: string;
  /** Places in the list of variants. */
  variants: number[];
  duration_s: number;
  gross: FactTuple | null;
  missing: string[];
}

export interface DecidedData {
  absent_reason?: string;
  inputs: Record<string, InputTuple>;
  decision: string;
  local_cheaper: number;
  never: number;
  local_usd: [number | null, number | null, number | null];
  grade: number;
  missing_stages: string[];
  number: number;
}

export interface DecisionData {
  scenario: string;
  seed: number;
  draws: number;
  boundary: string;
  shared: Record<string, InputTuple>;
  /** Inputs that are copies of another, for want of a source of their own, and the other. */
  follows: Partial<Record<InputKey, InputKey>>;
  best: Record<string, string>;
  variants: Record<string, DecidedData>;
}

export interface PageData {
  schema: number;
  study: string;
  grades: string[];
  inputs: InputField[];
  variants: VariantData[];
  ledger: LedgerData[];
  decision: DecisionData | null;
  /** Of the figures that a decision adds, by id. */
  formulas: Record<string, string>;
  sources: string[];
}

/** A fact with its words. */
export interface Fact { value: number; lo: number | null; hi: number | null; grade: string; sources: string; unit: string }

/** Where an input comes from. */
export interface Origin { grade: string; sources: string; note: string }

/** The data of this page; null where it has none. */
export function readData(): PageData | null {
  const element = document.getElementById("data");
  return element?.textContent ? (JSON.parse(element.textContent) as PageData) : null;
}

export function factOf(data: PageData, tuple: FactTuple | undefined | null): Fact | null {
  if (!tuple) return null;
  const [value, lo, hi, grade, sources, unit] = tuple;
  return { value, lo, hi, grade: data.grades[grade] ?? "", sources: data.sources[sources] ?? "", unit };
}

/** The score of a variant: token F1, or a published score. */
export const scoreOf = (data: PageData, variant: VariantData): Fact | null =>
  factOf(data, variant.figures["token_f1"] ?? variant.figures["published_score"]);

function tupleOf(data: PageData, variant: string, key: InputKey): InputTuple | undefined {
  const decided = data.decision?.variants[variant];
  return decided?.inputs?.[key] ?? data.decision?.shared[key];
}

/** A variant's inputs in the order of the table, as the study decided with them. */
export function uncertainOf(data: PageData, variant: string): Uncertain[] {
  return data.inputs.map((field) => {
    const [value, lo, hi, shape, correlation] = tupleOf(data, variant, field.key) ?? [0, 0, 0, "fixed", 0];
    return { value, lo, hi, shape, correlation };
  });
}

export function originOf(data: PageData, variant: string, key: InputKey): Origin {
  const tuple = tupleOf(data, variant, key);
  if (!tuple) return { grade: "", sources: "", note: "" };
  return { grade: data.grades[tuple[5]] ?? "", sources: data.sources[tuple[6]] ?? "", note: data.sources[tuple[7]] ?? "" };
}

/** Whether a variant can be reckoned. */
export const isDecided = (data: PageData, variant: string): boolean => {
  const decided = data.decision?.variants[variant];
  return decided !== undefined && decided.absent_reason === undefined;
};
