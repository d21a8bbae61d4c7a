// An Answer as nodes: sentences with marks that open their quotations, notices, helplines, what to ask next.
import { button, filled, link, markup, unseen } from "./markup.js";

const SURE = [0.9, 0.75]; // very likely, probably; below, it may be wrong: as pages without JavaScript have it

// `turn` has the question and its answer, `talk` is the conversation. `isPinned`: what is urgent first stands on top already.
export function answerView(turn, talk, isPinned) {
  const { answer } = turn, { status } = answer, { words, spoken } = talk.host, urgent = answer.notices.filter(({ kind }) => kind === "urgent");
  const said = (kind, { text, citation_ids }) => sentence(kind, text, citation_ids.map((id) => answer.citations.find((one) => one.id === id)), talk.host);
  return [
    understoodView(answer.interpretation, turn, talk),
    urgent.length > 0 && markup(isPinned && urgent.length < 2 ? "div.repeated" : "div", {}, urgentView(urgent.map((notice) => said("p", notice)), foremost(answer.resources), words)),
    answer.sentences.slice(status === "crisis" ? 1 : 0).map((one) => said("p.sentence", one)),
    answer.notices.filter(({ kind }) => kind !== "urgent").map((notice) => said("p.notice", notice)),
    status === "answered" && answer.confidence != null && markup("p.sure", {}, words.sure[SURE.filter((bound) => answer.confidence < bound).length]),
    answer.suggestions.length > 0 && [
      markup("h3.title", {}, status === "clarify" ? words.choose : words.next),
      markup("ul.next", {}, answer.suggestions.map((text) => markup("li", {}, button("suggestion", () => talk.host.ask(text), text, { lang: spoken })))),
    ],
    linesView(answer.resources, words, status === "answered"),
  ];
}

// A sentence with its marks, and below it what each of them opens.
export function sentence(kind, text, citations, chat) {
  const sources = citations.map((citation) => sourceView(citation, chat));
  const marks = citations.map(({ id }, place) => {
    const mark = button("mark", () => {
      const isShown = !(sources[place].hidden = !sources[place].hidden);
      mark.setAttribute("aria-expanded", isShown);
    }, [unseen(filled(chat.words.source, { n: "" })), id], { "aria-expanded": "false" });
    return ["\u00a0", mark];
  });
  return [markup(kind, { lang: chat.spoken, dir: "auto" }, text, marks), sources];
}

function sourceView(citation, chat) {
  const { words } = chat, place = `${citation.document_title} › ${citation.section_title}`;
  const page = citation.page == null ? "" : `, ${filled(words.page, { n: citation.page })}`;
  const numbered = filled(words.source, { n: citation.id });
  return markup("div.source", { hidden: true, role: "group", "aria-label": numbered },
    markup("p.place", { lang: chat.spoken }, place, page),
    markup("blockquote.quote", { lang: chat.spoken, dir: "auto" }, citation.quote),
    citation.sources.length > 0 && [markup("p", {}, words.rests), markup("ul", { lang: chat.spoken }, citation.sources.map((one) => markup("li", {}, sourceLine(one))))],
    markup("p.review", {}, reviewed(citation, chat)),
    markup("p", {}, link(citationUrl(citation, chat), [words.read, unseen(`: ${citation.document_title}`)])));
}

function sourceLine({ url, title, publisher, year }) {
  return [link(url, title), ` ${[publisher, year].filter(Boolean).join(", ")}`];
}

const citationUrl = ({ url }, { server }) => (url.startsWith("/") ? server + url : url);

function reviewed({ reviewed, reviewed_by }, { words, tongue }) {
  const date = reviewed && new Date(reviewed).toLocaleDateString(tongue, { dateStyle: "long", timeZone: "UTC" });
  return [date && filled(words.reviewed, { date }), reviewed_by ? filled(words.reviewer, { name: reviewed_by }) : words.unsigned].filter(Boolean).join(" ");
}

// "xans → alprazolam (Xanax)", with a way to say that something else was meant.
export function understoodView({ question, drugs }, turn, talk) {
  const { words, spoken } = talk.host, plain = (text) => text.trim().toLowerCase().replace(/s$/, "");
  const other = drugs.filter(({ surface, name }) => plain(surface) !== plain(name));
  const named = other.map(({ surface, name, brand }) => `${surface} → ${name}` + (brand ? ` (${brand})` : ""));
  const taken = [...(plain(question) === plain(turn.question) ? [] : [question]), ...named];
  return taken.length > 0 && markup("p.understood", {}, `${words.understood} `, markup("span", { lang: spoken, dir: "auto" }, taken.join(", ")), " ",
    button("quiet", () => talk.correct(turn, other[0]?.surface), words.correct));
}

// The first line for each purpose: as many as can be taken in at a glance.
export const foremost = (lines) => lines.filter((line, place) => lines.findIndex(({ purpose }) => purpose[0] === line.purpose[0]) === place).slice(0, 2);

// What is urgent, and whom to call for it. Where to begin with treatment is no alarm.
export function urgentView(told, lines, words) {
  return markup(lines[0]?.purpose[0] === "treatment" ? "div.urgent.calm" : "div.urgent", {}, told, callsView(lines, words));
}

// Large links that call or text.
export const callsView = (lines, words) => markup("ul.calls", {}, lines.map((line) => markup("li.ways", {}, waysView(line, words))));

// Whom to turn to, where nothing is urgent: in view, or folded away.
function linesView(lines, words, isFolded) {
  const list = markup("div.calm", {}, callsView(lines, words));
  return lines.length > 0 && (isFolded ? markup("details.more", {}, markup("summary", {}, words.lines), list) : [markup("h3.title", {}, words.lines), list]);
}

function waysView({ name, phone, sms, sms_body, url }, words) {
  const whose = () => [" ", markup("small.name", {}, name)];
  const way = (scheme, number, text) => number && markup("a.call", { href: `${scheme}:${number.replace(/[^\d+]/g, "")}` }, filled(text, { number, word: sms_body }), whose());
  const ways = [way("tel", phone, words.call), way("sms", sms, sms_body ? words.textWord : words.text)];
  return ways.some(Boolean) ? ways : link(url, [words.website, whose()], "a.call");
}

// A turn as plain text, with its sources and whom to call; for the clipboard and for paper.
export function asText({ question, answer: { text, notices, citations, resources } }, chat) {
  const sources = citations.map((one) => `[${one.id}] ${one.document_title} › ${one.section_title} (${reviewed(one, chat)})\n${citationUrl(one, chat)}`);
  return [question, ...notices.map((notice) => notice.text), text, ...sources, ...resources.map(({ name, phone, sms, url }) => `${name}: ${phone || sms || url}`)].join("\n\n");
}
