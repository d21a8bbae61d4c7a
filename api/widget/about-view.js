// Who is behind the chat, and how well its answers were measured to be right; asked of the server when somebody wants to know.
import { request } from "./ask-client.js";
import { filled, link, markup } from "./markup.js";

export function aboutView(info, chat) {
  const { words } = chat, calibration = info?.calibration, [owner, sponsor] = ["owner", "sponsor"].map((name) => chat.getAttribute(name));
  const share = (value) => value.toLocaleString(chat.tongue, { style: "percent", maximumFractionDigits: 0 });
  const tested = calibration
    ? filled(words.aboutTests, { questions: calibration.questions, coverage: share(calibration.coverage), risk: share(calibration.risk) })
    : words.aboutUntested;
  return [
    owner && filled(words.aboutOwner, { owner }),
    sponsor && `${words.sponsor} ${sponsor}.`,
    words.aboutProgram,
    info?.index && filled(words.aboutDocuments, { documents: info.index.documents }),
    info && tested,
    `${words.aboutChat} ${keeps(info, words)}`,
  ].filter(Boolean).map((told) => markup("p", {}, told)).concat(markup("p", {}, link(`${chat.server}/#evaluation`, words.aboutMore)));
}

// What the server keeps of a question, as far as it was heard.
export function keeps(info, words) {
  return info ? (info.stores_text ? filled(words.keeps, { days: info.retention_days }) : words.forgets) : "";
}

// Null where it could not be heard.
export const readInfo = (chat) => request("/v1/info", chat, undefined, AbortSignal.timeout(PATIENCE)).then((reply) => (reply.ok ? reply.json() : null)).catch(() => null);
