// What is live on this page: others' saved changes, who is writing where, how far jobs have come.
//
// Topics stand in data-live; news are events on document, and data-presence says where one writes.
// Heard by a stream while the page is visible (a browser opens six connections over HTTP/1.1), else
// by asking again and again; the server's cursor sees to it that nothing in between is lost.

const ASK_AGAIN = 10_000, STREAM_AGAIN = 60_000, BEAT = 20_000;
const KINDS = { change: "changes", presence: "presence", job: "jobs" }; // of news, one and many
const address = `/${location.pathname.split("/")[1]}/live`;
let cursor = document.body.dataset.liveAfter ?? "";
let topics = [], stream = null, asking = 0, writing = null, beating = 0, sent = Promise.resolve();

const named = (element) => (element?.dataset.live ?? "").split(/\s+/).filter(Boolean);
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`roder:${name}`, { detail }));

function query() {
  const asked = new URLSearchParams(topics.map((topic) => ["topic", topic]));
  if (cursor) asked.set("after", cursor);
  return `${address}?${asked}`;
}

function look() {
  const found = [...new Set([...document.querySelectorAll("[data-live]")].flatMap(named))].sort();
  if (found.join() === topics.join()) return;
  topics = found;
  begin();
}

function end() {
  stream?.close();
  stream = null;
  clearTimeout(asking);
}

function begin() {
  end();
  if (!topics.length || document.hidden) return;
  stream = new EventSource(query());
  for (const kind in KINDS) stream.addEventListener(kind, ({ data }) => tell(kind, JSON.parse(data)));
  stream.addEventListener("cursor", (event) => { cursor = event.lastEventId; });
  stream.onerror = () => {
    // While it is connecting the browser tries by itself; what is closed was refused.
    if (stream?.readyState === EventSource.CLOSED) ask(Date.now() + STREAM_AGAIN);
  };
}

async function ask(until) {
  end();
  const answer = await fetch(query()).catch(() => null); // null: offline
  if ([401, 403, 404].includes(answer?.status)) return; // not signed in, or not to be followed
  if (answer?.status === 422) cursor = "";
  if (answer?.ok) {
    const news = await answer.json();
    cursor = news.cursor;
    for (const kind in KINDS) news[KINDS[kind]].forEach((each) => tell(kind, each));
  }
  if (document.hidden || stream) return;
  asking = setTimeout(() => (Date.now() < until ? ask(until) : begin()), ASK_AGAIN);
}

function beat(there) {
  const body = JSON.stringify({ ...writing, writing: there });
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body, keepalive: true };
  sent = sent.then(() => fetch(address, options)).catch(() => {}); // in order
}

function write(next) {
  if (next?.topic === writing?.topic && next?.place === writing?.place) return;
  clearInterval(beating);
  if (writing) beat(false);
  writing = next;
  if (!next) return;
  beat(true);
  beating = setInterval(() => document.hidden || beat(true), BEAT);
}

document.addEventListener("focusin", ({ target }) => {
  const field = target.closest("[data-presence]");
  const topic = field?.dataset.presenceTopic ?? named(field?.closest("[data-live]"))[0];
  write(topic ? { topic, place: field.dataset.presence } : null);
});
document.addEventListener("focusout", ({ relatedTarget }) => relatedTarget ?? write(null));
addEventListener("pagehide", () => { write(null); end(); });
addEventListener("pageshow", ({ persisted }) => persisted && begin());
document.addEventListener("visibilitychange", () => (document.hidden ? end() : begin()));
for (const name of ["htmx:after:swap", "roder:look"]) document.addEventListener(name, look);
look();
