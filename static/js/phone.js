// The phone at the desk. The call that pops up is a <details>: Escape folds it, a click unfolds it, and what was folded stays so
// from page to page. When the time for notes is over, one's own phone is asked for again.
const KEY = "vorrang.folded-call";

const settled = new WeakSet();
const folded = () => { try { return sessionStorage.getItem(KEY); } catch { return null; } };
const remember = (card) => { try { card.open ? sessionStorage.removeItem(KEY) : sessionStorage.setItem(KEY, card.dataset.call); } catch { /* for this page only */ } };
const shown = () => document.querySelector(".call-pop-card");

function settle() {
  const card = shown();
  if (!card || settled.has(card)) return;
  settled.add(card);
  if (folded() === card.dataset.call) card.open = false;
  card.addEventListener("toggle", () => remember(card));
}

const pop = document.getElementById("call-pop");
if (pop) new MutationObserver(settle).observe(pop, { childList: true });
settle();

document.addEventListener("keydown", (event) => {
  const card = shown();
  if (event.key !== "Escape" || event.defaultPrevented || !card?.open) return;
  if (document.querySelector("dialog[open], :popover-open") || event.target.matches?.("input[type=search]")) return;
  const wasInside = card.contains(document.activeElement);
  card.open = false;
  if (wasInside) card.querySelector("summary").focus();
});

let waits = null;
function wake() {
  clearTimeout(waits);
  const until = Date.parse(document.querySelector("[data-until]")?.dataset.until ?? "");
  if (Number.isNaN(until)) return;
  waits = setTimeout(() => { for (const id of ["own-phone", "call-pop"]) document.getElementById(id)?.liveRegion?.ask(); }, Math.max(500, until - Date.now() + 500));
}
wake();
document.addEventListener("htmx:afterRequest", () => setTimeout(wake, 0));
