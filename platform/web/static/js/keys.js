/* The keyboard: Ctrl+K everywhere; Ctrl+Enter sends a form in the dialog; single keys only outside
   fields, and not for those who have switched them off (WCAG 2.1.4). An element names its key:
   `data-key="g a"`. */

let before = "";

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable=true]");

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return document.getElementById("search").click();
  }
  if (event.ctrlKey && event.key === "Enter") event.target.closest?.("form[data-part]")?.requestSubmit();
  if (document.body.dataset.keys === "off" || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
  const wanted = [`${before} ${event.key}`, event.key];
  const found = [...document.querySelectorAll("[data-key]")].find((each) => wanted.includes(each.dataset.key));
  before = event.key === "g" ? "g" : "";
  if (!found) return;
  event.preventDefault();
  found.click();
});
