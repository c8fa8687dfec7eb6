/* A button that has a file made (`form[data-export]`) shows how far it has come in #export, which
   is asked for anew when the service tells of the job, and now and then in case nothing is told. */

import { place, send } from "./save.js";

const now = () => document.getElementById("export");
let asking = false;

async function look() {
  const address = now()?.dataset.look;
  if (!address || asking) return;
  asking = true;
  const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok) place(await answer.text().catch(() => "")); // no network: asked again later
  now()?.querySelector("a")?.click(); // fetched as soon as it is there
  asking = false;
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-export]");
  if (!form || !now()) return;
  event.preventDefault();
  await send(form.action, new FormData(form)).catch(() => HTMLFormElement.prototype.submit.call(form));
});
document.addEventListener("roder:job", look);
setInterval(look, 2000);
