/* The line at the bottom right: how saving goes, for all fields together. A later success never
   hides an earlier fault. */

const line = document.getElementById("status");
const states = new Map();

/* `state`: saving, saved, bad (to be corrected), waiting (no network), failed (our fault). */
export function say(state, key) {
  states.set(key, state);
  const count = (wanted) => [...states.values()].filter((each) => each === wanted).length;
  const [good, bad, words] = [count("saved"), count("bad"), line.dataset];
  let text = words.saved;
  if (count("waiting")) text = words.waiting.replace("{count}", count("waiting"));
  else if (count("failed")) text = words.failed;
  else if (count("saving")) text = words.saving;
  else if (bad) text = (good ? words.mixed : words.unmixed).split("|")[(good || bad) > 1 ? 1 : 0].replace("{good}", good).replace("{bad}", bad);
  line.classList.toggle("bad", Boolean(count("failed") || bad));
  if (line.textContent !== text) line.textContent = text;
}

/* A request that has no field of its own got no answer. */
document.addEventListener("htmx:error", () => {
  line.textContent = line.dataset.failed;
  line.classList.add("bad");
});

export const unsaved = () => [...states.values()].some((state) => !["saved", "bad"].includes(state));
