/* A plain field for code: Enter keeps the indent, Ctrl+Enter sends. Tab leaves it, as in any field.
   Its form is answered with the part of the page that has changed. */
import { send } from "./save.js";

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-send]")) return;
  event.preventDefault();
  send(event.target.action, new FormData(event.target)).catch(() => document.dispatchEvent(new Event("htmx:error")));
});
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || event.isComposing || !field.matches?.("[data-code]")) return;
  event.preventDefault();
  if (event.ctrlKey || event.metaKey) return field.form.requestSubmit();
  const before = field.value.slice(0, field.selectionStart);
  const indent = before.slice(before.lastIndexOf("\n") + 1).match(/^ */)[0] + (/[{([]$/.test(before) ? "  " : "");
  document.execCommand("insertText", false, `\n${indent}`); // so that Ctrl+Z takes it back
});
