"""The one style sheet of all pages. Its colours keep 4.5:1 for text and 3:1 for edges, on light paper and on dark."""

STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --paper: #fff; --soft: #57636f; --line: #d9dfe5; --edge: #6b7782;
  --link: #0b5cad; --mark: #fff1b8; --card: #f3f6f9; --alarm: #a8201a; --on-alarm: #fff; --alert: #fdf1ef; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7ecf1; --paper: #14191f; --soft: #a3afba; --line: #333d47; --edge: #8a96a1;
  --link: #7fb6f2; --mark: #5c4a00; --card: #1d242c; --alarm: #ffb4ab; --on-alarm: #3d0603; --alert: #331a18; } }
* { box-sizing: border-box; }
html { text-size-adjust: 100%; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 system-ui, sans-serif; overflow-wrap: break-word; }
main, header, footer { max-width: 44rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1rem; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: .2rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.help { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .6rem .9rem; margin: 0; font-size: .95rem; }
.top { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .3rem 1rem; margin: 1rem 0 0; }
.exit { display: inline-block; min-height: 1.5rem; }
.brand { display: inline-block; padding: .1rem 0; font-weight: 700; letter-spacing: -.01em; text-decoration: none;
  color: var(--ink); }
.brand:hover { color: var(--link); text-decoration: underline; }
footer { margin-top: 3.5rem; padding-bottom: 3rem; }
footer p { border-top: 1px solid var(--line); padding-top: 1rem; }
.about, footer { color: var(--soft); font-size: .95rem; }

h1 { font-size: clamp(1.6rem, 1.2rem + 2vw, 2.1rem); line-height: 1.2; letter-spacing: -.02em; margin: 1rem 0 .5rem; text-wrap: balance; }
h2 { font-size: 1.25rem; line-height: 1.3; letter-spacing: -.01em; margin: 2.25rem 0 .5rem; scroll-margin-top: 1rem; text-wrap: balance; }
h2:target { border-left: .25rem solid var(--link); padding-left: .6rem; }
p { margin: .7rem 0; text-wrap: pretty; }
ul, ol { padding-left: 1.4rem; }
li { margin: .3rem 0; overflow-wrap: anywhere; }
sup { line-height: 0; font-size: .75em; }
sup a { text-decoration: none; padding: .5em .2em; border-radius: .3em; }
sup a:hover { background: var(--card); }
table { border-collapse: collapse; }
td, th { border: 1px solid var(--line); padding: .35rem .6rem; text-align: left; overflow-wrap: anywhere; }
th { background: var(--card); }
pre { white-space: pre-wrap; background: var(--card); padding: .8rem; border-radius: .5rem; font-size: .9em; }
::target-text, mark { background: var(--mark); color: inherit; border-radius: .15em; }
mark { scroll-margin: 4rem; }

label { display: block; font-weight: 600; margin-bottom: .35rem; }
textarea { display: block; width: 100%; min-height: 6rem; padding: .7rem .8rem; font: inherit; color: inherit; background: var(--paper);
  border: 1px solid var(--edge); border-radius: .6rem; resize: vertical; }
button { font: inherit; cursor: pointer; border-radius: .6rem; }
.ask { margin: 2rem 0 0; } .ask label { font-size: 1.1rem; }
.ask button { margin-top: .7rem; min-height: 2.75rem; padding: .4rem 1.6rem; border: 2px solid transparent; font-weight: 600;
  background: var(--link); color: var(--paper); }
.country label { display: inline; font-size: 1em; font-weight: 400; }
select { font: inherit; min-height: 1.75rem; color: inherit; background: var(--paper); border: 1px solid var(--edge);
  border-radius: .4rem; }
.ask p { margin: .35rem 0 0; color: var(--soft); font-size: .95rem; }
button:hover, .call:hover { filter: brightness(1.1); }

.danger { background: var(--alert); border: 2px solid var(--alarm); border-radius: .8rem; padding: 1.1rem 1.25rem; margin: 1rem 0 1.5rem; }
.calm { --alarm: var(--link); --on-alarm: var(--paper); --alert: var(--card); }
.danger h1 { margin-top: 0; font-size: clamp(1.3rem, 1rem + 1.6vw, 1.7rem); line-height: 1.25; text-wrap: pretty; }
.danger > p:first-child { margin-top: 0; font-size: 1.15rem; font-weight: 600; }
.danger > :last-child { margin-bottom: 0; }
.calls { list-style: none; padding: 0; display: grid; gap: .9rem; margin: .9rem 0; }
.calls li { margin: 0; }
.ways { display: flex; flex-wrap: wrap; gap: .5rem; margin: .2rem 0 0; }
.call { display: inline-block; min-height: 3rem; padding: .45rem 1.2rem; border: 2px solid var(--alarm); border-radius: .6rem;
  font-size: 1.2rem; font-weight: 700; line-height: 1.6; text-decoration: none; background: var(--alarm); color: var(--on-alarm); }
.call + .call { background: none; color: var(--alarm); }
.number { display: inline-block; text-decoration: inherit; overflow-wrap: anywhere; }
.steps { padding-left: 1.2rem; font-size: 1.1rem; }

.asked { color: var(--soft); margin: 0 0 1.2rem; overflow-wrap: anywhere; white-space: pre-line; }
.answer p { margin: .6rem 0; }
.answer p:first-child { font-size: 1.2rem; line-height: 1.5; }
.answer sup a, .danger sup a, .notice sup a { padding: .6em .4em; margin-left: -.25em; }
.notice { border-left: .25rem solid var(--edge); padding: .1rem 0 .1rem .8rem; margin: .8rem 0; }
.facts { display: grid; gap: .1rem .8rem; margin: 1.2rem 0 0; padding: .7rem .9rem; background: var(--card); border-radius: .6rem;
  font-size: .95rem; }
.facts dt { color: var(--soft); } .facts dd { margin: 0 0 .3rem; overflow-wrap: anywhere; }
.sources { list-style: none; padding: 0; }
.sources > li { border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem; margin: .8rem 0; scroll-margin-top: 1rem; }
.sources > li:target { border-color: var(--link); outline: 2px solid var(--link); }
.sources strong { display: inline-block; min-width: 1.6rem; } .sources > li > p:first-child { margin-top: 0; }
.sources ul { font-size: .95rem; margin: .4rem 0; } .sources p { margin: .3rem 0; }
blockquote { margin: .6rem 0; padding-left: .8rem; border-left: .25rem solid var(--link); }
.lines { list-style: none; padding: 0; } .lines li { margin: .9rem 0; } .lines p { margin: .1rem 0; }
.lines a { display: inline-block; min-height: 1.5rem; margin-right: .9rem; }
.next { list-style: none; padding: 0; display: grid; gap: .5rem; } .next li { margin: 0; }
.next button { width: 100%; min-height: 2.75rem; padding: .5rem .9rem; text-align: left; border: 1px solid var(--edge);
  background: var(--card); color: var(--link); overflow-wrap: anywhere; }

.titles ul { list-style: none; padding: 0; columns: 18rem; column-gap: 2rem; }
.titles li { break-inside: avoid; margin: 0; padding: .2rem 0; }
.titles a { display: inline-block; min-width: 1.5rem; } .titles .about { display: block; }
.months { display: flex; flex-wrap: wrap; gap: .3rem 1rem; padding: 0; list-style: none; }
.months a { display: inline-block; min-height: 1.5rem; } .months [aria-current] { font-weight: 700; color: inherit; text-decoration: none; }
.counts { width: 100%; } .counts th, .counts td { border-width: 0 0 1px; }
.counts thead th { background: none; color: var(--soft); font-weight: 600; font-size: .95rem; }
.counts tbody th { background: none; font-weight: 400; }
.counts td { width: 30%; min-width: 6rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
meter { display: block; width: 100%; height: .5rem; background: var(--line); border: 0; border-radius: .25rem; }
meter::-webkit-meter-bar { background: var(--line); border: 0; border-radius: .25rem; height: .5rem; }
meter::-webkit-meter-optimum-value { background: var(--link); border-radius: .25rem; }
meter::-moz-meter-bar { background: var(--link); border-radius: .25rem; }

.wide :is(main, header, footer) { max-width: 70rem; }
.wide h1 { font-size: clamp(1.7rem, 1.1rem + 3vw, 3rem); line-height: 1.12; letter-spacing: -.03em; margin: 1.5rem 0 .8rem; }
.lead { font-size: clamp(1.1rem, 1.05rem + .35vw, 1.25rem); max-width: 34rem; }
.onwards { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: 0; }
.wide h1 mark { padding: 0 .1em; margin: 0 -.1em; }
.opening { display: grid; gap: 1.25rem 4rem; }
.chat { --citewell-height: min(36rem, max(28rem, 88svh)); min-width: 0; }
citewell-chat:not(:defined) { display: block; padding: 1.25rem; border: 1px solid var(--line); border-radius: 1rem;
  background: var(--card); }
.chat .ask { margin: 0; } .chat .about { margin: 1.4rem 0 .5rem; } .chat .next { margin: 0; }
.chat .next button { background: var(--paper); }
.how h2 { margin-top: .5rem; } .how h3, .code h3 { font-size: 1.0625rem; margin: 0; } .how p { margin: .15rem 0 0; }
.how ol { list-style: none; counter-reset: point; padding: 0; margin: 1rem 0 0; display: grid; gap: 1.1rem; }
.how li { counter-increment: point; position: relative; margin: 0; padding-left: 3rem; }
.how li::before { content: counter(point); position: absolute; left: 0; top: 0; width: 2rem; height: 2rem; border-radius: 50%;
  background: var(--card); border: 1px solid var(--line); color: var(--link); font-weight: 700; line-height: 1.9rem; text-align: center; }
.part { display: grid; gap: .5rem 4rem; margin-top: clamp(2rem, 5vw, 4rem); padding-top: clamp(1.5rem, 3.5vw, 2.5rem);
  border-top: 1px solid var(--line); }
.part > * { min-width: 0; } .wide h2 { font-size: 1.5rem; } .part h2 { margin-top: 0; }
.points { list-style: none; padding: 0; margin: 0; display: grid; gap: .8rem; } .points li { margin: 0; }
.onward { display: inline-block; min-height: 1.5rem; font-weight: 600; }
.figures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); margin: 0; }
.figures > div { padding: 1.1rem 1.2rem; border-radius: .8rem; background: var(--card); }
.figures dt { color: var(--soft); font-size: .95rem; } .figures dd { margin: 0; } .figures p { margin: .7rem 0 0; }
.figures strong { display: block; margin: .1rem 0 .5rem; font-size: 2.1rem; line-height: 1.2; letter-spacing: -.02em;
  font-variant-numeric: tabular-nums; }
