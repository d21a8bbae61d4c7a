// The element <citewell-chat>: a conversation that floats behind a button or stands in the page. Its attributes are its settings.
import { aboutView, keeps, readInfo } from "./about-view.js";
import { Conversation } from "./conversation.js";
import { helpView } from "./help.js";
import { button, icon, markup, unseen } from "./markup.js";
import { putOnPaper } from "./paper.js";

const SHEET = new CSSStyleSheet();
SHEET.replaceSync(STYLE);
const TALK = "M4 5h16v11H9l-5 4z", CLOSE = "M6 6l12 12M18 6L6 18", SEND = "M4 12h15M13 6l6 6-6 6";
const SMALL = "(max-width: 30em)";
const ESCAPES_WITHIN = 2000; // milliseconds, of the three that leave the page

export class CitewellChat extends HTMLElement {
  static observedAttributes = ["open", "language", "heading", "greeting", "theme", "position", "site", "sponsor", "strings"];

  words = ENGLISH;
  tongue = "en"; // of these words
  conversation = new Conversation(this);
  input = markup("textarea.input", { id: "question", rows: 2, autocomplete: "off", spellcheck: "false", writingsuggestions: "false", "aria-describedby": "hint" });
  label = markup("label.label", { for: "question" });
  #escapes = [];

