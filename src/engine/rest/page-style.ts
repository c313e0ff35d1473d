// How the web page of a job looks, in light and in dark.
export const PAGE_STYLE = `
:root { --back: #ffffff; --text: #1d2430; --faint: #5a6472; --line: #d9dee5; --dark: #1f5fbf; --pale: #a9c7f2; --good: #1a7f4b; --bad: #b3261e; --box: #f4f6f9; }
@media (prefers-color-scheme: dark) {
:root { --back: #14181f; --text: #e6eaf0; --faint: #9aa5b4; --line: #323a46; --dark: #6ea8fe; --pale: #33507d; --good: #5fd39a; --bad: #ff8a80; --box: #1c222c; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
p { margin: .25rem 0; color: var(--faint); }
#state { font-weight: 600; color: var(--text); }
#state[data-state=RUNNING] { color: var(--good); }
#state[data-state=FAILED], #state[data-state=FAILING], #lost, .FAILED { color: var(--bad); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
th { color: var(--faint); font-weight: 500; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; margin: .5rem 0; }
figure { margin: 0; }
figcaption { color: var(--faint); font-size: .85rem; }
svg { display: block; }
.plots svg { width: 100%; height: 7rem; background: var(--box); }
.whole { fill: var(--pale); } .part { fill: var(--dark); } .failed { fill: var(--bad); }
.vertex { fill: var(--box); stroke: var(--line); } .edge { stroke: var(--faint); fill: none; }
svg text { fill: var(--text); font: 13px system-ui, sans-serif; } svg text.small { fill: var(--faint); font-size: 11px; }
pre, li { overflow-wrap: anywhere; }
`;
