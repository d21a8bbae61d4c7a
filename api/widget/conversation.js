// What was asked and what came of it. It lives in this tab's memory alone.
import { asText, foremost, sentence, urgentView } from "./answer-view.js";
import { ask } from "./ask-client.js";
import { cardFor } from "./help.js";
import { filled, markup } from "./markup.js";
import { keep, showAnswer, showFailure, showPart, showWait, turnView } from "./turn-view.js";

const SLOW = 5000; // milliseconds after which the wait is explained
const TURNS = 10; // that are sent with a question; the server takes twice as many entries
const LONGEST = 2000; // characters of an earlier question, so that ten of them fit into a request

export class Conversation {
  turns = [];
  endangered = null; // the turn in which somebody was in danger; what to do stands on top until they say that it is over
  log = markup("div.log", { role: "log", "aria-live": "off" });
  pinned = markup("div.pinned");
  status = markup("div.unseen", { role: "status" });
  alarm = markup("div.unseen", { role: "alert" });

  // `host` is the element: `words`, `spoken`, `server`, `country`, and `emit`, `onTurn`, `onCorrect`.
  constructor(host) { this.host = host; }

  // One that was typed takes the place of the one that was taken back.
  ask(question, isTyped) {
    if (isTyped && this.corrected) this.forget(this.corrected);
    this.corrected = null;
    const turn = { question };
    this.turns.push(turn);
    this.log.append(turnView(turn, this.host.words));
    return this.run(turn);
  }

  stop() { this.stopping?.abort("stopped"); }

  clear() {
    this.stop();
    this.turns = [];
    this.corrected = null;
    this.log.replaceChildren();
    this.pin(null);
  }

  forget(turn) {
    this.turns = this.turns.filter((one) => one !== turn);
    turn.node.remove();
  }

  // Takes a turn back to the input.
  correct(turn, word) {
    this.corrected = turn;
    this.host.onCorrect(turn.question, word);
  }

  // What is waited for is given up for it.
  async run(turn) {
    this.stop();
    const { host } = this, stopping = (this.stopping = new AbortController());
    keep(turn);
    turn.body.replaceChildren(turn.card || "");
    showWait(turn, this);
    host.onTurn(turn.node);
    this.tell();
    const slow = setTimeout(() => {
      showWait(turn, this, host.words.still);
      this.tell(host.words.still);
      this.rescue(turn);
    }, SLOW);
    try {
      const asked = { question: turn.question, history: this.history(turn), country: host.country };
      turn.answer = await ask(asked, host, stopping, (name, data) => showPart(turn, name, data, this));
      this.answered(turn);
    } catch (error) {
      this.failed(turn, error.kind ? error : { kind: "broken" });
    } finally {
      clearTimeout(slow);
    }
  }

  answered(turn) {
    const { answer } = turn, { host } = this, isCrisis = answer.status === "crisis";
    const urgent = answer.notices.filter(({ kind }) => kind === "urgent").map(({ text }) => text);
    if (isCrisis) this.pin(turn, answer.sentences[0].text, answer.resources);
    else if (!urgent.length && this.turns.indexOf(this.endangered) <= this.turns.indexOf(turn)) this.pin(null); // an earlier turn knows nothing of it
    showAnswer(turn, this, this.endangered);
    host.onTurn(isCrisis ? this.pinned : turn.node);
    const said = this.quoted([...(isCrisis ? [] : urgent), ...answer.sentences.map(({ text }) => text)]);
    this.tell(isCrisis ? said : [said, " ", filled(host.words.sources, { n: answer.citations.length })], isCrisis);
    host.emit("answer", answer);
    if (isCrisis) host.emit("crisis", answer);
  }

  failed(turn, failure) {
    if (!this.turns.includes(turn)) return;
    const said = showFailure(turn, this, failure);
    if (!this.rescue(turn) && failure.kind !== "stopped") this.tell(said);
    this.host.emit("error", failure);
  }

  // The card for plain words of danger, while no server answers.
  rescue(turn) {
    const { host } = this, card = this.endangered !== turn && cardFor(turn.question, host.country);
    if (card) {
      turn.answer = { text: card.says.join(" "), notices: [], citations: [], resources: card.lines };
      this.pin(turn, card.says[0], card.lines);
      turn.body.prepend(turn.card ||= markup("div", {}, card.says.slice(1).map((text) => sentence("p.sentence", text, [], host))));
      host.onTurn(this.pinned);
      this.tell(this.quoted(card.says), true);
      host.emit("crisis", { status: "crisis", ...turn.answer });
    }
    return card;
  }

  pin(turn, says, lines) {
    this.endangered = turn;
    this.first = turn && (this.first || turn);
    this.pinned.remove();
    if (!turn) return this.tell("", true);
    this.pinned.replaceChildren(urgentView(markup("h3.now", { lang: this.host.spoken }, says), foremost(lines), this.host.words));
    turn.node.before(this.pinned);
  }

  // The last turns before one, answered or not, and the first that told of the danger somebody is in, however long ago it was.
  history(turn) {
    const before = this.turns.slice(0, this.turns.indexOf(turn)), last = before.slice(-TURNS);
    if (before.includes(this.first) && !last.includes(this.first)) last[0] = this.first;
    return last.flatMap(({ question, answer }) => [{ role: "user", content: question.slice(0, LONGEST) }, { role: "assistant", content: answer?.text || "" }]);
  }

  // For screen readers, once what they read now is finished; at once where it is urgent.
  tell(told, isUrgent) {
    const region = isUrgent ? this.alarm : this.status;
    region.replaceChildren(markup("span", {}, told));
  }

  // What documents say, in their language.
  quoted(lines) { return markup("span", { lang: this.host.spoken }, lines.join(" ")); }

  text() {
    return this.turns.filter(({ answer }) => answer).map((turn) => asText(turn, this.host)).join("\n\n\n");
  }
}
