// Forms: drafts that survive a closed tab, no double submit, flash messages that can be closed.
//   <textarea or input data-draft-key="reply:2026-000123">   kept per user in localStorage while typing, brought back into an empty field
//   data-draft-with="is_internal" on it: the choice of these radios is kept with the text
//   a draft is dropped when the server has accepted it: an htmx answer below 400, or a following page with a success flash
//   (components/messages.html) or an element data-draft-done="<key>"
//   <form data-sign-out>   drafts of whoever signs out leave this device
//   an element that loads itself (hx-trigger="load, retry") with [data-failed] inside shows that when nothing comes; [data-retry] asks again
//   <form data-many>   may be submitted again while one submit is under way (search forms: GET is never locked)
import { tell, word } from "./words.js";

const PREFIX = `vorrang.draft.${document.body.dataset.user ?? ""}.`;
const SENT = "vorrang.drafts-sent";
const KEEP_FOR = 14 * 86400 * 1000;
const SUCCESS_STAYS = 8000;

function stored(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + key) ?? "null");
    return draft && Date.now() - draft.at < KEEP_FOR ? draft : null;
  } catch { return null; }
}

/** The radios whose choice belongs to a text: a note must not come back as a reply. */
function choices(field) { return field.form?.elements[field.dataset.draftWith ?? ""]; }

function keep(field) { store(field.dataset.draftKey, field.value, choices(field)?.value); }

function store(key, text, choice = "") {
  try {
    if (text.trim()) localStorage.setItem(PREFIX + key, JSON.stringify({ text, choice, at: Date.now() }));
    else localStorage.removeItem(PREFIX + key);
  } catch { /* storage full or refused: typing goes on */ }
}

function forgetAll() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  } catch { /* nothing can be kept here either */ }
}

function sentKeys() {
  try { return JSON.parse(sessionStorage.getItem(SENT) ?? "[]"); } catch { return []; }
}

/** Only for a page that has just come: one that is about to go may be refreshed after its form was sent. */
function dropSent() {
  if (document.querySelector('[data-flash="success"]')) for (const key of sentKeys()) store(key, "");
  try { sessionStorage.removeItem(SENT); } catch { /* nothing was sent then */ }
}

function dropDone() {
  for (const done of document.querySelectorAll("[data-draft-done]")) store(done.dataset.draftDone, "");
}

function restore(root) {
  for (const field of root.querySelectorAll("[data-draft-key]")) {
    if (field.dataset.draftReady) continue;
    field.dataset.draftReady = "1";
    const draft = stored(field.dataset.draftKey);
    field.addEventListener("input", () => keepSoon(field));
    for (const radio of choices(field) ?? []) radio.addEventListener("change", () => keepSoon(field));
    if (!draft && field.value !== field.defaultValue) keepSoon(field);  // typed before this script was there
    if (!draft || field.value.trim()) continue;
    field.value = draft.text;
    if (draft.choice) choices(field).value = draft.choice;
    if (field.matches("textarea")) field.after(restoredNote(field));
  }
}

function restoredNote(field) {
  const note = document.createElement("p");
  note.className = "draft-note";
  note.setAttribute("role", "status");
  const discard = document.createElement("button");
  discard.type = "button";
  discard.textContent = word("draft-discard");
  discard.addEventListener("click", () => { field.value = ""; store(field.dataset.draftKey, ""); note.remove(); field.focus(); });
  note.append(word("draft-restored"), discard);
  return note;
}

const timers = new WeakMap();
let leaving = false;
function keepSoon(field) {
  clearTimeout(timers.get(field));
  timers.set(field, setTimeout(() => { if (!leaving) keep(field); }, 300));
}

function keepNow(form) {
  const fields = [...form.querySelectorAll("[data-draft-key]")];
  for (const field of fields) { clearTimeout(timers.get(field)); keep(field); }
  return fields.map((field) => field.dataset.draftKey);
}

function submits(form) {
  return [...form.elements, ...document.querySelectorAll(`button[form="${CSS.escape(form.id || " ")}"]`)]
    .filter((control) => control.type === "submit");
}

function lock(form) {
  setTimeout(() => { for (const button of submits(form)) { button.disabled = true; button.dataset.busy = ""; } });
}

export function unlock(form) {
  for (const button of submits(form)) {
    if ("busy" in button.dataset) { button.disabled = false; delete button.dataset.busy; }
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const isHtmx = form.matches("[hx-post]");
  if ((event.defaultPrevented && !isHtmx) || form.method !== "post") return;
  if ("signOut" in form.dataset) { leaving = true; forgetAll(); }
  const keys = keepNow(form);
  if (keys.length && !isHtmx) try { sessionStorage.setItem(SENT, JSON.stringify(keys)); } catch { /* draft stays, no harm */ }
  if (!("many" in form.dataset)) lock(form);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (!form) return;
  unlock(form);
  if (event.detail.successful) {
    for (const field of form.querySelectorAll("[data-draft-key]")) {
      store(field.dataset.draftKey, "");
      if (field.isConnected) field.parentElement.querySelector(".draft-note")?.remove();
    }
  }
});
function showFailed(element) {
  const failed = element.querySelector?.("[data-failed]");
  if (!failed) return false;
  for (const part of element.children) part.hidden = part !== failed;
  failed.setAttribute("role", "alert");
  return true;
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-retry]");
  if (!button) return;
  const failed = button.closest("[data-failed]");
  for (const part of failed.parentElement.children) part.hidden = part === failed;
  window.htmx.trigger(failed.parentElement, "retry");
});
document.addEventListener("htmx:sendError", (event) => { if (!event.target.liveRegion && !showFailed(event.target)) tell(word("failed")); });
document.addEventListener("htmx:responseError", (event) => {
  if (event.target.liveRegion || event.detail.xhr.status === 422 || showFailed(event.target)) return;
  tell(word(event.detail.xhr.status === 403 ? "forbidden" : "failed"));
});
window.addEventListener("pageshow", () => { for (const form of document.forms) unlock(form); });

function fade(flash) {
  if (flash.dataset.flash !== "success" || flash.dataset.fading || !flash.closest(".toasts")) return;
  flash.dataset.fading = "1";
  const leave = () => { if (flash.matches(":hover, :focus-within")) setTimeout(leave, 2000); else flash.remove(); };
  setTimeout(leave, SUCCESS_STAYS);
}
document.addEventListener("click", (event) => event.target.closest("[data-flash-close]")?.closest(".flash")?.remove());

function ready(root) {
  restore(root);
  for (const flash of root.querySelectorAll("[data-flash]")) fade(flash);
}
dropSent();
dropDone();
ready(document);
document.addEventListener("htmx:load", (event) => { if (event.target.querySelectorAll) { dropDone(); ready(event.target.parentElement ?? document); } });
document.addEventListener("htmx:oobAfterSwap", () => ready(document));
