// A conversation outside the chat: in the clipboard, and on paper.
import { markup } from "./markup.js";

export async function putInClipboard(text, root) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Not every page may use the clipboard; copying what is selected is let in everywhere.
    const place = markup("textarea.unseen", {}, text), focused = root.activeElement;
    root.firstChild.append(place);
    place.select();
    document.execCommand("copy");
    place.remove();
    focused?.focus();
  }
}

// A page of its own to print, so that nothing of the page around the chat is on it.
export function putOnPaper(text, root) {
  const frame = markup("iframe.unseen", { "aria-hidden": true, tabindex: -1 });
  root.firstChild.append(frame);
  const { document: page, CSSStyleSheet: Sheet } = frame.contentWindow, sheet = new Sheet();
  sheet.replaceSync("body{white-space:pre-wrap;font:1em system-ui}");
  page.adoptedStyleSheets = [sheet];
  page.body.append(text);
  frame.contentWindow.onafterprint = () => frame.remove();
  frame.contentWindow.print();
}
