/* The closed subset as the editor knows it, and what can be done in it. */

export { cleanPasted } from "./word.js";

function schemaOf(pm, address) {
  const cells = pm.tableNodes({ tableGroup: "block", cellContent: "(paragraph | bullet_list | ordered_list)+", cellAttributes: {} });
  return new pm.Schema({
    nodes: {
      doc: { content: "block+" },
      paragraph: { content: "inline*", group: "block", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
      heading: {
        content: "inline*", group: "block", attrs: { level: { default: 3 } }, defining: true,
        parseDOM: [3, 4].map((level) => ({ tag: `h${level}`, attrs: { level } })),
        toDOM: (node) => [`h${node.attrs.level}`, 0],
      },
      bullet_list: { content: "list_item+", group: "block", parseDOM: [{ tag: "ul" }], toDOM: () => ["ul", 0] },
      ordered_list: { content: "list_item+", group: "block", parseDOM: [{ tag: "ol" }], toDOM: () => ["ol", 0] },
      list_item: { content: "paragraph (bullet_list | ordered_list)*", defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
      ...cells,
      image: {
        group: "block", attrs: { id: {}, alt: { default: "" } }, draggable: true,
        parseDOM: [{ tag: "img[data-image]", getAttrs: (dom) => ({ id: dom.dataset.image, alt: dom.alt }) }],
        toDOM: ({ attrs }) => ["img", { "data-image": attrs.id, alt: attrs.alt, src: address(attrs.id) }],
      },
      text: { group: "inline" },
      hard_break: { inline: true, group: "inline", selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
    },
    marks: {
      link: { attrs: { href: {} }, inclusive: false, parseDOM: [{ tag: "a[href]", getAttrs: (dom) => ({ href: dom.getAttribute("href") }) }], toDOM: ({ attrs }) => ["a", attrs, 0] },
      strong: { parseDOM: [{ tag: "strong" }, { tag: "b" }], toDOM: () => ["strong", 0] },
      em: { parseDOM: [{ tag: "em" }, { tag: "i" }], toDOM: () => ["em", 0] },
    },
  });
}

const read = (pm, schema, html) => pm.DOMParser.fromSchema(schema).parse(new DOMParser().parseFromString(html, "text/html").body);

export function begin(pm, html, address) {
  const schema = schemaOf(pm, address);
  const { nodes } = schema;
  const does = commands(pm, schema);
  const rules = [
    pm.wrappingInputRule(/^\s*[-*]\s$/, nodes.bullet_list),
    pm.wrappingInputRule(/^1[.)]\s$/, nodes.ordered_list),
    pm.textblockTypeInputRule(/^###\s$/, nodes.heading, { level: 3 }),
    new pm.InputRule(/\*\*([^*]+)\*\*$/, (state, found, from, to) => state.tr.replaceWith(from, to, schema.text(found[1], [schema.marks.strong.create()])).removeStoredMark(schema.marks.strong)),
  ];
  const line = pm.chainCommands(pm.exitCode, ({ tr }, dispatch) => (dispatch?.(tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView()), true));
  const keys = {
    "Mod-b": does.strong, "Mod-i": does.em, "Mod-z": pm.undo, "Mod-y": pm.redo, "Shift-Mod-z": pm.redo,
    "Shift-Enter": line, Enter: pm.splitListItem(nodes.list_item),
    Tab: pm.chainCommands(pm.goToNextCell(1), pm.sinkListItem(nodes.list_item)),
    "Shift-Tab": pm.chainCommands(pm.goToNextCell(-1), pm.liftListItem(nodes.list_item)),
  };
  const plugins = [pm.inputRules({ rules }), pm.keymap(keys), pm.keymap(pm.baseKeymap), pm.history(), pm.tableEditing()];
  return pm.EditorState.create({ doc: read(pm, schema, html), plugins });
}

export function html(pm, state) {
  const box = document.createElement("div");
  box.append(pm.DOMSerializer.fromSchema(state.schema).serializeFragment(state.doc.content));
  for (const picture of box.querySelectorAll("img")) picture.removeAttribute("src");
  for (const cell of box.querySelectorAll("th, td, li")) {
    if (cell.children.length === 1 && cell.firstElementChild.tagName === "P") cell.replaceChildren(...cell.firstElementChild.childNodes);
  }
  return box.innerHTML === "<p></p>" ? "" : box.innerHTML;
}

export function insert(pm, view, text) {
  const { state } = view;
  const slice = new pm.Slice(read(pm, state.schema, text).content, 0, 0);
  const empty = state.doc.childCount === 1 && !state.doc.textContent && state.doc.firstChild.isTextblock;
  const place = empty ? [0, state.doc.content.size] : Array(2).fill(state.selection.$to.after(1));
  const change = state.tr.replaceRange(...place, slice), end = change.doc.resolve(change.mapping.map(place[1]));
  view.dispatch(change.setSelection(pm.Selection.near(end, -1)).scrollIntoView());
}

export function commands(pm, { nodes, marks }) {
  const list = (type) => (state, dispatch) => pm.wrapInList(type)(state, dispatch) || pm.liftListItem(nodes.list_item)(state, dispatch);
  const heading = (state, dispatch) => {
    const on = state.selection.$from.parent.type === nodes.heading;
    return pm.setBlockType(on ? nodes.paragraph : nodes.heading, { level: 3 })(state, dispatch);
  };
  const table = (state, dispatch) => {
    const cell = (type) => nodes[type].createAndFill();
    const row = (type) => nodes.table_row.create(null, [1, 2, 3].map(() => cell(type)));
    const change = state.tr.replaceSelectionWith(nodes.table.create(null, [row("table_header"), row("table_cell"), row("table_cell")]));
    const { $from } = change.selection;
    const depth = [...Array($from.depth).keys()].find((each) => $from.node(each).type === nodes.table);
    if (depth) change.setSelection(pm.TextSelection.near(change.doc.resolve($from.start(depth)))); // the first cell
    dispatch?.(change.scrollIntoView());
    return true;
  };
  return {
    strong: pm.toggleMark(marks.strong), em: pm.toggleMark(marks.em), heading,
    bullets: list(nodes.bullet_list), numbers: list(nodes.ordered_list), table,
    "row-add": pm.addRowAfter, "row-remove": pm.deleteRow, "column-add": pm.addColumnAfter,
    "column-remove": pm.deleteColumn, "table-remove": pm.deleteTable, undo: pm.undo, redo: pm.redo,
  };
}

/* What holds where the caret is. */
export function standing(pm, state) {
  const { $from, from, to, empty } = state.selection;
  const has = (type) => (empty ? Boolean(type.isInSet(state.storedMarks ?? $from.marks())) : state.doc.rangeHasMark(from, to, type));
  const within = (type) => Array.from({ length: $from.depth + 1 }, (_, depth) => $from.node(depth).type).includes(type);
  const { nodes, marks } = state.schema;
  return {
    strong: has(marks.strong), em: has(marks.em), link: has(marks.link), heading: within(nodes.heading),
    bullets: within(nodes.bullet_list), numbers: within(nodes.ordered_list), table: pm.isInTable(state),
  };
}

/* Takes a link away where the caret is on one. Returns whether there was one. */
export const unlink = (pm, { state, dispatch }) => standing(pm, state).link && pm.toggleMark(state.schema.marks.link)(state, dispatch);

export function link(pm, view, address) {
  const { state } = view;
  const href = /^(https?:|mailto:)/.test(address.trim()) ? address.trim() : `https://${address.trim()}`;
  if (!address.trim()) return;
  const mark = state.schema.marks.link.create({ href });
  if (state.selection.empty) view.dispatch(state.tr.insert(state.selection.from, state.schema.text(href, [mark])));
  else pm.toggleMark(state.schema.marks.link, { href })(state, view.dispatch);
}
