// One question with what came of it: an answer with its tools, a failure with a way to try again, or the wait.
import { answerView, asText, callsView, foremost, sentence, understoodView, urgentView } from "./answer-view.js";
import { request } from "./ask-client.js";
import { linesFor } from "./help.js";
import { button, filled, markup, unseen } from "./markup.js";

const RATED = ["answered", "abstained", "declined"];

export function turnView(turn, words) {
  turn.body = markup("div.answer");
  turn.node = markup("article.turn", { tabindex: -1 }, markup("p.question", {}, unseen(`${words.asked} `), markup("bdi", {}, turn.question)), turn.body);
  return turn.node;
}

// The focus stays in a turn when what had it goes.
export const keep = ({ body, node }) => body.matches(":focus-within") && node.focus();

export function showWait(turn, talk, told = talk.host.words.looking) {
  turn.wait ||= markup("p.wait", {}, " ", button("quiet", () => talk.stop(), talk.host.words.stop));
  turn.wait.firstChild.data = `${told} `;
  turn.body.append(turn.wait);
}

// What has come so far. The whole answer takes its place when it is there.
export function showPart(turn, name, data, talk) {
  const said = () => sentence(`p.${name}`, data.text, data.citations, talk.host);
  const shown = name === "interpretation" ? understoodView(data, turn, talk) : data.kind === "urgent" ? urgentView(said(), [], talk.host.words) : said();
  turn.wait.before(markup("div", {}, shown));
}

export function showAnswer(turn, talk, isPinned) {
  keep(turn);
  turn.body.replaceChildren(markup("div", {}, answerView(turn, talk, isPinned), toolsView(turn, talk)));
}

// What stood there before it broke off stays. Gives what is said of it.
export function showFailure(turn, talk, { kind, wait }) {
  const { host } = talk, { words } = host, said = filled(words.failures[wait ? "often" : kind === "often" ? "busy" : kind], { wait });
  const again = button("again", () => (kind === "long" ? talk.correct(turn) : talk.run(turn)), kind === "long" ? words.edit : words.again, { disabled: wait > 0 });
  if (wait) setTimeout(() => (again.disabled = false), wait * 1000);
  const lines = foremost(linesFor(host.country, ["emergency", "crisis"]));
  keep(turn);
  turn.wait.remove();
  turn.body.append(markup("div.failure", {}, markup("p", {}, said), again,
    kind !== "stopped" && [markup("p", {}, words.danger), callsView(lines, words)]));
  return said;
}

function toolsView(turn, talk) {
  const { host } = talk;
  const copy = button("tool", async () => {
    let told = host.words.copied;
    try {
      await navigator.clipboard.writeText(asText(turn, host));
    } catch {
      told = host.words.failed; // a page without TLS has no clipboard, and others may forbid it
    }
    copy.textContent = told;
    talk.tell(told);
  }, host.words.copy);
  return markup("div.tools", {}, copy, RATED.includes(turn.answer.status) && ratingView(turn.answer, host));
}

// A rating is sent once: a "no" together with its reason.
function ratingView({ receipt, citations }, host) {
  const { words } = host, view = markup("div.rating", { role: "group", "aria-label": words.helpful, tabindex: -1 });
  const say = (told, choices, isMoved) => {
    view.replaceChildren(markup("span", {}, told), ...choices.map(([text, onclick]) => button("tool", onclick, text)));
    if (!isMoved) return;
    (view.querySelector("button") || view).focus();
    host.conversation.tell(told);
  };
  const ask = (told) => say(told, [[words.yes, () => send("up")], [words.no, why]]);
  const why = () => say(words.why, Object.entries(words.reasons).map(([reason, text]) => [text, () => send("down", reason)]), true);
  const send = async (rating, reason) => {
    say(words.thanks, [], true);
    const sections = [...new Set(citations.map(({ document_id, section_id }) => `${document_id}#${section_id}`))];
    const reply = await request("/v1/feedback", host, { receipt, sections, rating, reason }).catch(() => ({}));
    if (!reply.ok) {
      host.conversation.tell(words.failed);
      return ask(`${words.failed} ${words.helpful}`);
    }
    host.emit("feedback", { rating, reason });
  };
  ask(words.helpful);
  return view;
}
