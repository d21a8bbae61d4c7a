"""How the report looks, and the policy that allows a page this style and nothing else."""

import base64
import hashlib

from bot.evaluation.plots import DARK

STYLE = (
    """
:root { color-scheme: light dark; --ink: #1d2733; --paper: #f6f8fa; --card: #fff; --soft: #57636f; --line: #d9dfe5; --blue: #0b62a8;
  --orange: #b54a00; --good: #e3eff9; --bad: #fdebdd; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7ecf1; --paper: #14191f; --card: #1d242c; --soft: #a3afba; --line: #38434e;
  --blue: #6cb6ff; --orange: #ff9f5a; --good: #17324d; --bad: #4a2c14; }
"""
    + DARK
    + """}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 system-ui, sans-serif; overflow-wrap: break-word; }
main { max-width: 64rem; margin: 0 auto; padding: 2rem 1.25rem 5rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 1rem 0 .8rem; }
h2 { font-size: 1.4rem; line-height: 1.3; margin: 3.5rem 0 .6rem; scroll-margin-top: 1rem; }
h3 { font-size: 1.0625rem; line-height: 1.35; margin: 0 0 .3rem; }
p { max-width: 44rem; margin: 0 0 1rem; }
a { color: var(--blue); }
nav { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere; }
.soft, figcaption, dt, th { color: var(--soft); }
.soft, figcaption { font-size: .9375rem; line-height: 1.5; }
.card, figure, details { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: 1rem; }
.card { padding: 1.1rem 1.25rem; display: flex; flex-direction: column; }
.card p { flex: 1; margin-bottom: .8rem; }
.pair { display: flex; gap: 1.25rem; } .pair > div { flex: 1; min-width: 0; }
.value { display: block; font-size: 1.75rem; line-height: 1.25; font-weight: 600; }
.meter { display: block; width: 100%; height: .5rem; margin: .3rem 0; }
.track { fill: var(--line); } .range { fill: var(--blue); opacity: .45; } .point { fill: var(--blue); }
.plots { columns: 2 22rem; column-gap: 1rem; }
figure { margin: 0 0 1rem; padding: 1.1rem 1.25rem; break-inside: avoid; }
figure > svg { display: block; overflow: visible; width: 100%; max-width: 30rem; height: auto; margin: .4rem auto .6rem; }
.wide { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; }
th { font-weight: 500; text-align: left; font-size: .9375rem; } tbody th { color: var(--ink); }
td, th { padding: .55rem .9rem; border-bottom: 1px solid var(--line); vertical-align: top; } tbody tr:last-child > * { border-bottom: 0; }
td { white-space: nowrap; font-variant-numeric: tabular-nums; } td > .soft { display: block; font-size: .8125rem; }
td.good { background: var(--good); } td.bad { background: var(--bad); } td.none { color: var(--soft); }
tbody th { min-width: 9rem; } .measures tbody th { min-width: 13rem; }
details { margin: .6rem 0; } summary { padding: .7rem 1rem; cursor: pointer; overflow-wrap: anywhere; }
details > :not(summary) { margin: 0 1rem 1rem; } figure details { border-radius: .5rem; } h3.kind { margin: 1.8rem 0 .6rem; }
.sure { display: inline-block; min-width: 3rem; font-weight: 600; color: var(--orange); font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: .5rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
dd ol, dd ul { margin: 0; padding-left: 1.4rem; white-space: normal; }
mark { background: var(--good); color: inherit; border-radius: .25rem; padding: 0 .35rem; }
@media (max-width: 34rem) { main { padding: 1rem .8rem 3rem; } h1 { font-size: 1.6rem; } .card, figure { padding: 1rem; }
  td, th { padding: .5rem .7rem; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: .7rem; } figure { padding: .8rem .6rem; } }
@media print { :root { --paper: #fff; } body { font-size: 10pt; } nav { display: none; } main { max-width: none; padding: 0; }
  .card, tr, h2, h3 { break-inside: avoid; } h2, h3 { break-after: avoid; } .wide { overflow: visible; }
  section > details::details-content { content-visibility: visible; height: auto; } }
"""
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"
