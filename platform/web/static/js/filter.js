/* `<input data-filter="list">` leaves those items of a list or tree that hold the words. Enter goes
   to the first; the arrows walk the links that are left. */

const plain = (text) => text.toLowerCase().normalize("NFC");

document.addEventListener("input", ({ target }) => {
  const list = target.dataset?.filter && document.getElementById(target.dataset.filter);
  if (!list) return;
  const words = plain(target.value).split(/\s+/).filter(Boolean);
  for (const item of [...list.querySelectorAll("li")].reverse()) {
    const own = plain(item.querySelector("a, label")?.textContent ?? "");
    const hit = words.every((word) => own.includes(word));
    const below = item.querySelector("li:not([hidden])");
    item.hidden = !hit && !below;
    const branch = item.querySelector("details");
    if (branch && words.length) branch.open = Boolean(below);
  }
});

document.addEventListener("keydown", (event) => {
  const list = event.target.closest?.("[data-filter], [data-walk]");
  const links = [...document.querySelectorAll(`#${list?.dataset.filter ?? list?.dataset.walk ?? "none"} a`)].filter((link) => link.checkVisibility());
  if (list && event.key === "Enter" && list.value && links.length) {
    event.preventDefault();
    const words = plain(list.value);
    (links.find((link) => plain(link.textContent).startsWith(words)) ?? links.find((link) => plain(link.textContent).includes(words)) ?? links[0]).click();
  } else if (list && event.key === "ArrowDown" && links.length) {
    event.preventDefault();
    links[0].focus();
  }
});

/* Up and down among the links of a list that a field walks. */
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const hits = event.target.closest?.("#hits");
  if (!step || !hits) return;
  event.preventDefault();
  const links = [...hits.querySelectorAll("a")];
  (links[links.indexOf(event.target) + step] ?? document.querySelector("[data-walk]")).focus();
});
