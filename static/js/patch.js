// Brings an element to the state of a fresh copy of it, touching only what differs, so that focus, open <details>,
// text selection and running transitions stay. Siblings with ids are matched by id, all others by their place.
const KEPT_CLASSES = ["is-changed", "is-gone", "is-current"];
const KEPT_ATTRIBUTES = new Set(["title", "data-restored"]);

/** Make `old` like `fresh`. `skip(node)` true leaves a node as it is. */
export function patch(old, fresh, skip = () => false) {
  if (skip(old)) return;
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    old.replaceWith(adopt(fresh));
    return;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) return;
  if (isWordedTime(old) && old.dateTime === fresh.dateTime && old.className === fresh.className) return;
  if (old.nodeName === "TIME" && old.dateTime !== fresh.dateTime) old.removeAttribute("title");
  patchAttributes(old, fresh);
  patchChildren(old, fresh, skip);
}

/** Children of `old` become like those of `fresh`. */
export function patchChildren(old, fresh, skip = () => false) {
  const named = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  let cursor = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const match = wanted.id ? named.get(wanted.id) : cursor?.id ? null : cursor;
    if (!match) {
      old.insertBefore(adopt(wanted), cursor);
      continue;
    }
    if (match !== cursor) old.insertBefore(match, cursor);
    cursor = match.nextSibling;
    patch(match, wanted, skip);
  }
  while (cursor) {
    const next = cursor.nextSibling;
    if (!skip(cursor)) cursor.remove();
    cursor = next;
  }
}

/** A copy of a fresh node for this document, known to htmx. */
export function adopt(fresh) {
  const copy = document.importNode(fresh, true);
  if (copy.nodeType === Node.ELEMENT_NODE) requestAnimationFrame(() => window.htmx?.process(copy));
  return copy;
}

function patchAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !KEPT_ATTRIBUTES.has(name) && !name.startsWith("aria-current") && name !== "open") {
      old.removeAttribute(name);
    }
  }
  for (const { name, value } of fresh.attributes) {
    if (name === "open" || (name === "title" && isWordedTime(old))) continue;
    const wanted = name === "class" ? withKept(value, old) : value;
    if (old.getAttribute(name) !== wanted) old.setAttribute(name, wanted);
  }
}

function withKept(classes, old) {
  return [classes, ...KEPT_CLASSES.filter((name) => old.classList.contains(name))].join(" ");
}

function isWordedTime(node) {
  return node.nodeName === "TIME" && node.hasAttribute("data-relative");
}
