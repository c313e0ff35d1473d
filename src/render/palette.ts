// Colour by meaning. A view is handed a palette and does not know whether its text will be coloured.

type Paint = (text: string) => string;

/** What a colour says; each paints a text. */
export interface Palette {
  /** Titles and names that the eye should find. */
  readonly strong: Paint;
  /** Units, ages, what may be skipped. */
  readonly faint: Paint;
  readonly good: Paint;
  readonly warning: Paint;
  readonly bad: Paint;
  /** Identifiers and what can be typed. */
  readonly accent: Paint;
}

const asIs: Paint = (text) => text;

/** No colours: for files, pipes and tests. */
export const PLAIN: Palette = {
  strong: asIs,
  faint: asIs,
  good: asIs,
  warning: asIs,
  bad: asIs,
  accent: asIs,
};

/** How a view is to be laid out: its colours and its width in columns. */
export interface Look {
  readonly palette: Palette;
  readonly width: number;
}
