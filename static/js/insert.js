// Puts into the reply what the server has made of an article: <template data-reply-insert> in an answer, written at the cursor.
import { say, word } from "./words.js";

let place = null;
document.addEventListener("selectionchange", () => {
  const field = document.activeElement;
  if (field?.matches?.("#composer textarea")) place = [field.selectionStart, field.selectionEnd];
});

function insert(words) {
  const field = document.querySelector("#composer textarea");
  const [from, to] = place ?? [field.value.length, field.value.length];
  const before = field.value.slice(0, from).trimEnd();
  const text = `${before ? "\n\n" : ""}${words}\n`;
  field.setRangeText(text, before.length, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
  say(word("inserted"));
}

function take(root) {
  const found = root.querySelector?.("template[data-reply-insert]");
  if (!found) return;
  const words = found.content.textContent;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  document.getElementById("dialog-slot").replaceChildren();
  insert(words);
}

document.addEventListener("htmx:afterSwap", (event) => take(event.target));
