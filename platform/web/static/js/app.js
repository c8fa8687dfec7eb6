/* What every page of a signed-in person has. */

import "./save.js";
import "./sheet.js";
import "./filter.js";
import "./keys.js";
import "./live.js";

/* One menu open at a time, and none after a click beside it or Esc. */
function closeMenus({ target, key }) {
  for (const menu of document.querySelectorAll(":is(.top details, .pick)[open]")) {
    if (!key && menu.contains(target)) continue;
    menu.open = false;
    if (key) menu.querySelector("summary").focus();
  }
}
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenus(event));

/* A button that prints the page is hidden in HTML, since it does nothing without scripts. */
const printing = document.querySelector("[data-print]");
if (printing) Object.assign(printing, { hidden: false, onclick: () => print() });

/* A chosen file is sent at once. */
document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-sends]") && target.value) target.form.requestSubmit();
});

/* Reports of deviations that wait in this browser for a network. */
if (document.querySelector("[data-kept-reports]") || localStorage[`roder-reports:${document.body.dataset.tenant}:person`]) import("./kept-reports.js");
