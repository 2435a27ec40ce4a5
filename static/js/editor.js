// Writing articles: buttons that insert Markdown, a preview that follows, images by paste and drop, drafts that are offered again.
//   [data-editor] around it; [data-markdown] the text; [data-md="bold"] a button; [data-insert="text"] writes that at the cursor
//   [data-upload-url] on the editor takes files and answers {marks: [...]} or {error}; [data-preview="url"] is filled with the preview
//   [data-draft-offer] on a field that is not empty: a kept draft that differs is offered, never brought back unasked
import { say, tell, word } from "./words.js";

const PREVIEW_AFTER = 400;
const editor = document.querySelector("[data-editor]");
const text = editor?.querySelector("[data-markdown]");
const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";

/** Replace the selection as typing would, so that the browser's undo takes it back; the new selection follows. */
function write(value, from = text.selectionStart, to = text.selectionEnd, select = null) {
  text.focus();
  text.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, value)) text.setRangeText(value, from, to, "end");
  if (select) text.setSelectionRange(from + select[0], from + select[1]);
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

function around(mark) {
  const chosen = text.value.slice(text.selectionStart, text.selectionEnd);
  write(mark + chosen + mark, text.selectionStart, text.selectionEnd, [mark.length, mark.length + chosen.length]);
}

/** Put something before each line of the selection, or take it away where all have it. */
function prefix(mark) {
  const from = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
  const ending = text.value.indexOf("\n", text.selectionEnd);
  const to = ending < 0 ? text.value.length : ending;
  const lines = text.value.slice(from, to).split("\n");
  const marks = lines.map((_, at) => (typeof mark === "function" ? mark(at) : mark));
  const hasAll = lines.every((line, at) => line.startsWith(marks[at]));
  write(lines.map((line, at) => (hasAll ? line.slice(marks[at].length) : marks[at] + line)).join("\n"), from, to);
}

const MARKS = {
  bold: () => around("**"),
  italic: () => around("*"),
  code: () => (text.value.slice(text.selectionStart, text.selectionEnd).includes("\n") ? around("\n```\n") : around("`")),
  heading: () => prefix("## "),
  list: () => prefix("- "),
  numbers: () => prefix((at) => `${at + 1}. `),
  link: () => {
    const chosen = text.value.slice(text.selectionStart, text.selectionEnd);
    const start = chosen.length + 3;
    write(`[${chosen}](https://)`, text.selectionStart, text.selectionEnd, chosen ? [start, start + 8] : [1, 1]);
  },
  upload: () => editor.querySelector('input[type="file"]').click(),
};

async function upload(files) {
  if (!files.length || !editor.dataset.uploadUrl) return;
  editor.dataset.busy = "";
  const form = new FormData();
  for (const file of files) form.append("files_to_add", file);
  try {
    const answer = await fetch(editor.dataset.uploadUrl, { method: "POST", body: form, headers: { "X-CSRFToken": token() } });
    const said = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : {};
    if (answer.ok && said.marks) write(said.marks.join("\n\n"));
    else tell(said.error ?? word("failed"));
  } catch { tell(word("failed")); }
  delete editor.dataset.busy;
}

let timer = null;
let asked = 0;
async function preview() {
  const place = editor.querySelector("[data-preview]");
  const form = new FormData();
  form.append("body", text.value);
  form.append("article", place.dataset.article ?? "");
  const mine = ++asked;
  try {
    const answer = await fetch(place.dataset.preview, { method: "POST", body: form, headers: { "X-CSRFToken": token(), "HX-Request": "true" } });
    if (!answer.ok || mine !== asked) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = await answer.text();
    place.replaceChildren(fresh.content);
  } catch { /* the next keystroke asks again */ }
}

function stored(field) {
  try {
    const kept = JSON.parse(localStorage.getItem(`vorrang.draft.${document.body.dataset.user ?? ""}.${field.dataset.draftKey}`) ?? "null");
    return kept?.text ?? "";
  } catch { return ""; }
}

/** A text that was typed here and not saved: shown as an offer beside what is saved. */
function offer(field) {
  const kept = stored(field);
  if (!kept || !field.value.trim() || kept.replaceAll("\r\n", "\n") === field.value.replaceAll("\r\n", "\n")) return;
  const note = document.createElement("p");
  note.className = "draft-note";
  note.setAttribute("role", "status");
  const button = (label, act) => {
    const one = document.createElement("button");
    one.type = "button";
    one.textContent = word(label);
    one.addEventListener("click", () => { act(); note.remove(); field.dispatchEvent(new Event("input", { bubbles: true })); field.focus(); });
    return one;
  };
  note.append(word("draft-offer"), button("draft-take", () => { field.value = kept; }), button("draft-discard", () => {}));
  field.after(note);
}

if (text) {
  for (const field of document.querySelectorAll("[data-draft-offer]")) offer(field);
  for (const part of editor.querySelectorAll("[data-without-js]")) part.hidden = true;
  text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(preview, PREVIEW_AFTER); });
  text.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length && editor.dataset.uploadUrl) { event.preventDefault(); upload(files); }
  });
  text.addEventListener("dragover", (event) => { if ([...event.dataTransfer.types].includes("Files")) event.preventDefault(); });
  text.addEventListener("drop", (event) => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length && editor.dataset.uploadUrl) { event.preventDefault(); upload(files); }
  });
  text.addEventListener("keydown", (event) => {
    const mark = (event.ctrlKey || event.metaKey) && !event.altKey && { b: "bold", i: "italic" }[event.key];
    if (mark) { event.preventDefault(); MARKS[mark](); }
  });
  const chooser = editor.querySelector('input[type="file"]');
  chooser?.closest(".editor-files")?.classList.add("sr-only");
  chooser?.setAttribute("tabindex", "-1");
  chooser?.addEventListener("change", () => { upload([...chooser.files]); chooser.value = ""; });
  document.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-md]");
    if (tool) MARKS[tool.dataset.md]?.();
    const insert = event.target.closest("[data-insert]");
    if (!insert) return;
    insert.closest("dialog")?.close();
    write(insert.dataset.insert);
    say(word("inserted"));
  });
}
