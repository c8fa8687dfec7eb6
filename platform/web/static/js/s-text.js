/* `<s-text>`: a text in the closed subset of HTML, written in an editor. Without it there is a plain
   field, `[name=plain]`; with it `[name=text]` holds the HTML and is saved like any field. The
   editor itself is fetched when somebody begins to write. */

import { cleanPasted } from "./word.js";

const IDLE = 1500;

class Text extends HTMLElement {
  connectedCallback() {
    this.plain = this.querySelector("[name=plain]");
    this.text = this.querySelector("[name=text]");
    this.paper = this.querySelector(".paper");
    this.bar = this.querySelector("[role=toolbar]");
    this.toggle = this.querySelector("[data-plain]");
    this.toggle.addEventListener("click", () => this.show(!this.plain.hidden));
    this.paper.addEventListener("focus", () => this.open(), { once: true });
    this.paper.addEventListener("pointerdown", (event) => this.open([event.clientX, event.clientY]), { once: true });
    this.text.addEventListener("roder:recovered", () => this.refill());
    this.bar.addEventListener("click", (event) => this.pressed(event.target.closest("button")));
    this.bar.addEventListener("keydown", (event) => this.walk(event));
    this.show(localStorage.getItem("roder:plain") !== "yes");
    if (this.hasAttribute("data-begin")) this.open();
  }

  /* The editor, or the plain field with the same text; what is hidden is not sent. */
  show(rich) {
    localStorage.setItem("roder:plain", rich ? "no" : "yes");
    this.plain.hidden = this.plain.disabled = rich;
    this.text.disabled = this.paper.hidden = !rich;
    this.bar.hidden = !rich || !this.view;
    this.toggle.setAttribute("aria-pressed", String(!rich));
    if (!rich && this.view) this.dispatchEvent(new CustomEvent("roder:plain", { bubbles: true }));
  }

  async open(at) {
    if (this.view || this.opening) return;
    this.opening = true;
    const [pm, own] = await Promise.all([import(this.dataset.editor), import("./writing.js")]);
    this.pm = pm;
    this.own = own;
    const html = this.text.value;
    this.paper.replaceChildren();
    this.paper.removeAttribute("tabindex");
    this.paper.removeAttribute("role");
    this.view = new pm.EditorView(this.paper, {
      state: own.begin(pm, html, (id) => this.address(id)),
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": this.dataset.label, lang: document.documentElement.lang },
      transformPastedHTML: cleanPasted,
      dispatchTransaction: (change) => this.changed(change),
      handleKeyDown: (_view, event) => event.altKey && event.key === "F10" && this.toBar(),
      handleDOMEvents: { blur: () => this.flush() },
    });
    this.bar.hidden = false;
    const place = at && this.view.posAtCoords({ left: at[0], top: at[1] });
    if (place) this.view.dispatch(this.view.state.tr.setSelection(pm.TextSelection.near(this.view.state.doc.resolve(place.pos))));
    this.view.focus();
    this.reflect();
  }

  address(id) {
    return this.dataset.pictures.replace("ID", id);
  }

  changed(change) {
    this.view.updateState(this.view.state.apply(change));
    this.reflect();
    if (!change.docChanged) return;
    this.text.value = this.own.html(this.pm, this.view.state);
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.flush(), IDLE);
  }

  flush() {
    clearTimeout(this.waiting);
    if (this.view) this.text.dispatchEvent(new Event("change", { bubbles: true }));
  }

  refill() {
    if (this.view) this.view.updateState(this.own.begin(this.pm, this.text.value, (id) => this.address(id)));
    else this.open();
  }

  /* Puts HTML where the writer is: a ready phrase, last year's paragraph, a picture. */
  async insert(html) {
    await this.open();
    while (!this.view) await new Promise((done) => setTimeout(done, 20));
    this.own.insert(this.pm, this.view, html);
    this.view.focus();
  }

  pressed(button) {
    if (!button || !this.view) return;
    const form = this.bar.querySelector("[data-link]");
    if (button.dataset.do === "link" && !this.own.unlink(this.pm, this.view)) {
      form.hidden = false;
      return form.querySelector("input").focus();
    }
    if (button.dataset.do === "link-done") {
      this.own.link(this.pm, this.view, form.querySelector("input").value);
      form.hidden = true;
    } else if (button.dataset.do) {
      this.own.commands(this.pm, this.view.state.schema)[button.dataset.do]?.(this.view.state, this.view.dispatch, this.view);
    } else return;
    this.view.focus();
  }

  reflect() {
    const on = this.own.standing(this.pm, this.view.state);
    for (const button of this.bar.querySelectorAll("button[data-do]")) {
      if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(Boolean(on[button.dataset.do])));
    }
    for (const part of this.bar.querySelectorAll("[data-in-table]")) part.hidden = !on.table;
  }

  toBar() {
    (this.bar.querySelector("[tabindex='0']") ?? this.bar.querySelector("button")).focus();
    return true;
  }

  walk(event) {
    const buttons = [...this.bar.querySelectorAll("button, a")].filter((each) => each.checkVisibility());
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") return this.view.focus();
    if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      return this.bar.querySelector("[data-do=link-done]").click();
    }
    if (!step || event.target.matches("input")) return;
    event.preventDefault();
    const next = buttons[(buttons.indexOf(event.target) + step + buttons.length) % buttons.length];
    for (const each of buttons) each.tabIndex = each === next ? 0 : -1;
    next.focus();
  }
}

customElements.define("s-text", Text);
