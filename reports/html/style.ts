/** Style sheet of the page: light and dark, phone to desktop, and print. Loads nothing. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --sheet: #ffffff; --ink: #1c2127; --quiet: #55606b; --rule: #d9dde1; --tint: #f3f4f1; --link: #1d4f91;
  --pass: #1a6b3c; --pass-tint: #e8f3ec; --fail: #a8231b; --fail-tint: #fbecea; --unknown: #7a5300; --unknown-tint: #fbf3df;
  --aside: #4b5563; --aside-tint: #eef0f2; --bar: #3d6a9e; --mark: #ffffff;
  --serif: Charter, 'Bitstream Charter', 'Sitka Text', Cambria, Georgia, serif;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif;
  --mono: ui-monospace, 'Cascadia Code', 'Source Code Pro', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181c; --sheet: #1a1f25; --ink: #e4e7ea; --quiet: #a3adb7; --rule: #353d46; --tint: #20262d; --link: #92bdf2;
    --pass: #6cc78f; --pass-tint: #17281e; --fail: #f2887f; --fail-tint: #301a19; --unknown: #e3b659; --unknown-tint: #2b2414;
    --aside: #aab4be; --aside-tint: #242a31; --bar: #7fa9d8; --mark: #14181c;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0 auto; padding: 0 1.25rem 4rem; max-width: 56rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 var(--sans); overflow-wrap: anywhere; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem 1rem; background: var(--sheet); border: 2px solid var(--link); }
.patterns { position: absolute; }
a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: .06em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
h1, h2, h3 { font-family: var(--serif); font-weight: 600; line-height: 1.25; text-wrap: balance; }
h1 { margin: .25rem 0 1.75rem; font-size: clamp(1.9rem, 5vw, 2.6rem); letter-spacing: -.01em; }
h2 { margin: 0 0 1.25rem; padding-top: 1.5rem; border-top: 1px solid var(--rule); font-size: 1.5rem; }
h3 { margin: 0 0 .5rem; font-size: 1.13rem; }
section { margin-top: 4rem; }
section > h3, section > .scroll + .scroll { margin-top: 2rem; }
p { margin: 0 0 1rem; max-width: 44rem; }
ul, ol { padding-left: 1.35rem; max-width: 44rem; }
li { margin-bottom: .5rem; }
code, .digest { font-family: var(--mono); font-size: .86em; }
.quiet, figcaption { color: var(--quiet); font-size: .9rem; }
header { padding-top: 3.5rem; }
.kind { margin: 0; color: var(--quiet); font-size: .95rem; }
.lead { margin: 2.75rem 0; padding-left: 1.25rem; border-left: 4px solid var(--bar);
  font: 1.3rem/1.6 var(--serif); max-width: 42rem; }
nav ol { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .35rem 1.5rem; margin: 0; padding: 0;
  max-width: none; list-style: none; }
nav li { margin: 0; }
nav a { display: inline-block; padding: .2rem 0; }

dl { margin: 0; }
dl > div { display: grid; grid-template-columns: 11rem 1fr; gap: 0 1rem; padding: .3rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; min-width: 0; }

.card { margin: 0 0 1.25rem; padding: 1.25rem 1.5rem; background: var(--sheet); border: 1px solid var(--rule);
  border-left-width: 5px; border-radius: .35rem; }
.card p { margin-bottom: .75rem; }
.card dl { padding-top: .25rem; font-size: .93rem; line-height: 1.45; }
.card dl > div { padding: .2rem 0; }
.card.is-pass { border-left-color: var(--pass); }
.card.is-fail { border-left-color: var(--fail); border-left-style: double; border-left-width: 8px; }
.card.is-unknown { border-left-color: var(--unknown); border-left-style: dashed; }
.card.is-not-applicable { border-left-color: var(--aside); border-left-style: dotted; }
.tags { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .9rem; font-size: .9rem; color: var(--quiet); }
.action { padding: .75rem 1rem; background: var(--tint); border-radius: .25rem; }
.command code { display: inline-block; padding: .25rem .6rem; background: var(--tint); border-radius: .25rem; }
.note { padding: .6rem 1rem; border: 1px dashed var(--rule); border-radius: .25rem; font-size: .95rem; }
.cause { margin-top: 1.75rem; }
.none { color: var(--quiet); font-style: italic; }

.chip { display: inline-flex; align-items: center; gap: .4em; padding: .1em .65em .1em .45em; border-radius: 1em;
  font-size: .86rem; font-weight: 600; white-space: nowrap; color: var(--tone); background: var(--tone-tint);
  border: 1px solid var(--tone); }
.is-pass { --tone: var(--pass); --tone-tint: var(--pass-tint); }
.is-fail { --tone: var(--fail); --tone-tint: var(--fail-tint); }
.is-unknown { --tone: var(--unknown); --tone-tint: var(--unknown-tint); }
.is-not-applicable { --tone: var(--aside); --tone-tint: var(--aside-tint); }
.sign { flex: none; width: 1.05em; height: 1.05em; fill: none; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
.sign .solid { fill: var(--tone); }
.sign .mark { stroke: var(--mark); }
.sign .ring, .sign .line { stroke: var(--tone); }

.scroll { overflow-x: auto; }
.scroll + .scroll { margin-top: 2rem; }
table { width: 100%; border-collapse: collapse; font-size: .93rem; }
caption { padding: 0 0 .5rem; text-align: left; color: var(--quiet); font-size: .9rem; }
th, td { padding: .5rem .75rem .5rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
thead th { border-bottom: 2px solid var(--rule); font-weight: 600; }
tbody th { font-weight: 400; }
.scroll th, .scroll td { min-width: 6.5rem; overflow-wrap: break-word; }
.scroll tbody th { min-width: 11rem; }
time { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.counts td { font-size: 1.35rem; font-family: var(--serif); }

.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0 0 1.25rem; padding: 0; list-style: none;
  font-size: .9rem; color: var(--quiet); max-width: none; }
.legend li { display: flex; align-items: center; gap: .5rem; margin: 0; }
.legend svg { width: 1.4rem; height: .95rem; outline: 1px solid var(--rule); }
.strip, .chart { display: block; }
.strip { border-radius: .2rem; }
.strip + .scroll { margin-top: 1.5rem; }
.frame { fill: none; stroke: var(--rule); stroke-width: 2; }
.axis { stroke: var(--quiet); }
.fill-pass { fill: var(--pass); }
.fill-fail { fill: var(--fail); }
.fill-unknown { fill: var(--unknown); }
.fill-quiet { fill: var(--aside); }
.fill-paper { fill: var(--sheet); }
.fill-bar { fill: var(--bar); }
.hollow-bar { fill: var(--sheet); stroke: var(--bar); stroke-width: 1.5; stroke-dasharray: 3 2; }
.states { padding: 0; list-style: none; max-width: none; }
.states li { margin-bottom: 1.5rem; }
.state-title { margin: 0 0 .35rem; font-weight: 600; }
.state-shares { margin: .3rem 0 0; font-size: .9rem; color: var(--quiet); max-width: none; }
.state-shares strong { color: var(--ink); font-variant-numeric: tabular-nums; }
.protection { margin-bottom: 2.75rem; }
.protection dl { font-size: .93rem; }
.protection dl > div { grid-template-columns: 16rem 1fr; }
figure { margin: .75rem 0 1.5rem; }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; padding-top: .35rem; }
.breakdowns { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1.5rem 2.5rem; margin-bottom: 1.25rem; }
.breakdowns table { align-self: start; }
.decisions { padding: 0; list-style: none; }
.bodies { padding: 0; list-style: none; max-width: none; }
.bodies p { margin-bottom: .25rem; max-width: none; }
.bodies li { margin-bottom: 1.25rem; }
.bodies li:target, .card:target { outline: 2px solid var(--link); outline-offset: .35rem; }
footer { margin-top: 5rem; padding-top: 1.25rem; border-top: 1px solid var(--rule); color: var(--quiet); font-size: .9rem; }

@media (max-width: 40rem) {
  body { padding: 0 1rem 3rem; }
  header { padding-top: 2rem; }
  section { margin-top: 3rem; }
  .lead { margin: 2rem 0; font-size: 1.15rem; }
  dl > div, .protection dl > div { grid-template-columns: 1fr; padding: .4rem 0; }
  .card { padding: 1rem; }
  .chip { font-size: .82rem; }
}
@media (forced-colors: active) {
  .strip, .chart, .sign, .legend svg { forced-color-adjust: none; }
}
@page { size: A4; margin: 18mm 16mm 20mm; @bottom-right { content: counter(page) ' / ' counter(pages); font: 9pt sans-serif; color: #555; } }
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --sheet: #fff; --ink: #000; --quiet: #444; --rule: #bbb; --tint: #f4f4f4; --link: #000;
    --pass: #1a6b3c; --pass-tint: #fff; --fail: #a8231b; --fail-tint: #fff; --unknown: #7a5300; --unknown-tint: #fff;
    --aside: #444; --aside-tint: #fff; --bar: #3d6a9e; --mark: #fff;
  }
  html { font-size: 10pt; }
  body { max-width: none; padding: 0; }
  header { padding-top: 0; }
  nav, .skip { display: none; }
  a { text-decoration: none; }
  section { margin-top: 2.2rem; }
  h2, h3, .cause, .state-title, caption { break-after: avoid; }
  .card, tr, .states li, figure, .bodies li, .lead { break-inside: avoid; }
  #fails, #time, #provenance { break-before: page; }
  .scroll { overflow: visible; }
  .strip, .chart, .sign, .legend svg, .chip, .action { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
