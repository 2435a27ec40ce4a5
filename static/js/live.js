/* Live pages by server-sent events. The protocol, all of it in attributes:

   <section data-live-url="/events/?topic=queue" data-live-refresh="/desk/queue/rows/">   a live region; needs both
     <tbody id="queue-rows" data-live-rows>      a ranked list; every child needs an id; rows never move under pointer or focus
       <tr id="t-2026-000123"> <td data-live-position>4</td> ...        data-live-position: a place; its change alone is no news
       <tr id="group-without" data-live-quiet>                          data-live-quiet: moves without being marked or counted
     <p id="queue-note" data-live-part>          any other part to bring up to date
   A region with neither rows nor parts is brought up to date as a whole (the portal's position card).
   data-live-say="text" on an element: the text is announced when it has changed.

   The fragment at data-live-refresh is fetched by htmx (HX-Request, GET, swap "none"). It holds the elements with the same ids
   as rows and parts (for a single list: its bare rows are enough), or the region itself. hx-swap-oob elements beside them
   work as usual (counts in the sidebar, say).

   Events of the stream, the name is what counts:
     changed    something of the topics in its data changed: refetch (at once, then at most every 400 ms)
     degraded   the server lost its live source: say so, poll every 5 s
     recovered  it is back
     ping       sent every 15 s or so; once one was seen, 45 s of silence count as a lost connection
   The topics in the data of "changed" say which regions are refetched: all regions of a page share one connection, which asks for
   all of their topics. Comments are ignored. A page in the background closes its stream
   after 30 s (browsers allow six per host) and catches up when it is looked at again. Whenever a stream opens, its regions are
   refetched: nothing that happened before can be missed.

   State: <html data-live="connecting | live | degraded | offline">; components/live_indicator.html and banner_live.html show it. */
import { say, word } from "./words.js";
import { patch, patchChildren } from "./patch.js";
import { Rows } from "./rows.js";

const GAP = 400;
const POLL = 5000;
const SILENCE = 45000;
const BACKGROUND = 30000;
const GRACE = 3000;
const SAY_EVERY = 3000;
const ANSWER = 10000; // a refetch that hangs is given up and asked for again

class Region {
  constructor(element) {
    this.element = element;
    this.url = element.dataset.liveRefresh;
    this.lastAt = 0;
    this.isFetching = false;
    this.isWanted = false;
    this.lists = new Map();
    this.pending = pendingButton(() => { for (const rows of this.lists.values()) rows.show(); });
    for (const list of element.querySelectorAll("[data-live-rows]")) this.addList(list);
    element.addEventListener("htmx:beforeSwap", (event) => {
      const { requestConfig, shouldSwap, xhr } = event.detail;
      // The sidebar was put in anew while this was under way: the region that took its place asks for itself.
      if (!element.isConnected) event.detail.shouldSwap = false;
      else if (requestConfig.elt === element && shouldSwap && xhr.status === 200) this.receive(event.detail.serverResponse);
    });
    element.addEventListener("htmx:configRequest", (event) => {
      if (event.detail.elt === element) event.detail.timeout = ANSWER;
    });
    element.addEventListener("htmx:afterRequest", (event) => {
      if (event.target === element) this.finish(event.detail.successful, event.detail.xhr.status > 0);
    });
  }

  addList(list) {
    const held = (n) => this.pending.show(list, n);
    this.lists.set(list.id, new Rows(list, { onHeld: held, onShown: announce }));
  }

  /** Refetch: at once, while one is under way once more after it, never twice within the gap. */
  ask() {
    if (this.isFetching || this.timer) { this.isWanted = true; return; }
    const wait = this.lastAt + GAP - Date.now();
    if (wait > 0) this.timer = setTimeout(() => { this.timer = null; this.fetch(); }, wait);
    else this.fetch();
  }

  fetch() {
    if (!this.element.isConnected || !window.htmx) return;
    this.isFetching = true;
    this.isWanted = false;
    this.lastAt = Date.now();
    window.htmx.ajax("GET", this.element.dataset.liveRefresh, { source: this.element, target: this.element, swap: "none", headers: { "X-By-Itself": "1" } })
      ?.catch?.(() => this.finish(false));
  }

