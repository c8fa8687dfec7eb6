/* `<org-tree>` round nested lists of links makes them a tree for mouse and keyboard (WAI-ARIA): arrows,
   Home, End, letters, Enter opens, F2 goes to the name, Ctrl+X and Ctrl+V or dragging move, Alt+arrows
   change the order, Esc lets go. Without scripts the lists are read, and links do the moving.
   With `data-flat` the lists stay lists (a board): only moving, ordering and Esc work. */

import { place, send } from "./save.js";
import { open } from "./sheet.js";

const nameOf = (item) => item.querySelector(".row a");
const fill = (address, values) => (address ?? "").replace(/\{(\w+)\}/g, (_all, key) => values[key]);
const others = (item) => [...item.querySelectorAll(":scope > .row :is(a, button, summary)")].filter((each) => each !== nameOf(item));

class OrgTree extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ul");
    if (!this.list) return;
    this.flat = "flat" in this.dataset;
    this.items = () => [...this.querySelectorAll("li[data-id]")];
    const kept = sessionStorage.getItem(`tree:${this.id}`);
    this.closed = new Set(kept ? JSON.parse(kept) : this.items().filter((item) => "closed" in item.dataset).map((item) => item.dataset.id));
    for (const item of this.items()) this.dress(item);
    for (const kind of ["keydown", "click", "dragstart", "dragover", "drop", "dragend"]) this.addEventListener(kind, (event) => this[kind](event));
    if (this.flat) return;
    this.list.role = "tree";
    this.list.setAttribute("aria-label", this.dataset.label);
    for (const list of this.list.querySelectorAll("ul")) list.role = "group";
    this.stand(this.querySelector("[aria-current]")?.closest("li") ?? this.items()[0], false);
  }

  dress(item) {
    item.draggable = Boolean(this.dataset.move) && !("fixed" in item.dataset);
    if (this.flat) return;
    item.role = "treeitem";
    item.setAttribute("aria-labelledby", (nameOf(item).id ||= `name-${item.dataset.id}`));
    for (const each of [item, nameOf(item), ...others(item)]) each.tabIndex = -1;
    if (!item.querySelector("ul")) return;
    item.querySelector(".twist").onclick = () => this.turn(item, "closed" in item.dataset);
    this.turn(item, !this.closed.has(item.dataset.id) || item.querySelector("ul [aria-current]"));
  }

  turn(item, opened) {
    item.toggleAttribute("data-closed", !opened);
    item.ariaExpanded = String(Boolean(opened));
    this.closed[opened ? "delete" : "add"](item.dataset.id);
    sessionStorage.setItem(`tree:${this.id}`, JSON.stringify([...this.closed]));
    if (!opened && this.at && item.contains(this.at)) this.stand(item, item.contains(document.activeElement));
    return true;
  }

  /* The one item that Tab comes to, with what can be done on its row. */
  stand(item, focus = true) {
    if (!item) return true;
    for (const each of this.at ? [this.at, ...others(this.at)] : []) each.tabIndex = -1;
    for (const each of [item, ...others(item).filter((other) => !other.matches(".twist"))]) each.tabIndex = 0;
    this.at = item;
    if (focus) item.focus();
    return true;
  }

  keydown(event) {
    const item = event.target.closest("li[data-id]");
    if (event.key === "Escape") return this.cut(null);
    if (!item || event.metaKey || (event.target !== item && event.target !== nameOf(item))) return;
    const done = event.ctrlKey ? this.moving(event.key.toLowerCase(), item) : event.altKey ? this.ordering(event.key, item) : !this.flat && this.walking(event.key, item);
    if (done) event.preventDefault(), event.stopPropagation();
  }

  walking(key, item) {
    const all = this.items().filter((each) => !each.parentElement.closest("li[data-closed]"));
    const index = all.indexOf(item), below = item.querySelector("li"), closed = "closed" in item.dataset;
    const steps = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: all.length - 1 };
    if (key in steps) return this.stand(all[steps[key]]);
    if (key === "ArrowRight") return below && closed ? this.turn(item, true) : this.stand(below);
    if (key === "ArrowLeft") return below && !closed ? this.turn(item, false) : this.stand(item.parentElement.closest("li"));
    if (key === "Enter" || key === " ") return nameOf(item).click(), true;
    if (key === "F2" && this.dataset.rename) return location.assign(nameOf(item).href.split("#")[0] + this.dataset.rename), true;
    if (!/^[\p{L}\d]$/u.test(key)) return false;
    this.typed = (Date.now() - (this.typedAt ?? 0) < 700 ? this.typed : "") + key.toLowerCase();
    this.typedAt = Date.now();
    const next = [...all.slice(index + (this.typed.length === 1)), ...all];
    return this.stand(next.find((each) => nameOf(each).textContent.trim().toLowerCase().startsWith(this.typed)));
  }

  moving(key, item) {
    if (key === "x" && this.dataset.move) return this.cut(item.draggable ? item : null), true;
    return key === "v" && Boolean(this.taken) && this.move(this.taken, item);
  }

  cut(item) {
    if (!item && !this.taken) return;
    this.taken?.classList.remove("cut");
    item?.classList.add("cut");
    this.taken = item;
    place(`<hx-partial id="notice">${item ? '<p class="notice"></p>' : ""}</hx-partial>`);
    if (item) document.querySelector("#notice p").textContent = fill(this.dataset.cut, { name: nameOf(item).textContent.trim() });
  }

  move(item, to) {
    this.cut(null);
    open(fill(this.dataset.move, { id: item.dataset.id, to: to.dataset.id }), this.dataset.moveTitle);
    return true;
  }

  ordering(key, item) {
    const step = { ArrowUp: "previous", ArrowDown: "next" }[key];
    if (!step || !this.dataset.order || !item.draggable) return false;
    send(fill(this.dataset.order, { id: item.dataset.id }), { direction: step }).then(({ ok }) => {
      if (ok) item[`${step}ElementSibling`]?.[step === "next" ? "after" : "before"](item);
      this.flat ? nameOf(item).focus() : this.stand(item);
    });
    return true;
  }

  /* With `data-panel` a name opens in that element of the page, under its own address. */
  async click(event) {
    const link = event.target.closest(".row a"), item = link?.closest("li"), panel = document.getElementById(this.dataset.panel);
    if (!panel || link !== nameOf(item) || event.ctrlKey || event.shiftKey || matchMedia("(max-width: 62rem)").matches) return;
    event.preventDefault();
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return place(await answer.text());
    panel.innerHTML = await answer.text();
    history.pushState(null, "", link.href.split("#")[0]);
    this.querySelector("[aria-current]")?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    if (!this.flat) this.stand(item);
  }

  dragstart(event) {
    this.dragged = event.target.closest("li[data-id]");
    event.dataTransfer.setData("text/plain", nameOf(this.dragged).textContent);
  }

  dragover(event) {
    const to = event.target.closest("li[data-id]");
    const takes = to && this.dragged && !this.dragged.contains(to) && to.dataset.takes?.split(" ").includes(this.dragged.dataset.kind);
    this.querySelector(".over")?.classList.remove("over");
    if (takes) to.classList.add("over"), event.preventDefault();
  }

  drop(event) {
    event.preventDefault();
    this.move(this.dragged, event.target.closest("li[data-id]"));
  }

  dragend() {
    this.querySelector(".over")?.classList.remove("over");
    this.dragged = null;
  }
}

addEventListener("popstate", () => document.querySelector("org-tree[data-panel]") && location.reload());
customElements.define("org-tree", OrgTree);
