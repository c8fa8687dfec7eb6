/* `<s-text>`: a text in the closed subset of HTML. Without the editor `[name=plain]` holds it, with it
   `[name=text]`. The editor is fetched when somebody begins to write. */

const IDLE = 1500;

class Text extends HTMLElement {
  connectedCallback() {
    [this.plain, this.text, this.paper, this.bar, this.toggle] =
      ["[name=plain]", "[name=text]", ".paper", "[role=toolbar]", "[data-plain]"].map((each) => this.querySelector(each));
    const described = this.plain.getAttribute("aria-describedby"), { ariaLabel } = this.text;
    Object.assign(this.paper, { role: "textbox", tabIndex: 0, ariaMultiLine: "true", ariaLabel });
    if (described) this.paper.setAttribute("aria-describedby", described);
    this.toggle.addEventListener("click", () => this.swap());
    this.paper.addEventListener("focus", () => this.open(), { once: true });
    this.paper.addEventListener("pointerdown", (event) => this.open([event.clientX, event.clientY]), { once: true });
    this.text.addEventListener("roder:recovered", () => this.refill());
    this.bar.addEventListener("click", (event) => this.pressed(event.target.closest("button")));
    this.bar.addEventListener("keydown", (event) => this.walk(event));
    this.show(localStorage.getItem("roder:plain") !== "yes");
    const begins = this.hasAttribute("data-begin") || this.text.value !== this.text.defaultValue;
    if (begins && this.plain.hidden) this.open();
    else if (begins) this.plain.focus();
  }

  /* The field that is in use. */
  get field() { return this.text.disabled ? this.plain : this.text; }

  /* The editor, or the plain field; what is hidden is not sent. */
  show(rich) {
    this.plain.hidden = this.plain.disabled = rich;
    this.text.disabled = this.paper.hidden = this.bar.hidden = !rich;
    this.toggle.setAttribute("aria-pressed", String(!rich));
  }

  /* A text that is begun cannot change its kind in the browser: it is saved and fetched again. */
  async swap() {
    const { field } = this, rich = this.text.disabled;
    const begun = this.opened || field.value !== field.defaultValue;
    if (field.value !== (field.dataset.was ?? field.defaultValue)) {
      const saved = new Promise((done) => field.addEventListener("roder:saved", done, { once: true }));
      this.flush();
      if (!(await saved).detail.ok) return;
    }
    localStorage.setItem("roder:plain", rich ? "no" : "yes");
    if (begun) location.reload();
    else this.show(rich);
  }

  open(at) { return (this.opened ??= this.begin(at)); }

  async begin(at) {
    const [pm, own] = await Promise.all([import(this.dataset.editor), import("./writing.js"), this.styled()]);
    Object.assign(this, { pm, own });
    this.paper.replaceChildren();
    this.view = new pm.EditorView({ mount: this.paper }, {
      state: this.read(),
      transformPastedHTML: own.cleanPasted,
      dispatchTransaction: (change) => this.changed(change),
      handleKeyDown: (_view, event) => event.altKey && event.key === "F10" && !this.bar.querySelector("[tabindex='0']").focus(),
      handleDOMEvents: { blur: (_view, event) => event.relatedTarget?.matches("[data-finish], [data-settle]") || this.flush() },
    });
    const place = at && this.view.posAtCoords({ left: at[0], top: at[1] });
    const { doc, tr } = this.view.state;
    this.view.dispatch(tr.setSelection(place ? pm.TextSelection.near(doc.resolve(place.pos)) : pm.Selection.atEnd(doc)));
    this.view.focus();
  }

  /* The editor's own styles come with it. */
  styled() {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: this.dataset.editor.replace(".js", ".css") });
    return new Promise((done) => { link.onload = link.onerror = done; document.head.append(link); });
  }

  read() { return this.own.begin(this.pm, this.text.value, (id) => this.dataset.pictures.replace("ID", id)); }

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
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  refill() { return this.view ? this.view.updateState(this.read()) : this.open(); }

  /* Puts a ready phrase, a piece of last year's text or a picture after the paragraph that the
     writer is in: HTML in the editor, and in the plain field the same as one types it. */
  async insert(html, typed) {
    if (this.text.disabled) {
      const { value, selectionEnd } = this.plain, next = value.indexOf("\n\n", selectionEnd || Infinity), at = next < 0 ? value.length : next;
      this.plain.setRangeText(at ? `\n\n${typed}` : typed, at, at, "end");
      this.plain.focus();
      return this.flush();
    }
    await this.open();
    this.own.insert(this.pm, this.view, html);
    this.view.focus();
  }

  async pressed(button) {
    if (!button) return;
    await this.open();
    const form = this.bar.querySelector("[data-link]"), [address] = form.getElementsByTagName("input");
    form.hidden = button.dataset.do !== "link" || this.own.unlink(this.pm, this.view);
    if (!form.hidden) return address.focus();
    if (button.dataset.do === "link-done") this.own.link(this.pm, this.view, address.value);
    address.value = "";
    this.own.commands(this.pm, this.view.state.schema)[button.dataset.do]?.(this.view.state, this.view.dispatch, this.view);
    this.view.focus();
  }

  reflect() {
    const on = this.own.standing(this.pm, this.view.state);
    for (const button of this.bar.querySelectorAll("[aria-pressed]")) button.setAttribute("aria-pressed", String(Boolean(on[button.dataset.do])));
    this.bar.querySelector("[data-in-table]").hidden = !on.table;
  }

  /* One Tab stop; arrows walk, Esc goes back to the text. */
  walk(event) {
    const buttons = [...this.bar.querySelectorAll("button, a")].filter((each) => each.checkVisibility());
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") this.view?.focus();
    if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      this.bar.querySelector("[data-do=link-done]").click();
    }
    if (!step || event.target.matches("input")) return;
    event.preventDefault();
    const next = buttons.at((buttons.indexOf(event.target) + step) % buttons.length);
    for (const each of buttons) each.tabIndex = each === next ? 0 : -1;
    next.focus();
  }
}

customElements.define("s-text", Text);
