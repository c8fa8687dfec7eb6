/* Reports of deviations that are finished without a network: kept encrypted in the browser, with a key
   that cannot be read out of it, and sent by themselves when there is a network. They are gone at
   sign-out, and when somebody else has signed in. */

import { tag } from "./save.js";

const { tenant, person } = document.body.dataset;
const base = `roder-reports:${tenant}`;
const mark = `${base}:person`; // whose they are, and what is asked before they are thrown away; app.js looks for it
const told = document.querySelector("[data-kept-reports]");
const form = document.querySelector("[data-report]");
const done = (request) => new Promise((good, bad) => Object.assign(request, { onsuccess: () => good(request.result), onerror: () => bad(request.error) }));
let opened;

function open() {
  opened ??= new Promise((good, bad) => {
    const request = indexedDB.open(base);
    request.onupgradeneeded = () => ["keys", "reports"].forEach((name) => request.result.createObjectStore(name));
    Object.assign(request, { onsuccess: () => good(request.result), onerror: () => bad(request.error) });
  });
  return opened;
}

async function store(name, mode = "readonly") {
  return (await open()).transaction(name, mode).objectStore(name);
}

async function clear() {
  localStorage.removeItem(mark);
  if (opened) (await opened).close();
  opened = undefined;
  await done(indexedDB.deleteDatabase(base));
}

async function key() {
  const known = await done((await store("keys")).get(person));
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await done((await store("keys", "readwrite")).put(made, person));
  return made;
}

/* Bound to the person and to the report: under another name it does not open. */
const bound = (id) => new TextEncoder().encode(`${person} ${id}`);

async function keep(id, values) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(values));
  const text = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(id) }, await key(), plain);
  await done((await store("reports", "readwrite")).put({ iv, text }, id));
  localStorage.setItem(mark, `${person} ${told.dataset.leave}`);
}

async function read(id) {
  const { iv, text } = await done((await store("reports")).get(id));
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: bound(id) }, await key(), text);
  return JSON.parse(new TextDecoder().decode(plain));
}

async function drop(id) {
  await done((await store("reports", "readwrite")).delete(id));
  if (!(await ids()).length) await clear();
}

const ids = async () => (localStorage.getItem(mark) ? done((await store("reports")).getAllKeys()) : []);

/* `again`: it goes by itself, with nobody there. True when it has arrived. */
async function deliver(id) {
  const values = await read(id);
  const answer = await fetch(values.find(([name]) => name === "address")[1], {
    method: "POST",
    headers: { "HX-Request": "true", "Roder-Person": person, "Roder-Again": "yes" },
    body: new URLSearchParams(values.filter(([name]) => name !== "address")),
  });
  if (answer.ok) {
    await drop(id);
    say("sent");
    if (answer.headers.get("HX-Redirect")?.endsWith("/logga-in")) location.assign(answer.headers.get("HX-Redirect"));
  } else if (answer.status === 422 || answer.status === 409) say("refused", id);
  else if (answer.status >= 500) later();
  else say("away");
}

async function deliverAll() {
  const waiting = (await ids()).filter((id) => id !== location.hash.slice(1));
  if (waiting.length && !navigator.onLine) say("waiting");
  else if (waiting.length) await navigator.locks.request(base, () => deliverEach(waiting)).catch(later);
}

async function deliverEach(waiting) {
  const left = await ids(); // another tab may have sent some
  for (const id of waiting) if (left.includes(id)) await deliver(id);
}

function later() {
  say("waiting");
  setTimeout(deliverAll, 15000);
}

function say(state, id) {
  if (!told) return;
  const line = tag("p", { className: `notice ${{ sent: "good", refused: "bad" }[state] ?? "warn"}`, textContent: told.dataset[state] });
  if (id) line.append(" ", tag("a", { href: `${told.dataset.address}#${id}`, textContent: told.dataset.open }));
  told.replaceChildren(line);
  told.hidden = false;
}

/* Puts a refused report back into the form, to be corrected there. */
async function fill() {
  const id = location.hash.slice(1);
  if (!form || !(await ids()).includes(id)) return;
  const values = await read(id);
  form.reset();
  for (const field of form.elements) {
    const given = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "checkbox") field.checked = given.includes(field.value);
    else if (given.length) field.value = given[0];
  }
}

/* A finished form is sent as always; what does not arrive is kept. */
async function submit(event) {
  event.preventDefault();
  const id = form.elements.id.value;
  const button = event.submitter?.name ?? "review";
  const values = [...new FormData(form)];
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { "HX-Request": "true", "Roder-Person": person },
      body: new URLSearchParams([...values, [button, "1"]]),
    });
    if (answer.status === 401 || answer.status >= 500) throw new Error(`${answer.status}`);
    if (!answer.ok) return leave(button); // the page tells what is to be corrected
    if ((await ids()).includes(id)) await drop(id);
    location.assign(answer.headers.get("HX-Redirect"));
  } catch {
    await keep(id, [...values, [button === "draft" ? "draft" : "send", "1"], ["address", form.getAttribute("action")]]);
    form.reset();
    form.hidden = form.action.includes(id);
    form.elements.id.value = crypto.randomUUID();
    say(navigator.onLine ? "away" : "waiting");
    told.scrollIntoView();
  }
}

function leave(button) {
  form.append(tag("input", { type: "hidden", name: button, value: "1" }));
  form.submit();
}

document.addEventListener("submit", async (event) => {
  const words = localStorage.getItem(mark);
  if (!words || !event.target.action.endsWith("/logga-ut")) return;
  event.preventDefault();
  if (!confirm(words.slice(words.indexOf(" ") + 1))) return;
  await clear();
  event.target.submit();
});

if (form && window.crypto.subtle) form.addEventListener("submit", submit);
if ((localStorage.getItem(mark) ?? person).split(" ")[0] !== person) await clear();
addEventListener("online", deliverAll);
addEventListener("hashchange", fill);
await fill();
deliverAll();
