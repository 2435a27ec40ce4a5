// Files on their way: <form data-upload> with chosen files is sent by script, so that one sees how far it is.
//   [data-upload-progress] in the form: hidden until then; holds a <progress>, [data-upload-words] (data-sending with {n},
//   data-sent) and [data-upload-cancel]
// The server answers 201 with the address to go on to (lib/uploads.py), or 422 with the page: its form replaces this one,
// and files that were not the fault stay chosen. Without scripts, or without files, the form is sent as any other.
import { unlock } from "./forms.js";
import { tell, word } from "./words.js";

const CREATED = 201;
const REFUSED = 422;
const TOO_LARGE = 413;

const fileInputs = (form) => [...form.querySelectorAll("input[type=file][name]")];
const hasFiles = (form) => fileInputs(form).some((input) => input.files.length);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !("upload" in form.dataset) || !hasFiles(form)) return;
  event.preventDefault();
  send(form, new FormData(form, event.submitter));
});

function send(form, data) {
  const request = new XMLHttpRequest();
  const panel = new Panel(form, () => request.abort());
  request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) panel.show(event.loaded / event.total); });
  request.upload.addEventListener("load", () => panel.show(1));
  request.addEventListener("load", () => finish(form, request, panel));
  for (const kind of ["error", "timeout"]) request.addEventListener(kind, () => stop(form, panel, word("failed")));
  request.addEventListener("abort", () => stop(form, panel, ""));
  request.open("POST", form.action);
  request.setRequestHeader("X-Upload", "1");
  request.send(data);
}

function finish(form, request, panel) {
  const next = request.getResponseHeader("Location");
  if (request.status === CREATED && next) goTo(new URL(next, location.href));
  else if (request.status === REFUSED) replace(form, request.responseText);
  else stop(form, panel, failure(request.status));
}

function failure(status) {
  if (status === TOO_LARGE) return word("too-large");
  return word(status === 403 ? "forbidden" : "failed");
}

/** An address that differs only behind the # would not load anew. */
function goTo(url) {
  const isHere = url.pathname === location.pathname && url.search === location.search;
  if (!isHere) { location.assign(url); return; }
  history.replaceState(null, "", url);
  location.reload();
}

function stop(form, panel, text) {
  panel.hide();
  unlock(form);
  if (text) tell(text);
}

/** Put the refused form in the place of the sent one, with the files that were chosen. */
function replace(form, page) {
  const fresh = new DOMParser().parseFromString(page, "text/html");
  const refused = fresh.getElementById(form.id);
  if (!refused) { location.reload(); return; }
  document.title = fresh.title;
  const kept = fileInputs(form);
  const marker = document.importNode(refused, true);
  for (const input of kept) {
    const empty = fileInputs(marker).find((one) => one.name === input.name);
    if (empty && empty.getAttribute("aria-invalid") !== "true") empty.replaceWith(input);
  }
  form.replaceWith(marker);
  window.htmx?.process(marker);
  marker.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  const alert = marker.querySelector("[role=alert]") ?? marker;
  alert.tabIndex = -1;
  alert.focus();
}

/** How far it is, for the eye at once and for the ear in quarters. */
class Panel {
  constructor(form, cancel) {
    this.panel = form.querySelector("[data-upload-progress]");
    this.bar = this.panel?.querySelector("progress");
    this.words = this.panel?.querySelector("[data-upload-words]");
    const button = this.panel?.querySelector("[data-upload-cancel]");
    if (button) button.onclick = cancel;
    this.show(0);
    if (this.panel) this.panel.hidden = false;
  }

  show(share) {
    if (!this.panel) return;
    const percent = Math.floor(share * 100);
    this.bar.value = percent;
    const quarter = Math.floor(share * 4) * 25;
    const text = share >= 1 ? this.words.dataset.sent : this.words.dataset.sending.replace("{n}", String(quarter));
    if (this.words.textContent !== text) this.words.textContent = text;
  }

  hide() { if (this.panel) this.panel.hidden = true; }
}
