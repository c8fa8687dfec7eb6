/* A form in the dialog (`form[data-part]`): saved without leaving the page, shown again when it is
   refused, and left as it is when nothing came back. `roder:sheet-saved` tells of a save. */

import { place } from "./save.js";
import { close } from "./sheet.js";

async function post(form) {
  const body = new URLSearchParams(new FormData(form)), headers = { "HX-Request": "true" };
  const answer = await fetch(form.action, { method: "POST", headers, body }).catch(() => null);
  const html = answer && answer.status < 500 ? await answer.text() : "";
  if (html && !answer.ok && answer.status !== 401) {
    form.closest(".flow").innerHTML = html;
    return document.querySelector("#sheet [aria-invalid], #sheet textarea, #sheet select")?.focus();
  }
  place(html);
  if (answer?.ok) {
    close();
    return document.dispatchEvent(new CustomEvent("roder:sheet-saved", { detail: { action: form.getAttribute("action") } }));
  }
  const problem = Object.assign(document.createElement("p"), { className: "error", role: "alert" });
  problem.append(html ? document.querySelector("#notice .bad").cloneNode(true).textContent : document.getElementById("status").dataset.failed);
  form.querySelector(".error")?.remove();
  form.prepend(problem);
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("#sheet form[data-part]")) return;
  event.preventDefault();
  post(event.target);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) event.target.closest?.("form[data-part]")?.requestSubmit();
});
document.addEventListener("click", ({ target, detail }) => {
  if (detail && target.dataset?.then) document.getElementById(target.dataset.then).focus();
});
