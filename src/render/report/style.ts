// How the page looks: one style sheet, by day and by night, from a phone to a wide screen and on paper. Text has a contrast
// of 4.5 to 1 at least, and lines and bars of 3 to 1.

/** Colours by meaning. */
export interface Colors {
  readonly page: string;
  readonly panel: string;
  readonly text: string;
  readonly faint: string;
  readonly edge: string;
  readonly track: string;
  readonly bar: string;
  readonly reused: string;
  /** Of lines, in their order. */
  readonly lines: readonly string[];
}

export const LIGHT: Colors = {
  page: '#f6f8fa',
  panel: '#ffffff',
  text: '#1b2330',
  faint: '#556072',
  edge: '#d5dbe3',
  track: '#e6eaf0',
  bar: '#1d4ed8',
  reused: '#5b86e5',
  lines: ['#1d4ed8', '#b45309', '#047857', '#be185d'],
};

export const DARK: Colors = {
  page: '#10151c',
  panel: '#19202a',
  text: '#e8ecf2',
  faint: '#a3afc0',
  edge: '#343e4c',
  track: '#2a3340',
  bar: '#7cb2ff',
  reused: '#4c7dc4',
  lines: ['#7cb2ff', '#fbbf24', '#34d399', '#f472b6'],
};

/** Lines differ in their dashes too: colour alone tells nobody who cannot see it. */
const DASHES = ['none', '6 3', '2 3', '10 3 2 3'];

export function styleSheet(): string {
  return `
:root { color-scheme: light dark; ${variables(LIGHT)} }
@media (prefers-color-scheme: dark) { :root { ${variables(DARK)} } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
main, header, footer { max-width: 76rem; margin: 0 auto; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 0; overflow-wrap: anywhere; }
p { margin: 0.4rem 0; max-width: 46rem; overflow-wrap: anywhere; }
header p, footer p, figcaption, caption { color: var(--faint); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 0.75rem;
  margin: 1rem 0; padding: 0; }
.figures div, section { background: var(--panel); border: 1px solid var(--edge); border-radius: 0.5rem; }
.figures div { padding: 0.6rem 0.8rem; }
dt, .remark { color: var(--faint); font-size: 0.85rem; }
dd { margin: 0; }
.value { font-size: 1.35rem; font-weight: 600; }
section { padding: 1rem; margin: 0 0 1rem; }
.both { display: grid; gap: 1rem; margin-top: 0.75rem; }
figure { margin: 0; min-width: 0; }
svg { display: block; width: 100%; max-width: 36rem; height: auto; }
svg text { font-size: 11px; fill: var(--text); }
.track { fill: var(--track); } .bar { fill: var(--bar); } .reused { fill: var(--reused); }
.grid { stroke: var(--edge); stroke-width: 1; }
.line { fill: none; stroke-width: 2; }
${LIGHT.lines.map((_, index) => `.line-${index} { stroke: var(--line-${index}); stroke-dasharray: ${DASHES[index]}; } .dot-${index} { fill: var(--line-${index}); }`).join('\n')}
.scroll { overflow-x: auto; min-width: 0; }
.scroll:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 0.3rem; }
th, td { text-align: left; padding: 0.25rem 0.6rem 0.25rem 0; border-bottom: 1px solid var(--edge);
  vertical-align: top; }
th.number, td.number { text-align: right; white-space: nowrap; }
td { overflow-wrap: anywhere; } td:first-child { min-width: 5rem; }
@media (min-width: 60rem) { .both { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
@media print { body { background: none; } section { break-inside: avoid; } }
`;
}

function variables({ lines, ...colors }: Colors): string {
  return [
    ...Object.entries(colors).map(([name, value]) => `--${name}: ${value};`),
    ...lines.map((value, index) => `--line-${index}: ${value};`),
  ].join(' ');
}
