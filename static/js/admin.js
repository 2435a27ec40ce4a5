// What unfold's pages lack for a screen reader: a main landmark, names for the fields of table rows and for what scripts add.
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("main")?.setAttribute("role", "main");
  nameAll();
  new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
});

function nameAll() {
  for (const cell of document.querySelectorAll("table td :is(input:not([type=hidden], [type=checkbox]), select, textarea)")) nameByColumn(cell);
  for (const head of document.querySelectorAll("th:empty, th:not(:has(*))")) if (!head.textContent.trim()) head.setAttribute("role", "presentation");
  for (const part of document.querySelectorAll(".select2-container :is([role=combobox], [role=textbox], input):not([aria-label])")) nameBySelect(part);
  document.querySelectorAll(".simplebar-content-wrapper[role=region]").forEach((region, at) => region.setAttribute("aria-label", `${at + 1}`));
}

function nameByColumn(control) {
  if (control.labels?.length || control.hasAttribute("aria-label")) return;
  const cell = control.closest("td");
  const name = textOf(cell.closest("table").querySelector("thead tr")?.cells[cell.cellIndex]);
  if (name) control.setAttribute("aria-label", name);
}

function nameBySelect(part) {
  const select = part.closest(".select2-container").previousElementSibling;
  part.setAttribute("aria-label", textOf(select?.labels?.[0]) || "…");
  part.removeAttribute("aria-labelledby");
}

function textOf(element) { return element?.textContent.trim().replace(/\s+/g, " ") ?? ""; }
