#include "sweep/page/sections.h"

namespace r50::sweep::page {

// Colours of leaders are Okabe and Ito's, made lighter for dark paper; each goes with a dash and a
// shape, so that nothing is shown by colour alone.
Html style_element() {
  return Html(R"css(<style>
:root {
  --paper: #fff; --raised: #f6f7f9; --ink: #1c2128; --faint: #5a636e; --line: #d5dae0;
  --grid: #e6e9ed; --other: #9aa3ad; --k1: #0064a6; --k2: #c14f00; --k3: #00795a; --k4: #a8437f;
  --k5: #8a6f00; --k6: #2b9fd9; --good: #00694e; --bar: #0064a6; --warn: #a33a00;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #15191e; --raised: #1f252c; --ink: #e6e9ed; --faint: #a3adb8; --line: #3b444e;
    --grid: #2a3139; --other: #66717d; --k1: #5cb8f5; --k2: #ff9d57; --k3: #35cf9f; --k4: #f08ac4;
  --k5: #e0c04a; --k6: #929dff; --good: #4cd3a6; --bar: #5cb8f5; --warn: #ff9d57;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
}
main { max-width: 1180px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 14px; overflow-wrap: anywhere; }
h2 { font-size: 20px; margin: 40px 0 10px; }
h3 { font-size: 15px; margin: 18px 0 6px; }
p { margin: 8px 0; max-width: 80ch; }
ul { padding-left: 1.3em; margin: 6px 0; }
li { margin: 3px 0; overflow-wrap: anywhere; }
.eyebrow { margin: 0; color: var(--faint); font-size: 13px; }
.verdict {
  font-size: 19px; line-height: 1.4; margin: 0 0 10px; padding: 12px 16px; max-width: none;
  background: var(--raised); border-left: 5px solid var(--other); border-radius: 3px;
  overflow-wrap: anywhere;
}
.verdict code { white-space: nowrap; }
.verdict.won { border-color: var(--good); }
.verdict.level { border-color: var(--k1); }
.remark { color: var(--faint); font-size: 13.5px; }
.facts { display: flex; flex-wrap: wrap; gap: 10px 34px; margin: 20px 0 0; }
.facts dt { color: var(--faint); font-size: 13px; }
.facts dd { margin: 0; font-size: 17px; font-variant-numeric: tabular-nums; }
.failures { border-left: 5px solid var(--warn); padding: 1px 16px 6px; margin-top: 22px;
  background: var(--raised); border-radius: 3px; }
.failures h3::before { content: "\26A0\FE0E  "; color: var(--warn); }
.message, td.id { font: 13px/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.scroll { overflow-x: auto; }
.tall { max-height: 34em; overflow-y: auto; border: 1px solid var(--line); border-radius: 3px; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 5px 14px 5px 0; white-space: nowrap; vertical-align: middle; }
th { font-weight: 600; }
tbody th { font-weight: 400; white-space: normal; min-width: 13em; overflow-wrap: anywhere; }
.effects tbody th { min-width: 0; }
thead th { color: var(--faint); font-size: 13px; border-bottom: 1px solid var(--line); }
tbody tr { border-bottom: 1px solid var(--grid); }
th.number, td.number { text-align: right; }
tr.best th, tr.best td { font-weight: 600; }
td.word.best, td.word.apart { color: var(--good); }
.sortable { width: 100%; }
.sortable th, .sortable td { padding: 4px 14px 4px 10px; }
.sortable thead th { position: sticky; top: 0; background: var(--raised); }
.sortable tbody tr.on { background: var(--raised); }
.sortable button { all: unset; cursor: pointer; }
.sortable button:focus-visible { outline: 2px solid var(--k1); outline-offset: 2px; }
.sortable [aria-sort=ascending] button::after { content: " \25B4"; }
.sortable [aria-sort=descending] button::after { content: " \25BE"; }
.rates td:first-child { width: 36px; padding-right: 0; }
td.message { white-space: normal; min-width: 34em; overflow-wrap: anywhere; }
td.id { color: var(--faint); }
.state.failed { color: var(--warn); }
pre {
  background: var(--raised); padding: 10px 14px; overflow-x: auto; border-radius: 3px;
  font: 13px/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
}
details { margin: 4px 0; }
summary { cursor: pointer; color: var(--k1); }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 24px; }
.legend li { display: flex; gap: 7px; align-items: flex-start; }
svg.swatch { width: 36px; height: 18px; flex: none; display: block; }
.legend svg.swatch { margin-top: 2px; }
.charts { display: grid; margin-top: 18px;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr));
  gap: 26px 34px; grid-auto-flow: dense; }
figure { margin: 0; min-width: 0; break-inside: avoid; }
figure.all { grid-column: 1 / -1; }
figure.high { grid-row: span 2; }
figure h3 { margin: 0 0 6px; overflow-wrap: anywhere; }
figcaption { color: var(--faint); font-size: 13px; }
svg { fill: var(--ink); }
svg.chart { display: block; width: 100%; max-width: 620px; overflow: hidden; }
svg.chart.wide { max-width: 1140px; }
svg.strip { width: 180px; height: 20px; display: block; }
svg.bar { width: 201px; height: 18px; display: block; }
.chart text { font-size: 13px; fill: var(--faint); }
.chart text.title { fill: var(--ink); font-weight: 600; }
.chart text.small { font-size: 11px; }
.chart text.halo { paint-order: stroke; stroke: var(--paper); stroke-width: 8px;
  stroke-linejoin: round; fill: var(--ink); }
.chart text.onbright { fill: #000; }
.chart text.ondark { fill: #fff; }
.chart text.faint { fill: var(--faint); }
.grid { stroke: var(--grid); stroke-width: 1; }
.axis { stroke: var(--other); stroke-width: 1; }
.tick { stroke: var(--other); stroke-width: 1; }
.k1 { --c: var(--k1); } .k2 { --c: var(--k2); } .k3 { --c: var(--k3); } .k4 { --c: var(--k4); }
.k5 { --c: var(--k5); } .k6 { --c: var(--k6); } .k0 { --c: var(--other); }
.curve { stroke: var(--c); fill: none; stroke-width: 2.4; stroke-linejoin: round; }
.curve.k0 { stroke-width: 1.1; stroke-opacity: .75; }
.curve.thin { stroke-width: 1.3; }
.curve.d2 > path:first-of-type { stroke-dasharray: 9 4; }
.curve.d3 > path:first-of-type { stroke-dasharray: 3 3; }
.curve.d4 > path:first-of-type { stroke-dasharray: 10 3 3 3; }
.curve.k0.early > path { stroke-dasharray: 1.5 3; stroke-width: 1.3; }
.curve.k0.broken > path { stroke-dasharray: 6 5; }
.curve > :not(path:first-of-type) { fill: var(--c); stroke: var(--paper); stroke-width: 1; }
.mark { fill: var(--c); stroke: var(--paper); stroke-width: 1; }
.mark.k0 { fill-opacity: .8; }
.mark.onfront { stroke: var(--ink); stroke-width: 1.8; }
.mark.early { stroke: var(--faint); stroke-width: 1.4; stroke-opacity: .8; }
.mark.early.on { stroke-width: 3.5; }
.mean { stroke: var(--ink); stroke-width: 2.5; stroke-opacity: .55; }
.band { fill: var(--c); fill-opacity: 0; pointer-events: none; }
.band.seen { fill-opacity: .13; }
.band.on { fill-opacity: .22; }
.reach { stroke: var(--c); stroke-width: 3; stroke-opacity: .4; }
.reach.on { stroke-opacity: .8; }
.joined { stroke: var(--ink); stroke-width: 1; stroke-opacity: .45; fill: none; }
.cross { stroke: var(--warn); stroke-width: 2; fill: none; }
.front { stroke: var(--ink); stroke-width: 1.2; stroke-opacity: .6; fill: none; }
.hole { fill: var(--raised); stroke: var(--line); }
.hole.diverged { stroke: var(--warn); stroke-dasharray: 4 3; }
.bestcell { fill: none; stroke: var(--ink); stroke-width: 3; }
.interval { stroke: var(--other); stroke-width: 3; }
.seed { stroke: var(--ink); stroke-width: 1; stroke-opacity: .55; }
.strip > circle { fill: var(--k1); }
.back { fill: none; stroke: var(--line); }
.alone { fill: var(--bar); }
.curve.on, .curve.thin.on { stroke-width: 4; stroke-opacity: 1; }
.curve.k0.on { stroke: var(--ink); stroke-width: 2.6; }
.mark.on { stroke: var(--ink); stroke-width: 2.2; fill-opacity: 1; }
.mark.k0.on { fill: var(--ink); }
#hint { position: fixed; z-index: 2; pointer-events: none; max-width: 320px; padding: 5px 9px;
  background: var(--ink); color: var(--paper); font-size: 13px; line-height: 1.35;
  border-radius: 3px; overflow-wrap: anywhere; }
@media (max-width: 620px) {
  main { padding: 18px 14px 40px; }
  h1 { font-size: 23px; }
  .verdict { font-size: 17px; padding: 10px 12px; }
  .chart text { font-size: 17px; }
  .chart text.fixed, .chart text.small { font-size: 13px; }
  .chart.wide text { font-size: 14px; }
  svg.bar { width: 110px; }
}
@media print {
  body { font-size: 11pt; }
  main { padding: 0; max-width: none; }
  .tall { max-height: none; overflow: visible; border: 0; }
  .scroll { overflow: visible; }
  .charts { grid-template-columns: 1fr 1fr; }
  .sortable thead th { position: static; }
  table { font-size: 9pt; }
  svg.chart.wide { min-width: 0 !important; }
  tr, figure, .verdict { break-inside: avoid; }
  th, td, .rates td:first-child { width: 36px; padding-right: 0; }
td.message { white-space: normal; min-width: 0; }
  .cell, .alone, .verdict {
    print-color-adjust: exact; -webkit-print-color-adjust: exact;
  }
}
</style>)css");
}

}  // namespace r50::sweep::page
