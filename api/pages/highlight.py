"""The one script there is: it marks a quotation on a document's page where the browser ignores text fragments.

A citation's address ends in `#section:~:text=whole%20text` or `#section:~:text=first%20words,last%20words`. A browser that knows text
fragments marks the text itself and keeps all from `:~:` on from scripts; then this one does nothing. Elsewhere `location.hash` holds the
whole, and the script scrolls to the section and marks the text in it, or the first on the page where it is not to be found from there on.
"""

# Letters are compared as a reader sees them: every run of white space is one space, the numbers of footnotes do not count, and words of
# two blocks are never one. Words go in as nodes that are there already, so nothing in an address can become markup.
HIGHLIGHT_SCRIPT = """
(() => {
  "use strict";
  const letter = (sign) => /[\\p{L}\\p{N}]/u.test(sign || "");

  function read(main) {
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT), places = [];
    let text = "", block = null;
    const add = (sign, node, offset) => {
      if (sign === " " && (text === "" || text.endsWith(" "))) return;
      text += sign;
      places.push([node, offset]);
    };
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement.closest("sup")) continue;
      const own = node.parentElement.closest("h1, h2, p, li, th, td, pre");
      if (own !== block) add(" ", node, 0);
      block = own;
      for (let offset = 0; offset < node.length; offset++) add(node.data[offset].replace(/\\s/, " "), node, offset);
    }
    return { text, places };
  }

  function find(text, words, from) {
    for (let at = text.indexOf(words, from); words && at >= 0; at = text.indexOf(words, at + 1)) {
      const end = at + words.length;
      if (!(letter(text[at - 1]) && letter(text[at])) && !(letter(text[end - 1]) && letter(text[end]))) return [at, end];
    }
    return null;
  }

  function span(text, [first, last], from) {
    const opening = find(text, first, from);
    const ending = opening && last !== undefined ? find(text, last, opening[1]) : opening;
    return ending && [opening[0], ending[1]];
  }

  function mark(places) {
    const nodes = new Map();
    for (const [node, offset] of places) nodes.set(node, [(nodes.get(node) || [offset])[0], offset + 1]);
    return [...nodes].map(([node, [start, end]]) => {
      const range = document.createRange(), made = document.createElement("mark");
      range.setStart(node, start);
      range.setEnd(node, end);
      range.surroundContents(made);
      return made;
    });
  }

  function show() {
    const main = document.querySelector("main"), [id, directive] = location.hash.slice(1).split(":~:");
    for (const old of main.querySelectorAll("mark")) old.replaceWith(...old.childNodes);
    if (directive === undefined) return;
    const plain = (part) => { try { return decodeURIComponent(part).replace(/\\s+/g, " ").trim(); } catch { return ""; } };
    const section = document.getElementById(plain(id)), { text, places } = read(main);
    if (section) section.scrollIntoView();
    const terms = (directive.split("&").find((part) => part.startsWith("text=")) || "text=").slice(5).split(",").map(plain);
    const from = section ? places.findIndex(([node]) => section.contains(node)) : 0;
    const found = span(text, terms, from) || span(text, terms, 0);
    if (found) mark(places.slice(...found))[0].scrollIntoView({ block: "center" });
  }

  addEventListener("hashchange", show);
  show();
})();
"""
