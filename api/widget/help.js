// Help that needs no server: whom to call in each country, and a card for plain words of danger.
import { callsView } from "./answer-view.js";
import { link, markup } from "./markup.js";

const ELSEWHERE = "ZZ";

// The entry of the table of helplines that serves a country.
export function served(country) {
  const code = HELP.same[country] || country;
  return HELP.lines[code] ? code : ELSEWHERE;
}

export const linesFor = (country, purposes) => purposes.flatMap((one) => HELP.lines[served(country)].filter(({ purpose }) => purpose.includes(one)));

// What a message in danger gets while no server answers: the lines of a card and whom to call; nothing for other messages.
export function cardFor(message, country) {
  const plain = message.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f'’]/g, "").replace(/[^\p{L}\p{N}]+/gu, " ");
  const name = Object.keys(HELP.plain).find((one) => HELP.plain[one].some((pattern) => new RegExp(pattern).test(plain)));
  if (!name) return null;
  const { first, then, purposes } = HELP.cards[name];
  return { says: [first[served(country)], ...then], lines: linesFor(country, purposes) };
}

// All lines of a country by what they are for, with a choice of countries, and last whoever pays for the site.
export function helpView(chat, onCountry) {
  const { words } = chat, chosen = served(chat.country), sponsor = chat.getAttribute("sponsor");
  const region = new Intl.DisplayNames(chat.tongue, { type: "region" });
  const options = Object.keys(HELP.lines).map((code) => markup("option", { value: code, selected: code === chosen }, code === ELSEWHERE ? words.elsewhere : region.of(code)));
  const groups = Object.entries(words.purposes).map(([purpose, title]) => [title, linesFor(chosen, [purpose])]);
  return [
    markup("p.country", {}, markup("label", {}, `${words.country} `, markup("select.select", { onchange: ({ target }) => onCountry(target.value) }, options))),
    groups.map(([title, lines]) => lines.length > 0 && [markup("h4.for", {}, title), callsView(lines, words)]),
    sponsor && markup("p.sponsor", {}, `${words.sponsored} `, link(chat.getAttribute("sponsor-url"), sponsor)),
  ];
}
