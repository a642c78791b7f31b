/** The stylesheet of the log page: a route of its own, so that the page needs no inline styles. */
export const style = `:root { color-scheme: light dark; --ground: #fbfbfa; --card: #fff; --ink: #1d2226; --soft: #5d666e; --line: #dfe2e4; --accent: #0b5cad; --good: #1a7042; --warn: #8a5a00; --bad: #b3261e; --tint: #f1f3f4 }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --card: #1b1f23; --ink: #e3e6e8; --soft: #98a2ab; --line: #2d3338; --accent: #7db7f5; --good: #69c795; --warn: #e0b054; --bad: #f28b82; --tint: #22272b } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.45 system-ui, sans-serif }
main, header { max-width: 100rem; margin: 0 auto; padding: 0 1rem }
header { padding-top: 1rem }
h1 { font-size: 1.25rem; margin: 0 0 .75rem }
h1 a { color: inherit; text-decoration: none }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem }
a { color: var(--accent) }
code, pre, .mono { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
form { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: .5rem .75rem; padding: .75rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px }
label { display: grid; gap: .15rem; color: var(--soft); font-size: 12px; min-width: 0 }
input, select, button { font: inherit; font-size: 14px; color: var(--ink); background: var(--ground); border: 1px solid var(--line); border-radius: 4px; padding: .3rem .45rem; min-width: 0; width: 100% }
button { background: var(--accent); color: var(--card); border-color: transparent; cursor: pointer; font-weight: 600 }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
.buttons { display: flex; gap: .75rem; align-items: end }
.buttons a { padding: .3rem 0; white-space: nowrap }
.note { color: var(--soft); margin: .75rem 0 }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; background: var(--card); border: 1px solid var(--line) }
th { text-align: left; font-weight: 600; font-size: 12px; color: var(--soft); background: var(--tint) }
th, td { padding: .3rem .55rem; border-bottom: 1px solid var(--line); vertical-align: top }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums }
td.address { overflow-wrap: anywhere; min-width: 22rem }
td.address a { text-decoration: none }
td.address a:hover { text-decoration: underline }
.host, .less { color: var(--soft) }
.good { color: var(--good) } .warn { color: var(--warn) } .bad { color: var(--bad) }
.status { font-weight: 600; white-space: nowrap }
.verdict { border-left: 4px solid var(--bad); background: var(--card); padding: .6rem .9rem; margin: 1rem 0; border-radius: 0 6px 6px 0 }
.verdict.fine { border-color: var(--good) }
.verdict p { margin: .2rem 0 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0 }
dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
pre { margin: .5rem 0; padding: .75rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; overflow: auto; max-height: 40rem; white-space: pre-wrap; overflow-wrap: anywhere }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); gap: 0 1.5rem }
.sides > section { min-width: 0 }
@media (max-width: 46rem) {
  thead { position: absolute; clip-path: inset(50%) }
  table, tbody { display: block }
  tr { display: flex; flex-wrap: wrap; gap: .1rem .75rem; padding: .5rem .55rem; border-bottom: 1px solid var(--line) }
  td { border: 0; padding: 0 }
  td.address { flex: 1 0 100%; min-width: 0; order: -1 }
  dl { grid-template-columns: 1fr } dd { margin-bottom: .4rem }
}
`
