// Native dialogs. data-dialog-open="<id>" opens (its href is the way without scripts), data-dialog-close closes,
// data-dialog-show on a <dialog> opens it as soon as the page is there (a refused form is shown again).
function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.querySelector("[autofocus], textarea, input:not([type=hidden]), select")?.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  const dialog = opener && document.getElementById(opener.dataset.dialogOpen);
  if (dialog) {
    event.preventDefault();
    opener.closest("details.menu")?.removeAttribute("open");
    open(dialog);
    return;
  }
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
  else if (event.target.matches?.("dialog")) event.target.close();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    const isChosen = menu.contains(event.target.closest?.(".menu-item"));
    if (isChosen) menu.querySelector("summary").focus();
    if (isChosen || !menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

function showMarked(root) {
  for (const dialog of root.querySelectorAll("dialog[data-dialog-show]")) open(dialog);
}
showMarked(document);
document.addEventListener("htmx:load", (event) => showMarked(event.target.parentElement ?? document));