  finish(isGood, isReached = false) {
    if (!this.isFetching) return;
    this.isFetching = false;
    this.hasFailed = !isGood;
    this.stream.heardFromServer(isGood, isReached);
    if (this.isWanted) this.ask();
  }

  receive(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const fresh = holder.content;
    for (const part of this.element.querySelectorAll("[data-live-part][id]")) this.update(part, fresh);
    for (const [id, rows] of this.lists) {
      const list = find(fresh, id) ?? (this.lists.size === 1 && isBareRows(fresh) ? fresh : null);
      if (list) rows.take(list);
    }
    if (!this.lists.size && !this.element.querySelector("[data-live-part]")) this.update(this.element, fresh);
  }

  update(part, fresh) {
    const source = find(fresh, part.id);
    if (!source) return;
    const said = sayings(part);
    const before = part.textContent;
    if (part === this.element) patchChildren(part, source);
    else patch(part, source);
    const news = sayings(part).filter((text) => !said.includes(text));
    if (news.length) say(news.join(" "));
    if (part.textContent !== before && news.length) flash(part);
  }
}

class Stream {
  constructor(path) {
    this.path = path;
    this.topics = new Set();
    this.regions = [];
    this.state = "connecting";
    this.retry = 1000;
    this.isDegraded = false;
  }

  /** Take a region in. One that asks for what is not heard yet has the stream opened anew, once for all that come together. */
  add(region, topics) {
    region.stream = this;
    region.topics = topics;
    this.regions.push(region);
    const isNew = topics.some((topic) => !this.topics.has(topic));
    for (const topic of topics) this.topics.add(topic);
    if (!isNew) return;
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.open(), 0);
  }

  open() {
    this.close();
    const source = new EventSource(`${this.path}?${new URLSearchParams([...this.topics].map((topic) => ["topic", topic]))}`);
    this.source = source;
    source.addEventListener("open", () => { this.retry = 1000; this.heard(); this.settle(); this.refresh(); });
    source.addEventListener("changed", (event) => { this.heard(); this.refresh(topicsOf(event.data)); });
    source.addEventListener("ping", () => { this.pings = true; this.heard(); });
    source.addEventListener("degraded", () => { this.isDegraded = true; this.heard(); this.settle(); });
    source.addEventListener("recovered", () => { this.isDegraded = false; this.heard(); this.settle(); this.refresh(); });
    source.addEventListener("error", () => this.lost());
  }

  close() {
    clearTimeout(this.soon);
    this.source?.close();
    this.source = null;
    clearTimeout(this.again);
    clearTimeout(this.silence);
  }

  heard() {
    clearTimeout(this.silence);
    clearTimeout(this.grace);
    this.grace = null;
    if (this.pings) this.silence = setTimeout(() => { this.lost(); this.open(); }, SILENCE);
  }

  lost() {
    this.grace ??= setTimeout(() => this.become("degraded"), GRACE);
    if (this.source?.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.again);
    this.again = setTimeout(() => this.open(), this.retry * (0.7 + Math.random() * 0.6));
    this.retry = Math.min(this.retry * 2, 30000);
  }

  settle() { this.become(this.isDegraded ? "degraded" : "live"); }

  become(state) {
    clearInterval(this.poll);
    if (state !== "live") this.poll = setInterval(() => this.refresh(), POLL);
    if (this.state !== "connecting" && this.state !== "live" && state === "live") say(word("live"));
    this.state = state;
    showState();
  }

  /** A refetch arrived or failed: tells a lost stream from a lost connection, and asks again until one arrives. */
  heardFromServer(isGood, isReached) {
    if (!isGood && !isReached && this.state !== "live") this.mode("offline");
    else if (!isGood && this.state !== "degraded") { this.hasFailed = true; this.become("degraded"); }
    else if (isGood && this.hasFailed && this.source?.readyState === EventSource.OPEN) {
      this.hasFailed = this.regions.some((region) => region.hasFailed && region.element.isConnected);
      if (!this.hasFailed) this.settle();
    }
    else if (isGood && this.state === "offline") this.mode("degraded");
  }

  mode(state) { this.state = state; showState(); }

  /** Have regions refetched: those of these topics, without topics all of them. */
  refresh(topics = null) {
    this.regions = this.regions.filter((region) => region.element.isConnected);
    for (const region of this.regions) if (!topics || region.topics.some((topic) => topics.has(topic))) region.ask();
    if (this.regions.length) return;
    clearInterval(this.poll);
    this.close();
    streams.delete(this.path);
  }
}