  // Where the script came from, unless told otherwise.
  get server() { return new URL(this.getAttribute("server") || new URL("..", import.meta.url), document.baseURI).href.replace(/\/$/, ""); }
  get country() { return (this.chosen || this.getAttribute("country") || "US").toUpperCase(); }
  get language() { return this.getAttribute("language") || this.closest("[lang]")?.lang || "en"; }
  get spoken() { return this.getAttribute("documents-language") || "en"; }
  get isFloating() { return this.getAttribute("position") !== "inline"; }
  get open() { return this.hasAttribute("open"); }
  set open(is) { this.toggleAttribute("open", is); }
  get strings() { return this.own || JSON.parse(this.getAttribute("strings") || "{}"); }
  set strings(words) {
    this.own = words;
    this.#speak();
  }

  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" }).adoptedStyleSheets = [SHEET];
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    const { signal } = (this.watching = new AbortController());
    document.addEventListener("keydown", (event) => this.#onKey(event), { capture: true, signal });
    this.dark.addEventListener("change", () => this.#paint(), { signal });
    addEventListener("pagehide", () => this.conversation.clear(), { signal }); // so that going back does not bring it back
    this.#draw();
    this.#speak();
  }

  disconnectedCallback() {
    this.conversation.stop();
    this.watching.abort();
    this.shadowRoot.replaceChildren();
    this.root = null;
  }

  attributeChangedCallback(name) {
    if (!this.root) return;
    if (name === "open") this.#fit();
    else if (name === "theme") this.#paint();
    else this.#speak();
  }

  show() { this.open = true; }

  close() { this.open = false; }

  // Ask as if it had been typed.
  ask(question, isTyped) {
    this.#fold();
    if (question.trim()) this.conversation.ask(question.trim(), isTyped);
  }

  clear() {
    this.conversation.clear();
    this.conversation.tell(this.words.cleared);
    this.input.value = "";
    this.label.textContent = this.words.question;
    this.input.focus();
  }

  // Away from here, so that nobody sees where somebody was, nor comes back with one click.
  leave() {
    this.conversation.clear();
    this.shadowRoot.replaceChildren();
    document.documentElement.style.setProperty("display", "none", "important");
    document.title = "";
    document.head.append(markup("meta", { name: "referrer", content: "no-referrer" }));
    location.replace(this.getAttribute("exit-url") || "https://www.wikipedia.org/");
  }

  // What a conversation tells its element.
  emit(name, detail) { this.dispatchEvent(new CustomEvent(`citewell-${name}`, { bubbles: true, composed: true, detail })); }

  // Brings a node to the top, below what stands there.
  onTurn(node) {
    const { pinned } = this.conversation, edge = (one, name) => one.getBoundingClientRect()[name];
    if (node !== pinned && !this.aside.hidden) return; // somebody reads there
    if (this.aside.contains(this.shadowRoot.activeElement)) this.scroller.focus();
    this.#fold();
    for (const box of [this.scroller, this.panel]) {
      box.scrollTop += edge(node, "top") - edge(box, "top") - 8;
      if (node !== pinned && pinned.isConnected) box.scrollTop -= Math.max(0, edge(pinned, "bottom") - edge(node, "top"));
    }
  }

  onCorrect(question, word = "") {
    const at = question.indexOf(word);
    this.input.value = question;
    this.input.focus();
    this.input.setSelectionRange(at, at + word.length);
    this.label.textContent = this.words.correcting;
  }

  #draw() {
    const { words, conversation } = this, focused = this.shadowRoot.activeElement;
    this.hint = markup("p", { id: "hint" });
    const examples = (this.getAttribute("examples") || "").split("|").filter(Boolean).map((text) => button("suggestion", () => this.ask(text), text));
    const greeting = markup("div.greeting", {}, markup("p", {}, this.getAttribute("greeting") || words.greeting), this.hint, examples);
    this.aside = markup("section.aside.calm", { hidden: true });
    this.scroller = markup("div.scroller", { tabindex: 0, role: "region", "aria-label": words.conversation },
      this.aside, greeting, conversation.log);
    this.panel = markup(this.isFloating ? "dialog.panel" : "section.panel", { "aria-labelledby": "heading", onclose: () => (this.open = this.panel.open) },
      this.#header(), this.scroller, this.#composer(), this.#footer(), conversation.status, conversation.alarm);
    this.root = markup(this.getAttribute("position") === "left" ? "div.root.left" : "div.root", { popover: this.isFloating && "manual", lang: this.tongue }, this.isFloating && this.#launcher(), this.panel);
    this.shadowRoot.replaceChildren(this.root);
    if (this.isFloating) this.root.showPopover?.();
    this.#paint();
    this.#fit(true);
    this.#hint();
    focused?.focus();
  }

  #launcher() {
    this.launch = button("launch", () => this.show(), [icon(TALK), " ", this.words.launch]);
    const help = button("launch.urge", () => { this.#fold(); this.show(); this.#unfold("help"); }, this.words.help);
    return (this.launcher = markup("div.launcher", {}, this.launch, help));
  }

  #header() {
    const { words } = this;
    this.helping = button("help", () => this.#unfold("help"), words.help, { "aria-expanded": "false" });
    return markup("header.header", {},
      markup("h2.heading", { id: "heading" }, this.getAttribute("heading") || words.heading),
      this.isFloating && button("close", () => this.close(), [icon(CLOSE), unseen(words.close)]),
      markup("div.safety", {}, this.helping, button("leave", () => this.leave(), words.leave, { title: words.leaveHow })));
  }

  #composer() {
    const { input, words } = this;
    this.label.textContent = words.question;
    const form = markup("form.composer", { onsubmit: (event) => {
      event.preventDefault();
      this.ask(input.value, true);
      input.value = "";
      input.focus();
      this.label.textContent = words.question;
    } }, this.label, markup("div.row", {}, input, markup("button.send", {}, [icon(SEND), unseen(words.ask)])));
    input.onkeydown = (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return; // 229: Safari ends a composed word
      event.preventDefault();
      form.requestSubmit();
    };
    input.onfocus = async () => {
      this.info ||= await readInfo(this);
      this.#hint();
    };
    return form;
  }

  #footer() {
    const { words } = this, sponsor = this.getAttribute("sponsor");
    this.telling = button("tool", () => this.#unfold("about"), words.about, { "aria-expanded": "false" });
    return markup("footer.footer", {}, markup("p", {}, [this.getAttribute("site"), sponsor && `${words.sponsor} ${sponsor}`].filter(Boolean).join(" · ")),
      markup("div.tools", {}, this.telling, button("tool", () => putOnPaper(this.conversation.text(), this.panel), words.print), button("tool", () => this.clear(), words.clear)));
  }

  #hint() { this.hint.textContent = `${this.words.discreet} ${keeps(this.info, this.words)}`; }

  // Help, or who is behind this, above the conversation; the same button folds it away again.
  async #unfold(what) {
    const { aside, words } = this, isHelp = what === "help", opener = isHelp ? this.helping : this.telling, isShown = opener.ariaExpanded === "true";
    this.#fold();
    if (isShown) return;
    opener.ariaExpanded = "true";
    if (!isHelp) this.info ||= await readInfo(this);
    if (opener.ariaExpanded !== "true") return; // meanwhile something else was wanted
    const heading = markup("h3.title", { tabindex: -1 }, words[`${what}Heading`]);
    const back = button("again", () => { this.#fold(); opener.focus(); }, words.back);
    const fill = () => aside.replaceChildren(heading, markup("div", {}, isHelp ? helpView(this, choose) : aboutView(this.info, this)), back);
    const choose = (code) => { this.chosen = code; fill(); aside.querySelector("select").focus(); };
    fill();
    aside.hidden = false;
    this.scroller.scrollTop = this.panel.scrollTop = 0;
    heading.focus();
  }

  #fold() {
    this.aside.hidden = true;
    this.helping.ariaExpanded = this.telling.ariaExpanded = "false";
  }

  // Opens or closes the panel as the attribute has it. On a small screen it covers the page, so nothing behind it can be reached.
  #fit(isFirst) {
    const { panel } = this;
    if (!this.isFloating || this.open === this.launcher.hidden) return;
    if (this.open) {
      this.opener = document.activeElement;
      if (matchMedia(SMALL).matches) panel.showModal();
      else panel[isFirst ? "setAttribute" : "show"]("open", ""); // drawn open, it leaves the focus where it is
      if (!isFirst) this.input.focus();
    }
    this.launcher.hidden = this.open;
    if (this.open) return;
    const nowhere = [this, document.body, null], isHere = nowhere.includes(document.activeElement);
    panel.close();
    if (isHere) (nowhere.includes(this.opener) ? this.launch : this.opener).focus();
  }

  #paint() {
    const theme = this.getAttribute("theme");
    this.root.classList.toggle("dark", theme === "dark" || (theme !== "light" && this.dark.matches));
  }

  async #speak() {
    const language = this.language.toLowerCase().split(/\W|_/)[0];
    const other = LANGUAGES.includes(language) && (await import(new URL(`strings/${language}.js`, import.meta.url)).catch(() => 0));
    const words = { ...other?.default, ...this.strings };
    this.words = { ...ENGLISH, ...words };
    for (const name of ["failures", "reasons", "purposes"]) this.words[name] = { ...ENGLISH[name], ...words[name] };
    this.tongue = words.ask ? language : "en"; // pages name languages that there are not
    if (this.root) this.#draw();
  }

  #onKey(event) {
    if (event.key !== "Escape" || event.repeat) return;
    this.#escapes = [...this.#escapes.filter((time) => event.timeStamp - time < ESCAPES_WITHIN), event.timeStamp];
    if (this.#escapes.length === 3) this.leave();
    else if (this.isFloating && event.composedPath().includes(this) && this.open) {
      event.preventDefault();
      this.close();
    }
  }
}
