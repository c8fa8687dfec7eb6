// A button that prints the page. It is hidden in HTML, since it does nothing without scripts.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
