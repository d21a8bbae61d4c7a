// Nodes built one by one. Nothing here reads markup, so no word of a document or an answer can become any.

// `markup("p.answer.first", { lang: "en" }, "words", node)`: each class is also a part that a page may style.
export function markup(kind, properties, ...children) {
  const [tag, ...names] = kind.split(".");
  const node = document.createElement(tag);
  if (names.length) for (const name of ["class", "part"]) node.setAttribute(name, names.join(" "));
  for (const [name, value] of Object.entries(properties || {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value != null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(9).filter((child) => child || child === 0));
  return node;
}

export const button = (kind, onclick, words, properties) => markup(`button.${kind}`, { type: "button", onclick, ...properties }, words);

export function icon(path) {
  const [drawing, line] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
}

export const unseen = (words) => markup("span.unseen", {}, words);

// A link in another tab, which is told nothing of where the reader comes from; just the words where the address is not one of the web.
export function link(address, words, kind = "a.link") {
  const isOfTheWeb = /^https?:\/\//.test(address);
  return isOfTheWeb ? markup(kind, { href: address, target: "_blank", rel: "noreferrer" }, words) : markup("span", {}, words);
}

// "{n} sources" with n: 2 is "2 sources".
export const filled = (text = "", values) => text.replace(/{(\w+)}/g, (_, name) => values[name]);
