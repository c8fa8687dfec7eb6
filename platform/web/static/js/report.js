/* Write report: keys, ready phrases, rows, conflicts, and who else is writing. */

import { save } from "./save.js";

const form = document.getElementById("section-form");
const editor = () => form?.querySelector("s-text");

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) form?.querySelector("[data-finish]")?.click();
  if (event.altKey) document.querySelector(`[data-turn="${event.key}"]`)?.click();
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button?.hasAttribute("data-insert")) {
    const phrase = document.createElement("p");
    phrase.textContent = button.dataset.insert;
    editor()?.insert(button.dataset.insert ? phrase.outerHTML : button.closest("details").querySelector(".copyable").innerHTML);
  } else if (button?.hasAttribute("data-add-row")) addRow();
  else if (button?.hasAttribute("data-keep-mine")) settle(button.dataset, "keepMine");
  else if (button?.hasAttribute("data-take-theirs")) settle(button.dataset, "takeTheirs");
});

function addRow() {
  const rows = document.getElementById("rows");
  const number = rows.children.length;
  const row = rows.lastElementChild.cloneNode(true);
  for (const field of row.querySelectorAll("[name]")) {
    if (field.name === "remove") field.value = number;
    else Object.assign(field, { name: field.name.replace(/-\d+-/, `-${number}-`), value: "" });
  }
  rows.append(row);
  document.getElementById("row-count").value = number + 1;
  row.querySelector("textarea, input, select").focus();
}

/* Somebody else wrote in between: one of the two texts goes on, the other is not lost before. */
function settle(texts, choice) {
  const text = form.querySelector("[name=text]:not(:disabled), [name=plain]:not(:disabled)");
  const theirs = text.name === "plain" ? texts.typed : texts[choice];
  const take = choice === "takeTheirs";
  text.dataset.was = theirs;
  if (take) text.value = theirs;
  if (take) text.dispatchEvent(new CustomEvent("roder:recovered"));
  text.setAttribute("aria-invalid", "true");
  save(text);
}

document.addEventListener("roder:presence", ({ detail }) => {
  for (const place of document.querySelectorAll(".presence")) {
    const names = detail.people.filter((person) => person.place === place.dataset.place).map((person) => person.name);
    place.textContent = names.join(", ");
  }
});
