// Words for times: <time datetime="..." data-relative="ago | elapsed | due | ticking">, renewed every 30 s (ticking: 1 s); the exact time in the company's
// zone goes into the title. "elapsed" words spans as the template filter `elapsed` does: 43 min, 1 h 02, 16 h, 3 d (de: 3 T), in 5 min.
import { language } from "./words.js";

const zone = document.documentElement.dataset.timeZone || "Europe/Berlin";
const exact = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: zone });
const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60]];
const GERMAN = language.startsWith("de");
const DAY = GERMAN ? "T" : "d";

function relative(seconds) {
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return ago.format(-Math.trunc(seconds / size), unit);
  }
  return ago.format(0, "second");
}

function elapsed(seconds) {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  return (seconds < 0 && minutes ? "in " : "") + span(minutes);
}

/** A deadline; past it, what holds the time turns late without waiting for the server. */
function due(seconds, time) {
  if (seconds >= 0) time.parentElement.classList.add("due-late");
  const minutes = Math.floor(Math.abs(seconds) / 60);
  if (!minutes) return GERMAN ? "jetzt" : "now";
  if (seconds < 0) return `in ${span(minutes)}`;
  return GERMAN ? `seit ${span(minutes)}` : `${span(minutes)} late`;
}

/** To the second, for calls: 0:42, 12:05, 1:02:09. */
function ticking(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (n) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

const WORDS = { ago: relative, elapsed, due, ticking };

function span(minutes) {
  const hours = Math.floor(minutes / 60);
  if (minutes < 60) return `${minutes} min`;
  if (hours < 10) return `${hours} h ${String(minutes % 60).padStart(2, "0")}`;
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} ${DAY}`;
}

function renew(root = document) {
  for (const time of root.querySelectorAll("time[datetime]")) word(time);
}

function word(time) {
  const moment = new Date(time.dateTime);
  if (Number.isNaN(moment.getTime())) return;
  if (!time.title) time.title = exact.format(moment);
  if (!time.dataset.relative) return;
  const seconds = (Date.now() - moment.getTime()) / 1000;
  const words = (WORDS[time.dataset.relative] ?? relative)(seconds, time);
  if (time.textContent !== words) time.textContent = words;
}

renew();
setInterval(renew, 30000);
setInterval(() => { for (const time of document.querySelectorAll('time[data-relative="ticking"]')) word(time); }, 1000);
document.addEventListener("htmx:load", (event) => { if (event.target.querySelectorAll) renew(event.target); });
