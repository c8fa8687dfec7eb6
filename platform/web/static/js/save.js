/* Saving what is written, field by field. Nothing is lost: what has not reached the service lies in
   the browser, is sent again when there is a network, and is put back after a reload.

   A field says where it is saved: `<input name="total" data-save="/osthammar/…/varde">`; its
   neighbours with `data-with` inside the nearest `[data-together]` go along. It is sent as
   `name=value&was=<what was there>`, and the answer's parts are put in their places. */

import { say } from "./status.js";

const { tenant, person } = document.body.dataset;
const shelf = `roder:${tenant}:${person}:`;
const running = new Map();
const unsent = new Set(); // what got no answer: sent again though the field holds it already

export const keyOf = (field) => `${shelf}${field.dataset.save}#${field.name}`;
export const valueOf = (field) => (field.type === "checkbox" ? (field.checked ? "on" : "") : field.value);
export const wasOf = (field) => field.dataset.was ?? (field.options ? [...field.options].find((each) => each.defaultSelected)?.value : field.defaultValue) ?? "";
export const tag = (name, more = {}) => Object.assign(document.createElement(name), more);
export const error = (textContent) => tag("p", { className: "error", role: "alert", textContent });

export function put(field, value) {
  if (field.type === "checkbox") field.checked = value === "on";
  else field.value = value;
}

/* Htmx, fetched when `root` has something that it is for. Most pages are only read. */
let fetching;
export async function enliven(root) {
  const needed = "[data-hx-get], [data-hx-post]";
  if (!root.matches(needed) && !root.querySelector(needed)) return;
  fetching ??= new Promise((onload) => {
    const { content: src } = document.querySelector("meta[name=htmx-source]");
    document.head.append(tag("script", { src, onload }));
  });
  await fetching;
  window.htmx.process(root);
}
enliven(document.body);

/* Puts each part of an answer in its place. */
export function place(html) {
  const sent = document.createElement("template");
  sent.innerHTML = html;
  for (const part of sent.content.querySelectorAll("hx-partial")) {
    const target = document.getElementById(part.id);
    if (!target) continue;
    const inside = part.getAttribute("hx-swap") === "innerHTML" || part.id === "notice";
    [...part.children].forEach(enliven);
    const focused = target.contains(document.activeElement) && document.activeElement.id;
    target[inside ? "replaceChildren" : "replaceWith"](...part.childNodes);
    if (focused) document.getElementById(focused)?.focus();
  }
  document.dispatchEvent(new CustomEvent("roder:look"));
}

/* Throws when nothing came back, or a fault of ours. It names whom the page was made for. What is
   `resent` does not count as somebody being here. */
export async function send(url, values, resent = false) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "HX-Request": "true", "Roder-Person": person, ...(resent && { "Roder-Again": "yes" }) },
    body: values instanceof FormData ? values : new URLSearchParams(values),
  });
  if (answer.headers.get("HX-Redirect")) location.assign(answer.headers.get("HX-Redirect"));
  const html = await answer.text();
  if (answer.status >= 500) throw new Error(`${answer.status}`);
  place(html);
  return { ok: answer.ok, status: answer.status, html };
}

/* While typing: kept, in case the page goes away. */
export function keep(field) {
  localStorage.setItem(keyOf(field), JSON.stringify({ value: valueOf(field), was: wasOf(field) }));
}

/* Save a field now, one request at a time for each: the last value wins. */
export async function save(field, resent = false) {
  if (field.form?.dataset.sent) return; // its form is on the way with it
  const key = keyOf(field);
  if (running.has(key)) return running.set(key, true);
  const value = valueOf(field);
  const was = wasOf(field);
  if (value === was && field.getAttribute("aria-invalid") !== "true") return localStorage.removeItem(key);
  keep(field);
  running.set(key, false);
  say("saving", key);
  try {
    const values = [[field.name, value], ["was", was], ...along(field)];
    const answer = await send(field.dataset.save, values, resent);
    unsent[answer.status === 401 ? "add" : "delete"](key);
    if (answer.ok) field.dataset.was = value;
    answer.status === 401 ? say("waiting", key) : judge(field, !answer.ok);
    field.dispatchEvent(new CustomEvent("roder:saved", { bubbles: true, detail: { ok: answer.ok } }));
  } catch {
    unsent.add(key);
    say(navigator.onLine ? "failed" : "waiting", key);
  }
  const again = running.get(key);
  running.delete(key);
  if (again) return save(field);
}

/* Shows whether what stands in a field was refused; what was saved needs no draft. */
export function judge(field, bad) {
  field.ariaInvalid = bad ? "true" : null;
  if (!bad) field.removeAttribute("aria-describedby");
  else if (field.dataset.told) field.setAttribute("aria-describedby", field.dataset.told);
  if (!bad) localStorage.removeItem(keyOf(field));
  say(bad ? "bad" : "saved", keyOf(field));
}

function along(field) {
  const others = field.closest("[data-together]")?.querySelectorAll("[data-with]") ?? [];
  return [...others].flatMap((other) => [...(other === field ? [] : [[other.name, valueOf(other)]]), ...before(other)]);
}

/* What stood in a cell before, as long as it is not known to be saved. */
export const before = (cell) => (cell.dataset.save && valueOf(cell) !== wasOf(cell) ? [[`was-${cell.name}`, wasOf(cell)]] : []);

/* What lies in the browser is put back into its fields and sent. */
export function recover(root = document) {
  for (const field of root.querySelectorAll("[data-save]")) {
    const draft = JSON.parse(localStorage.getItem(keyOf(field)) ?? "null");
    if (!draft || (draft.value === valueOf(field) && !unsent.has(keyOf(field)))) continue;
    field.dataset.was = draft.was;
    put(field, draft.value);
    field.dispatchEvent(new CustomEvent("roder:recovered", { bubbles: true }));
    queueMicrotask(() => save(field, true)); // when all are back, for they go along with each other
  }
}

addEventListener("online", () => recover());
setInterval(() => Object.keys(localStorage).some((key) => key.startsWith(shelf)) && recover(), 5000);

document.addEventListener("input", ({ target }) => target.dataset?.save && keep(target));
document.addEventListener("change", ({ target }) => target.dataset?.save && save(target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.dataset?.save) return;
  const line = event.target.matches("input:not([type=checkbox], [type=radio])");
  if (line) event.preventDefault(); // the form round a lone field is for those without scripts
  if (line || event.ctrlKey) save(event.target);
});
recover();
