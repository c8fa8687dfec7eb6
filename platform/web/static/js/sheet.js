/* The one dialog of a page. `open(url)` fills it with a fragment; the browser keeps focus inside,
   closes on Esc, and gives the focus back. */

import { enliven, place } from "./save.js";

const sheet = document.getElementById("sheet");

export async function open(url, title) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" } });
  const html = await answer.text();
  if (!answer.ok) return place(html);
  sheet.querySelector("h2").textContent = title;
  sheet.lastElementChild.innerHTML = html;
  enliven(sheet);
  sheet.showModal();
  sheet.querySelector("[autofocus], .flow input:not([type=hidden]), .flow button, .flow a")?.focus();
}

sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-sheet]");
  if (!opener || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  open(opener.dataset.sheet || opener.href, opener.dataset.title || opener.textContent.trim());
});
