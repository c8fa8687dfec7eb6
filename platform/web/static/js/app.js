/* What every page of a signed-in person has. */

import "./save.js";
import "./sheet.js";
import "./filter.js";
import "./keys.js";
import "./live.js";

/* One menu open at a time, and none after a click beside it or Esc. */
const menus = () => document.querySelectorAll(":is(.top details, .pick)[open]");
document.addEventListener("click", ({ target }) => {
  for (const menu of menus()) if (!menu.contains(target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/* A button that prints the page is hidden in HTML, since it does nothing without scripts. */
const printing = document.querySelector("[data-print]");
if (printing) Object.assign(printing, { hidden: false, onclick: () => print() });

/* A chosen file is sent at once. */
document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-sends]") && target.value) target.form.requestSubmit();
});

/* A request of htmx that got no answer says so. */
document.addEventListener("htmx:error", () => {
  const line = document.getElementById("status");
  line.textContent = line.dataset.failed;
  line.classList.add("bad");
});