.code pre + h3 { margin-top: 1.8rem; }
.code pre { margin: .5rem 0 0; padding: .9rem 1rem; border-radius: .8rem; font-size: .875rem; line-height: 1.6; }
details { border-top: 1px solid var(--line); } details:last-child { border-bottom: 1px solid var(--line); }
summary { padding: .75rem 0; font-weight: 600; cursor: pointer; } summary span { margin-left: .4rem; color: var(--soft); font-weight: 400; }
details ul { margin: 0 0 1.2rem; }
@media (min-width: 60rem) { .opening { grid: "words chat" auto "onwards chat" auto "how chat" 1fr / minmax(0, 1fr) minmax(0, 27rem); }
  .words { grid-area: words; } .onwards { grid-area: onwards; } .how { grid-area: how; }
  .chat { --citewell-height: min(44rem, max(34rem, 88svh)); grid-area: chat; margin-top: 1.5rem; }
  .part { grid-template-columns: minmax(0, 1fr) minmax(0, 2fr); } }
@media (scripting: enabled) { .chat { min-height: var(--citewell-height); } }
@media (max-width: 26rem) { main, header, footer { padding-left: 1rem; padding-right: 1rem; } .code pre { font-size: .8rem; }
  .danger { padding: .9rem 1rem; } summary span { display: block; margin-left: 1.1rem; }
  .call { padding: .55rem .7rem; font-size: 1.1rem; line-height: 1.5; } }
@media (min-width: 34rem) { .facts { grid-template-columns: max-content 1fr; } .facts dd { margin: 0; } }
"""