/** The topics that a "changed" names; null (which is all) where it names none. */
function topicsOf(data) {
  try { const { topics } = JSON.parse(data); return topics ? new Set(topics) : null; } catch { return null; }
}

const streams = new Map();

function start(root = document) {
  for (const element of root.querySelectorAll("[data-live-url][data-live-refresh]")) {
    if (element.liveRegion) continue;
    const region = new Region(element);
    element.liveRegion = region;
    const url = new URL(element.dataset.liveUrl, location.href);
    const stream = streams.get(url.pathname) ?? new Stream(url.pathname);
    streams.set(url.pathname, stream);
    stream.add(region, url.searchParams.getAll("topic"));
  }
  if (streams.size) showState();
}

function showState() {
  const order = ["live", "connecting", "degraded", "offline"];
  const worst = [...streams.values()].map((stream) => stream.state).sort((a, b) => order.indexOf(b) - order.indexOf(a))[0];
  document.documentElement.dataset.live = worst;
  for (const banner of document.querySelectorAll("[data-live-banner] > [data-when]")) {
    const wasHidden = banner.hidden;
    banner.hidden = banner.dataset.when !== worst;
    if (wasHidden !== banner.hidden) document.dispatchEvent(new CustomEvent("live:state", { detail: worst }));
  }
}

let unsaid = 0;
let saidAt = 0;
let sayTimer = null;
function announce(changes) {
  unsaid += changes;
  sayTimer ??= setTimeout(() => {
    say(word("changed", unsaid));
    [unsaid, saidAt, sayTimer] = [0, Date.now(), null];
  }, Math.max(250, saidAt + SAY_EVERY - Date.now()));
}

function pendingButton(onClick) {
  let holder = null;
  return {
    show(list, n) {
      if (!n) { holder?.remove(); holder = null; return; }
      if (!holder) {
        holder = document.createElement("div");
        holder.className = "pending";
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn btn-primary";
        button.dataset.key = ".";
        button.addEventListener("click", onClick);
        holder.append(button);
        (list.closest("table") ?? list).before(holder);
      }
      holder.firstElementChild.textContent = word("pending", n);
    },
  };
}

function find(fragment, id) { return id ? fragment.querySelector(`#${CSS.escape(id)}`) : null; }

function isBareRows(fragment) { return /^(TR|LI|ARTICLE|DETAILS)$/.test(fragment.firstElementChild?.nodeName ?? ""); }

function sayings(part) {
  return [part, ...part.querySelectorAll("[data-live-say]")].map((element) => element.dataset?.liveSay).filter(Boolean);
}

function flash(part) {
  part.classList.remove("is-changed");
  void part.offsetWidth;
  part.classList.add("is-changed");
  setTimeout(() => part.classList.remove("is-changed"), 4000);
}

let asleep = null;
document.addEventListener("visibilitychange", () => {
  clearTimeout(asleep);
  if (document.hidden) asleep = setTimeout(() => { for (const stream of streams.values()) stream.close(); }, BACKGROUND);
  else for (const stream of streams.values()) { if (!stream.source) stream.open(); else stream.refresh(); }
});
window.addEventListener("pagehide", () => { for (const stream of streams.values()) stream.close(); });
window.addEventListener("pageshow", (event) => { if (event.persisted) for (const stream of streams.values()) stream.open(); });
window.addEventListener("online", () => { for (const stream of streams.values()) stream.open(); });
window.addEventListener("offline", () => { for (const stream of streams.values()) stream.become("offline"); });
document.addEventListener("htmx:load", (event) => start(event.target.parentElement ?? document));
start();
