// A report as a value: figures, and sections that have a plot and a table that tells the same. HTML and Markdown are two
// ways to write it down; neither decides what is in it.

export interface Report {
  readonly title: string;
  /** Where was looked, and when. */
  readonly subtitle: readonly string[];
  readonly figures: readonly Figure[];
  readonly sections: readonly ReportSection[];
  /** Where the numbers come from. */
  readonly footer: string;
}

export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly remark: string;
}

export interface ReportSection {
  /** Unique in the report; letters, digits and dashes. */
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly plot: Plot | null;
  readonly table: ReportTable | null;
}

export interface ReportTable {
  readonly caption: string;
  readonly columns: readonly { readonly title: string; readonly numeric?: true }[];
  readonly rows: readonly (readonly string[])[];
}

/** `title` is what somebody hears who does not see the plot. */
export type Plot = LinesPlot | BarsPlot | MatrixPlot;

/** Bytes over time. */
export interface LinesPlot {
  readonly kind: 'lines';
  readonly title: string;
  readonly lines: readonly { readonly name: string; readonly points: readonly PlotPoint[] }[];
}

export interface PlotPoint {
  readonly timeMs: number;
  readonly bytes: number;
}

/** Shares of a whole, one below the other. */
export interface BarsPlot {
  readonly kind: 'bars';
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly value: number; readonly text: string }[];
}

/** What is in what. */
export interface MatrixPlot {
  readonly kind: 'matrix';
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly boolean[] }[];
}
