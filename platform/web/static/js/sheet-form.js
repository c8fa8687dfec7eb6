/* A form in the dialog (`form[data-part]`): saved without leaving the page, shown again when it is
   refused, and left as it is when nothing came back. `roder:sheet-saved` tells of a save. */

import { error, send } from "./save.js";

async function post(form) {
  const answer = await send(form.action, new URLSearchParams(new FormData(form))).catch(() => null);
  if (answer?.ok) {
    form.closest("dialog").close();
    const detail = { action: form.getAttribute("action") };
    return document.dispatchEvent(new CustomEvent("roder:sheet-saved", { detail }));
  }
  if (answer && answer.status !== 401) {
    form.closest(".flow").innerHTML = answer.html;
    return document.querySelector("#sheet [aria-invalid], #sheet textarea, #sheet select")?.focus();
  }
  const { failed } = document.getElementById("status").dataset;
  form.querySelector(".error")?.remove();
  form.prepend(error(answer ? document.querySelector("#notice .bad").textContent : failed));
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("#sheet form[data-part]")) return;
  event.preventDefault();
  post(event.target);
});
document.addEventListener("click", ({ target, detail }) => {
  if (detail && target.dataset?.then) document.getElementById(target.dataset.then).focus();
});
