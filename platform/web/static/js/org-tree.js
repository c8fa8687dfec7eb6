/* `<org-tree>` round nested lists of links makes them a tree for mouse and keyboard (WAI-ARIA): arrows,
   Home, End, letters, Enter opens, F2 goes to the name, Ctrl+X and Ctrl+V or dragging move, Alt+arrows
   change the order, Esc lets go. Without scripts the lists are read, and links do the moving.
   With `data-flat` the lists stay lists (a board): only moving, ordering and Esc work. */
import { place, send } from "./save.js";
import { open } from "./sheet.js";

const rowOf = (item) => item.querySelector(".row");
const nameOf = (item) => item.querySelector(".row a");
const itemOf = (event) => event.target.closest("li[data-id]");
const fill = (address, values) => (address ?? "").replace(/\{(\w+)\}/g, (_all, key) => values[key]);
const inRow = (item) => [...item.querySelectorAll(":scope > .row :is(a, button, summary)")].filter((each) => each !== nameOf(item));

class OrgTree extends HTMLElement {
  connectedCallback() {
    const list = this.querySelector("ul"), kept = sessionStorage.getItem(`tree:${this.id}`);
    if (!list) return;
    this.flat = "flat" in this.dataset;
    this.items = () => [...this.querySelectorAll("li[data-id]")];
    this.closed = new Set(kept ? JSON.parse(kept) : this.items().filter((item) => "closed" in item.dataset).map((item) => item.dataset.id));
    for (const item of this.items()) this.dress(item);
    for (const kind of ["keydown", "focusin", "click", "dragstart", "dragover", "drop", "dragend"]) this.addEventListener(kind, (event) => this[kind](event, itemOf(event)));
    if (this.flat) return;
    Object.assign(list, { role: "tree", ariaLabel: this.dataset.label });
    for (const below of list.querySelectorAll("ul")) below.role = "group";
    this.stand(this.querySelector("[aria-current]")?.closest("li") ?? this.items()[0], false);
  }

  dress(item, level = 1) {
    item.draggable = Boolean(this.dataset.move) && !("fixed" in item.dataset);
    if (this.flat) return;
    const row = rowOf(item), name = row.querySelector(".name") ?? nameOf(item), below = item.querySelector("ul");
    for (let above = item; (above = above.parentElement.closest("org-tree li")); ) level += 1;
    item.role = "none";
    Object.assign(row, { role: "treeitem", ariaLevel: level });
    row.setAttribute("aria-labelledby", (name.id ||= `name-${item.dataset.id}`));
    for (const each of [row, nameOf(item), ...inRow(item)]) each.tabIndex = -1;
    if (!below) return;
    row.setAttribute("aria-owns", (below.id ||= `below-${item.dataset.id}`));
    item.querySelector(".twist").onclick = () => this.turn(item, "closed" in item.dataset);
    this.turn(item, !this.closed.has(item.dataset.id) || below.querySelector("[aria-current]"));
  }

  turn(item, opened) {
    item.toggleAttribute("data-closed", !opened);
    rowOf(item).ariaExpanded = String(Boolean(opened));
    this.closed[opened ? "delete" : "add"](item.dataset.id);
    sessionStorage.setItem(`tree:${this.id}`, JSON.stringify([...this.closed]));
    if (!opened && this.at && item.contains(this.at)) this.stand(item, item.contains(document.activeElement));
  }

  /* The one item that Tab comes to, with what can be done on its row. */
  stand(item, focus = true) {
    if (!item) return;
    for (const each of this.at ? [rowOf(this.at), ...inRow(this.at)] : []) each.tabIndex = -1;
    for (const each of [rowOf(item), ...inRow(item).filter((other) => !other.matches(".twist"))]) each.tabIndex = 0;
    this.at = item;
    if (focus) rowOf(item).focus();
  }

