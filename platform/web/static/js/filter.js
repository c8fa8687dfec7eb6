/* `<input data-filter="list">` leaves those items of a list or tree that hold the words. Enter goes
   to the first; the arrows walk the links that are left. */

const plain = (text) => text.toLowerCase().normalize("NFC");

document.addEventListener("input", ({ target }) => {
  const list = target.dataset?.filter && document.getElementById(target.dataset.filter);
  if (!list) return;
  const words = plain(target.value).split(/\s+/).filter(Boolean);
  for (const item of [...list.querySelectorAll("li")].reverse()) {
    const own = plain(item.querySelector("a, label")?.textContent ?? "");
    const below = item.querySelector("li:not([hidden])");
    item.hidden = !below && !words.every((word) => own.includes(word));
    const branch = item.querySelector("details");
    if (branch && words.length) branch.open = Boolean(below);
  }
});

/* `<input data-walk="list" data-list="address">` has its list made by the server while one types. */
let typed = 0;
document.addEventListener("input", async ({ target }) => {
  if (!target.dataset?.list) return;
  const mine = ++typed;
  await new Promise((later) => setTimeout(later, 150));
  if (mine !== typed) return;
  const answer = await fetch(`${target.dataset.list}&q=${encodeURIComponent(target.value)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok && mine === typed) document.getElementById(target.dataset.walk).outerHTML = await answer.text();
});

/* The links of the list that a field filters, or walks when its answers come from the server. */
const linksOf = (field) => [...document.querySelectorAll(`#${field.dataset.filter ?? field.dataset.walk} a`)].filter((link) => link.checkVisibility());

function best({ value }, links) {
  const named = (how) => links.find((link) => plain(link.textContent).trim()[how](plain(value)));
  return (value && (named("startsWith") ?? named("includes"))) || links[0];
}

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const field = event.target.closest?.("[data-filter], [data-walk]");
  const list = event.target.closest?.("#hits, .unit-tree")?.id;
  const back = field ?? (list && document.querySelector(`[data-filter="${list}"], [data-walk="${list}"]`));
  const links = back ? linksOf(back) : [];
  let next = null;
  if (!field && step && back) next = links[links.indexOf(event.target) + step] ?? back;
  else if (field && (step === 1 || (event.key === "Enter" && field.value))) next = best(field, links);
  if (!next) return;
  event.preventDefault();
  next[step ? "focus" : "click"]();
});
