// What scripts say, in the page's language. The words stand in templates/components/words.html.
const source = document.getElementById("ui-words")?.dataset ?? {};
export const language = document.documentElement.lang || "de";
const plural = new Intl.PluralRules(language);

const camel = (key) => key.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

/** The word for `key`; with a number, its singular or plural with {n} filled in. */
export function word(key, n) {
  if (n === undefined) return source[camel(key)] ?? "";
  const form = plural.select(n) === "one" ? "one" : "other";
  return (source[camel(`${key}-${form}`)] ?? "").replace("{n}", String(n));
}

/** Say something to assistive technology, politely. */
export function say(text) {
  const region = document.getElementById("live-status");
  if (!region || !text) return;
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = text; });
}

/** Show a message to everybody, as a server-rendered flash would look; in an open dialog, which covers all else. */
export function tell(text, kind = "error") {
  const dialog = document.querySelector("dialog[open] .dialog-body");
  const area = dialog ?? document.getElementById("toasts");
  if (!area || !text) return;
  dialog?.querySelector(".flash")?.remove();
  const flash = document.createElement("div");
  flash.className = `flash flash-${kind}`;
  flash.setAttribute("role", kind === "error" ? "alert" : "status");
  const line = document.createElement("p");
  line.className = "flash-text";
  line.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "flash-close";
  close.dataset.flashClose = "";
  close.setAttribute("aria-label", word("close"));
  close.textContent = "×";
  flash.append(line, close);
  if (dialog) dialog.prepend(flash);
  else area.append(flash);
}