  focusin(_event, item) { if (item && !this.flat && item !== this.at) this.stand(item, false); }
  keydown(event, item) {
    if (event.key === "Escape") return this.cut(null);
    if (!item || event.metaKey || ![rowOf(item), nameOf(item)].includes(event.target)) return;
    const act = (event.ctrlKey ? this.moving : event.altKey ? this.ordering : this.walking).call(this, event.key, item);
    if (act) event.preventDefault(), event.stopPropagation(), act();
  }

  /* What a key does, as a function; nothing where it does nothing. */
  walking(key, item) {
    if (this.flat) return;
    const all = this.items().filter((each) => !each.parentElement.closest("li[data-closed]")), index = all.indexOf(item);
    const below = item.querySelector("li"), closed = "closed" in item.dataset, name = nameOf(item);
    const ways = { ArrowDown: all[index + 1], ArrowUp: all[index - 1], Home: all[0], End: all.at(-1), ArrowRight: below, ArrowLeft: item.parentElement.closest("li") };
    if (below && key === (closed ? "ArrowRight" : "ArrowLeft")) return () => this.turn(item, closed);
    if (key in ways) return () => this.stand(ways[key]);
    if (key === "Enter" || key === " ") return () => name.click();
    if (key === "F2" && this.dataset.rename) return () => location.assign(name.href.split("#")[0] + this.dataset.rename);
    if (/^[\p{L}\d]$/u.test(key)) return () => this.stand([...all.slice(index + 1), ...all].find((each) => nameOf(each).textContent.trim().toLowerCase().startsWith(key.toLowerCase())));
  }
  moving(key, item) {
    if (key === "x" && this.dataset.move) return () => this.cut(item.draggable ? item : null);
    if (key === "v" && this.taken) return () => this.move(this.taken, item);
  }
  ordering(key, item) {
    const step = this.dataset.order && item.draggable && { ArrowUp: "previous", ArrowDown: "next" }[key];
    return step && (async () => {
      const { ok } = await send(fill(this.dataset.order, { id: item.dataset.id }), { direction: step });
      if (ok) item[`${step}ElementSibling`]?.[step === "next" ? "after" : "before"](item);
      this.flat ? nameOf(item).focus() : this.stand(item);
    });
  }

  cut(item) {
    if (!item && !this.taken) return;
    this.taken?.classList.remove("cut");
    (this.taken = item)?.classList.add("cut");
    place(`<hx-partial id="notice">${item ? '<p class="notice"></p>' : ""}</hx-partial>`);
    if (item) document.querySelector("#notice p").textContent = fill(this.dataset.cut, { name: nameOf(item).textContent.trim() });
  }
  move(item, to) {
    this.cut(null);
    open(fill(this.dataset.move, { id: item.dataset.id, to: to.dataset.id }), this.dataset.moveTitle);
  }

  /* With `data-panel` a name opens in that element of the page, under its own address. */
  async click(event, item) {
    const link = event.target.closest(".row a"), panel = document.getElementById(this.dataset.panel);
    if (!link || !panel || link !== nameOf(item) || event.ctrlKey || event.shiftKey || matchMedia("(max-width: 62rem)").matches) return;
    event.preventDefault();
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return place(await answer.text());
    panel.innerHTML = await answer.text();
    history.pushState(null, "", link.href.split("#")[0]);
    this.querySelector("[aria-current]")?.removeAttribute("aria-current");
    link.ariaCurrent = "true";
    if (!this.flat) this.stand(item);
  }

  dragstart(event, item) { event.dataTransfer.setData("text/plain", nameOf((this.dragged = item)).textContent); }
  dragover(event, to) {
    const takes = to && this.dragged && !this.dragged.contains(to) && to.dataset.takes?.split(" ").includes(this.dragged.dataset.kind);
    this.querySelector(".over")?.classList.remove("over");
    if (takes) to.classList.add("over"), event.preventDefault();
  }
  drop(event, to) { event.preventDefault(), this.move(this.dragged, to); }
  dragend() { this.querySelector(".over")?.classList.remove("over"), (this.dragged = null); }
}

addEventListener("popstate", () => document.querySelector("org-tree[data-panel]") && location.reload());
customElements.define("org-tree", OrgTree);
