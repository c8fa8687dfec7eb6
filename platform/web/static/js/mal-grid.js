/* <mal-grid>: the table of the goal analysis as a grid to write in. save.js saves each field; here
   are the keys, blocks from a spreadsheet, what is told under a row, and others' changes. */

import { error, judge, keep, keyOf, put, recover, save, send, tag, valueOf } from "./save.js";
import { open } from "./sheet.js";
import { say } from "./status.js";

const NUMBER = /^\s*[-+−]?(\d{1,3}([ \u00a0\u2009\u202f]\d{3})+|\d+)([.,]\d+)?\s*%?\s*$/;
const FIGURES = ["total", "women", "men", "target"];
const isFigure = (field) => FIGURES.includes(field?.name);

/* Where something is told of a field, in a row of its own under the row; made when first needed. */
function slot(field, id = field.dataset.told) {
  if (document.getElementById(id)) return document.getElementById(id);
  const row = field.closest("tr, li"), listed = row.localName === "li";
  let told = listed ? row.querySelector(".told") : row.nextElementSibling;
  if (!told?.matches(".told")) {
    told = tag(listed ? "div" : "tr", { className: "told" });
    told.append(tag(listed ? "div" : "td", { colSpan: row.closest("table").tHead.rows[0].cells.length }));
    listed ? row.append(told) : row.after(told);
  }
  return told.firstElementChild.appendChild(tag("div", { id }));
}

function mark(field, text) {
  const found = slot(field);
  if (text !== undefined) found.replaceChildren(text && error(text));
  const bad = found.textContent.trim() !== "";
  judge(field, bad);
  return bad;
}

class MalGrid extends HTMLElement {
  undone = [];

  connectedCallback() {
    for (const field of this.querySelectorAll("[form]")) {
      const url = new URL(field.form.action);
      url.searchParams.delete("sedd");
      const node = url.pathname.split("/").pop();
      Object.assign(field.dataset, { save: url.pathname + url.search, node, told: `e-${node}-${field.name}`, was: valueOf(field) });
    }
    const heard = { focusin: this.ready, "roder:recovered": this.ready, change: this.check, "roder:saved": this.saved, keydown: this.key, paste: this.paste, click: this.choose };
    for (const [name, hear] of Object.entries(heard)) this.addEventListener(name, hear.bind(this), name === "change");
    document.addEventListener("roder:sheet-saved", ({ detail }) => this.sync(detail.action));
    document.addEventListener("roder:change", ({ detail }) => {
      clearTimeout(this.soon);
      if (!detail.mine || !(Date.now() - this.savedAt < 4000)) this.soon = setTimeout(() => this.sync(), 300);
    });
    matchMedia("(max-width: 40rem)").addEventListener("change", () => this.nameParts());
    this.nameParts();
    recover(this);
  }

  /* Laid out as cards, a table would be none to those who listen. */
  nameParts() {
    if (getComputedStyle(this.querySelector("tbody tr")).display === "table-row") return;
    const roles = { table: "table", "thead, tbody": "rowgroup", tr: "row", "thead th": "columnheader", "tbody th": "rowheader", td: "cell" };
    for (const [name, role] of Object.entries(roles)) for (const part of this.querySelectorAll(name)) part.setAttribute("role", role);
  }

  ready({ target }) {
    if (target.dataset.save) slot(target);
    if (isFigure(target)) slot(target, `e-${target.dataset.node}-fit`);
  }

  /* Before focus leaves: what is no number is told here, and asks nobody. */
  check(event) {
    const field = event.target, text = field.value.trim();
    field.before = field.dataset.was;
    if (!isFigure(field) || !text || NUMBER.test(text)) return;
    event.stopPropagation();
    mark(field, this.dataset.nan.replace("{text}", text));
  }

  saved({ target: field, detail: { ok } }) {
    this.savedAt = Date.now();
    if (ok && field.before !== undefined && field.before !== field.dataset.was) this.undone.push([[field, field.before]]);
    field.before = undefined;
  }

  fields(names) {
    return [...this.querySelectorAll(names.map((name) => `[name="${name}"]`))].filter((each) => each.checkVisibility());
  }

