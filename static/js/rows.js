// Merges a fresh copy of a ranked list into the page. Rows are matched by id. A row never moves while somebody is in the
// list: contents are brought up to date at once, but what would shift rows (new, moved, gone) is held until they leave or ask.
import { adopt, patch } from "./patch.js";

const MARK_FOR = 4000;

/** One live list. `fresh` copies come through `take`; `onHeld(n)` hears how many changes wait, `onShown(n)` how many came. */
export class Rows {
  constructor(list, { onHeld, onShown }) {
    this.list = list;
    this.onHeld = onHeld;
    this.onShown = onShown;
    this.held = null;
    this.pointerInside = false;
    list.addEventListener("pointerenter", (event) => { this.pointerInside = event.pointerType !== "touch"; });
    list.addEventListener("pointerleave", () => { this.pointerInside = false; this.releaseSoon(); });
    list.addEventListener("focusout", () => this.releaseSoon());
    document.addEventListener("selectionchange", () => { if (this.held) this.releaseSoon(); });
  }

  /** Merge now, or hold what would move rows. */
  take(fresh) {
    const wanted = byId(fresh);
    const current = byId(this.list);
    const appendOnly = [...current.keys()].every((id, at) => [...wanted.keys()][at] === id);
    if (this.isBusy() && !appendOnly) this.hold(fresh, current, wanted);
    else this.show(fresh);
  }

  /** Somebody points, focuses or selects inside. */
  isBusy() {
    const selection = document.getSelection();
    const selects = selection && !selection.isCollapsed && selection.containsNode(this.list, true);
    return this.pointerInside || this.list.contains(document.activeElement) || selects;
  }

  hold(fresh, current, wanted) {
    this.held = fresh;
    let count = 0;
    const kept = [...current.keys()].filter((id) => wanted.has(id));
    const steady = longestRise(kept.map((id) => [...wanted.keys()].indexOf(id)));
    count += kept.length - steady.size;
    for (const [id, row] of current) {
      row.classList.toggle("is-gone", !wanted.has(id));
      if (!wanted.has(id)) { count += 1; continue; }
      if (signature(row) !== signature(wanted.get(id))) mark(row);
      patch(row, wanted.get(id), (node) => node.nodeType === Node.ELEMENT_NODE && node.hasAttribute("data-live-position"));
    }
    count += [...wanted.keys()].filter((id) => !current.has(id)).length;
    this.onHeld(count);
  }

  /** Bring the list to the fresh state, keeping the scroll position and the focus. */
  show(fresh = this.held) {
    if (!fresh) return;
    this.held = null;
    const focused = this.list.contains(document.activeElement) ? document.activeElement : null;
    const anchor = scrollAnchor(this.list);
    const changes = this.merge(fresh);
    anchor?.();
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
    this.onHeld(0);
    if (changes) this.onShown(changes);
  }

  merge(fresh) {
    const wanted = byId(fresh);
    const current = byId(this.list);
    let changes = 0;
    for (const [id, row] of current) {
      if (!wanted.has(id)) { row.remove(); changes += 1; }
    }
    const kept = [...current.keys()].filter((id) => wanted.has(id));
    const order = [...wanted.keys()];
    const steady = longestRise(kept.map((id) => order.indexOf(id)));
    const moved = new Set(kept.filter((_, at) => !steady.has(at)));
    const steadyFrom = (row) => { while (row && moved.has(row.id)) row = row.nextElementSibling; return row; };
    let before = steadyFrom(this.list.firstElementChild);
    for (const [id, source] of wanted) {
      const row = current.get(id) ?? adopt(source);
      const isNew = !current.has(id);
      const differs = isNew || moved.has(id) || signature(row) !== signature(source);
      if (!isNew) { row.classList.remove("is-gone"); patch(row, source); }
      if (row === before) before = steadyFrom(row.nextElementSibling);
      else this.list.insertBefore(row, before);
      if (differs && !row.matches("[data-live-quiet]")) { mark(row); changes += 1; }
    }
    return changes;
  }

  releaseSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { if (this.held && !this.isBusy()) this.show(); }, 300);
  }
}

function byId(list) {
  const rows = [...list.children].filter((row) => row.id && !row.hasAttribute("hx-swap-oob"));
  return new Map(rows.map((row) => [row.id, row]));
}

/** What counts as a change worth marking: the text and data of a row, without its place and without running times. */
function signature(row) {
  const copy = row.cloneNode(true);
  for (const part of copy.querySelectorAll("[data-live-position]")) part.remove();
  for (const time of copy.querySelectorAll("time[data-relative]")) time.textContent = "";
  return [copy.textContent.replace(/\s+/g, " "), ...Object.values(row.dataset)].join("\u0000");
}

function mark(row) {
  row.classList.remove("is-changed");
  void row.offsetWidth;
  row.classList.add("is-changed");
  clearTimeout(Number(row.markTimer));
  row.markTimer = setTimeout(() => row.classList.remove("is-changed"), MARK_FOR);
}

/** Indexes of a longest rising run: the rows that can stay where they are while the others move around them. */
function longestRise(values) {
  const tails = [];
  const before = new Array(values.length).fill(-1);
  values.forEach((value, at) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[tails[middle]] < value) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before[at] = tails[low - 1];
    tails[low] = at;
  });
  const steady = new Set();
  for (let at = tails.at(-1) ?? -1; at >= 0; at = before[at]) steady.add(at);
  return steady;
}

/** Remembers the first visible row; calling the result scrolls so that it stands where it stood. */
function scrollAnchor(list) {
  if (window.scrollY === 0) return null;
  const head = list.closest("table")?.querySelector("th")?.getBoundingClientRect().bottom ?? 0;
  const row = [...list.children].find((child) => child.getBoundingClientRect().top >= Math.max(0, head));
  if (!row) return null;
  const top = row.getBoundingClientRect().top;
  return () => { if (row.isConnected) window.scrollBy(0, row.getBoundingClientRect().top - top); };
}
