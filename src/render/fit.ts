// A model that was taken from a job: its words as a file for --model, and what it says beside what is there.
import type { Comparison } from '../model/simulation.js';
import type { Look } from './palette.js';
import { section } from './section.js';
import { comparisonDocuments, comparisonLines } from './simulation.js';
import { visible } from './text.js';

export interface ShownFit {
  readonly job: string | null;
  readonly words: object;
  readonly comparisons: readonly Comparison[];
}

/** As text. JSON is YAML: every value of the words is written so. */
export function renderFit({ words, comparisons }: ShownFit, look: Look): string {
  const lines = [
    ...section('The model of this job, as a file for --model', wordLines(words), look),
    ...section('The model beside what is there', comparisonLines(comparisons, look), look),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** The field `fit` of the document. */
export function fitDocument({ job, words, comparisons }: ShownFit): object {
  return { job, words, comparisons: comparisonDocuments(comparisons) };
}

function wordLines(words: object): readonly string[] {
  return Object.entries(words).flatMap(([word, value]) =>
    Array.isArray(value)
      ? [`  ${word}:`, ...value.map((entry) => `    - ${visible(JSON.stringify(entry))}`)]
      : [`  ${word}: ${visible(JSON.stringify(value))}`],
  );
}
