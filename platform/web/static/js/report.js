/* Write report: keys, ready phrases, rows, pictures, conflicts, and what others do meanwhile. */

import { before, keyOf, place, save, send, wasOf } from "./save.js";
import { say, unsaved } from "./status.js";

const [form, rows] = ["section-form", "rows"].map((id) => document.getElementById(id));
const text = form?.querySelector("s-text");

document.querySelector("#section-form[data-begin] #rows [name]")?.focus();

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey && form && !event.target.closest("dialog")) {
    event.stopPropagation(); // the form goes as a whole, not the field
    form.querySelector("[data-finish]").click();
  }
  if (event.altKey) document.querySelector(`[data-turn="${event.key}"]`)?.click();
}, true);

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  const { insert, typed, settle: choice } = button?.dataset ?? {};
  if (insert) text.insert(insert, typed);
  if (choice) settle(button.dataset);
  if (button?.hasAttribute("data-add-row")) addRow().focus();
});

/* The whole form goes at once, and its drafts are forgotten only when it has arrived. */
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  clearTimeout(text?.waiting);
  for (let tries = 0; unsaved() && tries < 40; tries += 1) await new Promise((done) => setTimeout(done, 25));
  if (text) form.elements.was.value = wasOf(text.field);
  const values = new FormData(form, event.submitter);
  for (const cell of form.querySelectorAll("#rows [data-with]")) before(cell).forEach((each) => values.append(...each));
  form.dataset.sent = "yes"; // what it takes along is not saved beside it as well
  try {
    const answer = await send(event.submitter?.getAttribute("formaction") ?? form.action, values);
    if (answer.ok) return forget();
    document.getElementById("section-said")?.scrollIntoView({ block: "nearest" });
  } catch {
    say(navigator.onLine ? "failed" : "waiting", form.id);
  }
  delete form.dataset.sent;
});
addEventListener("pageshow", () => form?.removeAttribute("data-sent"));
form?.addEventListener("roder:saved", ({ detail }) => detail.ok && say("saved", form.id));

function forget(kind = "") {
  for (const field of form.querySelectorAll(`[data-save][name^="${kind}"]`)) {
    field.dataset.was = field.value; // so that leaving the page saves nothing once more
    for (const key of Object.keys(localStorage)) if (key.startsWith(keyOf(field).replace(/#.*/, `#${kind}`))) localStorage.removeItem(key);
  }
}

function addRow() {
  const number = rows.children.length, row = rows.lastElementChild.cloneNode(true);
  for (const field of row.querySelectorAll("[name]")) {
    field.removeAttribute("data-was");
    field.ariaLabel = field.ariaLabel.replace(/\d+/, number + 1);
    field.title &&= field.ariaLabel;
    if (field.name === "remove") field.value = number;
    else Object.assign(field, { name: field.name.replace(/-\d+-/, `-${number}-`), value: "", defaultValue: "" });
  }
  rows.append(row);
  document.getElementById("row-count").value = number + 1;
  return row.querySelector("[name]");
}

/* Room for what was typed in rows that were added here, and not saved when the page went away. */
const growing = rows?.querySelector("tr:has([name=remove]) [data-save]");
const cells = growing && keyOf(growing).replace(/#.*/, "#cell-");
for (const key of growing ? Object.keys(localStorage) : []) while (key.startsWith(cells) && parseInt(key.slice(cells.length)) >= rows.children.length) addRow();

/* Somebody else wrote in between: one of the two goes on, and neither is gone before. */
function settle({ settle: choice, html, typed, version }) {
  const table = rows ? [...rows.querySelectorAll("[data-save]")] : [];
  const field = html === undefined ? (table.find((cell) => cell.ariaInvalid === "true") ?? table[0]) : text.field;
  if (field !== text.field && choice === "theirs") return [forget("cell-"), location.reload()];
  if (version) Object.assign(document.getElementById("section-version"), { name: "over", value: version });
  else field.dataset.was = field.name === "plain" ? typed : html;
  if (choice === "theirs") Object.assign(field, { value: field.dataset.was }).dispatchEvent(new CustomEvent("roder:recovered"));
  field.setAttribute("aria-invalid", "true");
  (field === text.field ? (text.view ?? field) : field).focus();
  for (const each of version ? table : [field]) save(each);
}

/* The dialog with a picture: sent with its file, shown again when refused, then put in the text. */
document.addEventListener("submit", async (event) => {
  if (!event.target.matches("#sheet [data-picture]")) return;
  event.preventDefault();
  const { file } = event.target.elements;
  const answer = await send(event.target.action, new FormData(event.target)).catch(() => say("failed", "picture"));
  const added = document.querySelector("#picture-form [data-added]");
  if (added) {
    document.getElementById("sheet").close();
    text.insert(added.innerHTML, added.dataset.typed);
  } else if (answer?.status === 422) {
    if (file.value) document.getElementById("picture-file").replaceWith(file); // chosen once is enough
    document.querySelector("#picture-form [aria-invalid]")?.focus();
  }
});

document.addEventListener("roder:presence", ({ detail }) => {
  const others = detail.people.filter((person) => person.id !== document.body.dataset.person);
  for (const each of document.querySelectorAll(".presence")) {
    const here = others.filter((person) => person.place === each.dataset.place);
    each.textContent = here.map(({ name }) => each.closest("nav").dataset.writes.replace("{name}", name)).join(", ");
  }
});

let soon = 0;
document.addEventListener("roder:change", ({ detail }) => {
  if (detail.mine) return;
  clearTimeout(soon);
  soon = setTimeout(async () => {
    const answer = await fetch(location.href, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (answer?.ok && !document.getElementById("contents").contains(document.activeElement)) place(await answer.text());
  }, 300);
});
