/* What Word puts on the clipboard, made into plain HTML: real lists with their levels, headings,
   tables with a heading row, and none of its styles. */

const ORDERED = /^\s*(\d+|[a-z]|[ivx]+)[.)]/i;

export function cleanPasted(html) {
  // Read as data: the page's policy has the browser complain of every style it meets.
  const read = html.replace(/<style[\s\S]*?<\/style>/gi, "").replace(/\sstyle\s*=/gi, " data-style=");
  const page = new DOMParser().parseFromString(read, "text/html");
  for (const gone of page.querySelectorAll("script, meta, link, title, xml")) gone.remove();
  for (const span of page.querySelectorAll("span, font")) mark(span);
  for (const [big, small] of [["h1", "h3"], ["h2", "h3"], ["h5", "h4"], ["h6", "h4"]]) {
    for (const heading of page.querySelectorAll(big)) rename(heading, small);
  }
  for (const item of page.querySelectorAll("p[class*=MsoListParagraph], p[data-style*=mso-list]")) listed(item);
  for (const row of page.querySelectorAll("table tr:first-child")) {
    const cells = [...row.cells];
    if (cells.every((cell) => cell.matches("th, :has(strong, b)"))) cells.forEach((cell) => rename(cell, "th"));
  }
  return page.body.innerHTML;
}

function mark(span) {
  const style = span.dataset.style ?? "";
  if (style.includes("mso-list:Ignore") || style.includes("mso-list: Ignore")) {
    const paragraph = span.closest("p");
    if (paragraph) paragraph.dataset.sign = span.textContent;
    return span.remove();
  }
  if (/font-weight:\s*(bold|[6-9]00)/.test(style)) return rename(span, "strong");
  if (/font-style:\s*italic/.test(style)) return rename(span, "em");
  span.replaceWith(...span.childNodes);
}

/* A paragraph that only looks like an item joins the list before it, at its level. */
function listed(item) {
  const level = Number(/level(\d+)/.exec(item.dataset.style)?.[1] ?? 1);
  const sign = item.dataset.sign ?? /^[\s\u00a0]*([·•o§–-]|\d+[.)])[\s\u00a0]+/.exec(item.textContent)?.[0] ?? "";
  if (!item.dataset.sign && sign) item.innerHTML = item.innerHTML.replace(/^[\s\u00a0]*(&nbsp;|[·•o§–-]|\d+[.)])(&nbsp;|\s)*/, "");
  const make = (tag) => item.ownerDocument.createElement(tag);
  const kind = ORDERED.test(sign) ? "ol" : "ul";
  let list = item.previousElementSibling;
  if (!list?.dataset.made) {
    list = make(kind);
    list.dataset.made = "yes";
    item.before(list);
  }
  for (let depth = 1; depth < level; depth += 1) {
    const last = list.lastElementChild ?? list.appendChild(make("li"));
    list = last.querySelector(":scope > ul, :scope > ol") ?? last.appendChild(make(kind));
  }
  list.append(item);
  rename(item, "li");
}

function rename(node, tag) {
  const made = node.ownerDocument.createElement(tag);
  node.replaceWith(made);
  made.append(...node.childNodes);
}