  key(event) {
    const field = event.target, mod = event.ctrlKey || event.metaKey;
    if (!field.dataset.save) return;
    const step = { ArrowUp: -1, ArrowDown: 1, Enter: event.shiftKey ? -1 : 1 }[event.key];
    if (step && !mod && (isFigure(field) || (event.altKey && event.key !== "Enter"))) {
      const column = this.fields([field.name]), next = column[column.indexOf(field) + step];
      next ? (next.focus(), next.select?.()) : (field.blur(), field.focus());
    } else if (event.key === "Escape") {
      put(field, field.dataset.was);
      mark(field, "");
    } else if (event.key === "z" && mod && valueOf(field) === field.dataset.was && this.undone.length) {
      for (const [each, before] of this.undone.pop()) (put(each, before), save(each), each.focus());
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  paste(event) {
    const field = event.target, text = event.clipboardData.getData("text/plain");
    if (!isFigure(field) || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    const all = this.fields(FIGURES), forms = [...new Set(all.map((each) => each.form))], filled = [];
    const names = FIGURES.filter((name) => all.some((each) => each.name === name));
    text.replace(/\r\n?/g, "\n").trimEnd().split("\n").forEach((line, down) => line.split("\t").forEach((cell, along) => {
      const form = forms[forms.indexOf(field.form) + down], name = names[names.indexOf(field.name) + along];
      if (!cell.trim() || !form || !name) return;
      const target = form.elements[name] ?? [...form.elements].find(isFigure);
      if (!form.elements[name]) return mark(target, this.dataset.blank);
      put(target, cell.trim());
      this.ready({ target });
      NUMBER.test(cell) ? filled.push(target) : mark(target, this.dataset.nan.replace("{text}", cell.trim()));
    }));
    if (filled.length) this.saveBlock(filled);
  }

  async saveBlock(fields) {
    const before = fields.map((field) => [field, field.dataset.was]);
    for (const field of fields) (keep(field), say("saving", keyOf(field)));
    const values = fields.map((field) => [`${field.dataset.node}.${field.name}`, field.value]);
    const answer = await send(this.dataset.paste, values).catch(() => null);
    if (!answer || ![200, 422].includes(answer.status)) return fields.forEach((field) => save(field));
    for (const field of fields) if (!mark(field)) field.dataset.was = field.value;
    this.undone.push(before.filter(([field, was]) => field.dataset.was !== was));
    this.savedAt = Date.now();
  }

  /* A comment opened larger; or what is offered under a row: mine or theirs, what was meant, sure. */
  async choose({ target }) {
    const more = target.closest("button.more");
    if (more) return open(more.parentElement.querySelector("textarea").dataset.save.replace("/rad/", "/kommentar/"), this.dataset.comment);
    const button = target.closest(".told button"), told = button?.closest("[id]").id;
    const field = told && this.querySelector(`[data-told="${told}"]`);
    if (!field) return;
    const { keep: theirs, take, write, sure } = button.dataset;
    field.dataset.was = theirs ?? take ?? field.dataset.was;
    put(field, take ?? write ?? field.value);
    if (sure !== undefined) {
      const answer = await send(field.dataset.save, [[field.name, sure], ["was", field.dataset.was], ["sure", sure]]).catch(() => null);
      if (answer?.ok) field.dataset.was = sure;
    }
    field.focus();
    save(field);
  }

  /* Brings up to date, quietly, what nobody has touched here. */
  async sync(opener) {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"), theirs = page.querySelector("mal-grid");
    const rows = (root) => [...(root?.querySelectorAll("[id^=r-]") ?? [])].map((row) => row.id).join();
    if (theirs && !this.querySelector("[form]")) this.querySelector("table").replaceWith(theirs.querySelector("table"));
    else if (rows(theirs) !== rows(this)) document.getElementById("notice").replaceChildren(tag("p", { className: "notice", textContent: this.dataset.changed }));
    else for (const fresh of theirs.querySelectorAll("[form]")) {
      const field = document.getElementById(fresh.getAttribute("form")).elements[fresh.name];
      if (field === document.activeElement || valueOf(field) !== field.dataset.was) continue;
      put(field, valueOf(fresh));
      field.dataset.was = valueOf(field);
    }
    for (const fresh of page.querySelectorAll("mal-grid [id^=l-], mal-grid [id^=k-], #missing")) {
      const old = document.getElementById(fresh.id);
      if (old && old !== document.activeElement && old.outerHTML !== fresh.outerHTML) old.replaceWith(fresh);
    }
    if (opener) document.querySelector(`mal-grid a[href="${opener}"]`)?.focus();
  }
}
customElements.define("mal-grid", MalGrid);
