// Why a row stands where it stands: over its place while the pointer rests there. Asked for once per row and place; focus shows
// the same sentence in the panel. <table data-why-url="/desk/peek/">; goes with Escape, stays while the pointer is on it.
const REST = 200;
const LEAVE = 150;
const known = new Map();
const tip = document.createElement("div");
tip.className = "why";
tip.setAttribute("role", "tooltip");
tip.hidden = true;
let timer = null;

function hide() { clearTimeout(timer); tip.hidden = true; }

async function reasonOf(row, url) {
  const key = row.id + row.querySelector("[data-live-position]").textContent;
  if (!known.has(key)) {
    const answer = await fetch(`${url}?number=${row.id.slice(2)}&fragment=reason`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) return null;
    known.set(key, await answer.text());
  }
  const holder = document.createElement("template");
  holder.innerHTML = known.get(key);
  return holder.content;
}

async function show(cell, url) {
  const reason = await reasonOf(cell.parentElement, url).catch(() => null);
  if (!reason || !cell.isConnected || !cell.matches(":hover")) return;
  const place = cell.getBoundingClientRect();
  tip.replaceChildren(reason);
  tip.hidden = false;
  const isLow = place.bottom + tip.offsetHeight + 8 > window.innerHeight;
  tip.style.top = `${isLow ? place.top - tip.offsetHeight - 2 : place.bottom + 2}px`;
  tip.style.left = `${place.left + 8}px`;
}

for (const list of document.querySelectorAll("[data-why-url]")) {
  document.body.append(tip);
  list.addEventListener("pointerover", (event) => {
    const cell = event.pointerType === "touch" ? null : event.target.closest("td[data-live-position]");
    if (!cell) return;
    clearTimeout(timer);
    timer = setTimeout(() => show(cell, list.dataset.whyUrl), REST);
  });
  list.addEventListener("pointerout", (event) => {
    if (!event.target.closest("td[data-live-position]")) return;
    clearTimeout(timer);
    timer = setTimeout(hide, LEAVE);
  });
}
tip.addEventListener("pointerenter", () => clearTimeout(timer));
tip.addEventListener("pointerleave", hide);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
document.addEventListener("scroll", hide, { passive: true });
