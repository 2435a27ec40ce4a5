// Before a form is sent: files whose names say that they are logs, and long pasted parts of logs, are held by the server
// until we may read them (lib/log_likeness). This says so while there is still time to leave them out; it decides nothing.
//   [data-held-hint] in the form, with data-files ({names}) and data-text; the words go into its [data-held-said]
const NAME = /\.(logs?|log[-_.]?\d[\d._-]*|evtx?|etl|pcap(ng)?|cap|h?dmp|mdmp|hprof|jfr|core|stackdump|crash|trc|nettrace|strace|journal|har)(\.(gz|bz2|xz|zip|zst|7z))?$/i;
const PACKED = /(^|[^a-z])(logs?|dumps?|traces?|syslog|eventlogs?|pcap|sosreport|diagnostics)([^a-z]|$).*\.(zip|7z|rar|tar|tgz|gz|bz2|xz|zst)$/i;
const LINES = [
  /\d{1,2}:\d{2}:\d{2}.*\b(ERROR|WARN(ING)?|INFO|DEBUG|TRACE|FATAL|NOTICE|CRIT(ICAL)?|SEVERE|LOG|FEHLER|WARNUNG)\b/,
  /\d{1,2}:\d{2}:\d{2}.*(\[\d+\]:|"(GET|POST|PUT|HEAD) |\[(error|warn|info|notice|debug)\])/,
  /^\s*(at|bei) [\w.$<>]+\(.*\)/, /^\s*File ".+", line \d+/, /^\[\s*\d+\.\d{6}\] /, /^\s*\{.*"(time|timestamp|ts)".*"(level|msg|message)"/,
  /^[a-z_0-9]+\(.*\)\s+= (-?\d|0x|\?)/, /^(INSERT INTO|COPY .* FROM stdin)/,
];
const FEWEST = 10;
const LONGEST = 400;
const PAUSE = 400;

const isLogLine = (line) => LINES.some((pattern) => pattern.test(line.slice(0, LONGEST)));

function holdsLog(text) {
  let found = 0;
  return text.split("\n").some((line) => isLogLine(line) && ++found >= FEWEST);
}

const named = (form) => [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files])
  .map((file) => file.name).filter((name) => NAME.test(name) || PACKED.test(name));

function look(form) {
  const hint = form.querySelector("[data-held-hint]");
  if (!hint) return;
  const names = named(form);
  const words = [];
  if (names.length) words.push(hint.dataset.files.replace("{names}", names.join(", ")));
  if ([...form.querySelectorAll("textarea")].some((field) => holdsLog(field.value))) words.push(hint.dataset.text);
  const said = hint.querySelector("[data-held-said]");
  const text = words.join(" ");
  if (said.textContent !== text) said.textContent = text;
  said.hidden = !text;
}

let waiting = 0;
document.addEventListener("change", (event) => { if (event.target.matches("input[type=file]")) look(event.target.form); });
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!event.target.matches("textarea") || !form?.querySelector("[data-held-hint]")) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => look(form), PAUSE);
});
for (const hint of document.querySelectorAll("[data-held-hint]")) if (hint.closest("form")) look(hint.closest("form"));
