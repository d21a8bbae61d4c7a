// A conversation on paper.
import { markup } from "./markup.js";

// A page of its own to print, so that nothing of the page around the chat is on it.
export function putOnPaper(text, panel) {
  if (!text) return;
  const frame = markup("iframe.unseen", { "aria-hidden": true, tabindex: -1 });
  panel.append(frame);
  const { contentWindow: page } = frame, { body } = page.document;
  body.style.cssText = "white-space: pre-wrap; font: 1em system-ui";
  body.append(text);
  page.onafterprint = () => frame.remove();
  page.print();
}
