// Single-key shortcuts of the desk. An element says its own key: data-key="n" is pressed (fields are focused);
// j and k walk over [data-row-link], Enter follows the focused link by itself, ? opens the sheet #shortcuts.
// Not while somebody types, with a modifier, or in a dialog; switched off in the sheet (WCAG 2.1.4), kept in localStorage.
const KEY = "vorrang.keys-off";

const isOff = () => { try { return localStorage.getItem(KEY) === "1"; } catch { return false; } };
const isTyping = (target) => target.isContentEditable || target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select");
const isVisible = (element) => element.checkVisibility?.() ?? true;

function walk(step) {
  const links = [...document.querySelectorAll("[data-row-link]")].filter(isVisible);
  if (!links.length) return;
  const current = links.findIndex((link) => link.closest("tr, li")?.matches(".is-current, :focus-within"));
  const at = current < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(current + step, 0), links.length - 1);
  links[at].focus();
}

function press(key) {
  const target = [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key === key && isVisible(element));
  if (!target || target.disabled) return false;
  if (target.matches("input, textarea, select")) { target.focus(); target.select?.(); }
  else target.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches?.("input[type=search]")) event.target.blur();
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]") || isOff()) return;
  const key = event.key.toLowerCase();
  if (key === "?") document.getElementById("shortcuts")?.showModal();
  else if (key === "j") walk(1);
  else if (key === "k") walk(-1);
  else if (!press(key)) return;
  event.preventDefault();
});

// The row whose details are shown stays marked when the focus goes on to the panel.
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row-link]")?.closest("tr, li");
  if (!row) return;
  for (const other of row.parentElement.querySelectorAll(".is-current")) other.classList.remove("is-current");
  row.classList.add("is-current");
});
// A click beside the link selects the row; a click on the link opens the ticket.
document.addEventListener("click", (event) => {
  const row = event.target.closest?.(".q-row");
  if (row && !event.target.closest("a, button, input") && document.getSelection()?.isCollapsed) {
    row.querySelector("[data-row-link]")?.focus();
  }
});

const toggle = document.querySelector("[data-keys-switch]");
if (toggle) {
  toggle.checked = !isOff();
  toggle.addEventListener("change", () => {
    try { localStorage.setItem(KEY, toggle.checked ? "0" : "1"); } catch { /* for this page only */ }
  });
}
document.getElementById("shortcuts")?.addEventListener("click", (event) => { if (event.target.matches("dialog")) event.target.close(); });
