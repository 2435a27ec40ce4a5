// Appearance: runs in <head> before the first paint, so that nothing flashes. A classic script, not a module.
// data-js on <html> says that scripts run; data-theme ("light" | "dark" | absent: as the system) overrides the system.
(() => {
  const root = document.documentElement;
  const KEY = "vorrang.theme";
  root.dataset.js = "";

  const stored = () => {
    try { return localStorage.getItem(KEY) ?? ""; } catch { return ""; }
  };
  const apply = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const button of document.querySelectorAll("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === theme));
    }
  };

  apply(stored());
  document.addEventListener("DOMContentLoaded", () => apply(stored()));
  window.addEventListener("storage", (event) => { if (event.key === KEY) apply(stored()); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-set]");
    if (!button) return;
    try { localStorage.setItem(KEY, button.dataset.themeSet); } catch { /* private mode: for this page only */ }
    apply(button.dataset.themeSet);
  });
})();
