"""What a single line looks like: a log's, a trace's, a dump's, or somebody's words."""

import re

TIMED, LEVEL, TRACE, JSON, SYSTEM, SQL = "timed", "level", "trace", "json", "system", "sql"
BARE, CHAT, PLAIN = "bare", "chat", ""
STRONG = (TIMED, LEVEL, TRACE, JSON, SYSTEM)

_CLOCK = r"\d{1,2}:\d{2}:\d{2}(?:[.,:]\d{1,9})?"
_MONTH = r"(?:Jan|Feb|Mar|Mär|Apr|May|Mai|Jun|Jul|Aug|Sep|Oct|Okt|Nov|Dec|Dez)[a-zä]{0,6}\.?"
_STAMP = re.compile(
    rf"""(?:
    \b\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}[T\x20_,;\t-]{{1,2}}["']?{_CLOCK}
    | \b\d{{1,2}}[./-]\d{{1,2}}[./-](?:\d{{4}}|\d{{2}})[\x20,;\tT]{{1,3}}["']?{_CLOCK}(?:\x20?[AP]M\b)?
    | \b{_MONTH}\x20+\d{{1,2}},?\x20+(?:\d{{4}},?\x20)?{_CLOCK}(?:\x20?[AP]M\b)?
    | \b\d{{1,2}}[/\x20-]{_MONTH}[/\x20-]\d{{4}}[:\x20]{_CLOCK}
    | (?:^|>)\[\x20*\d{{1,7}}\.\d{{3,9}}s?\]
    | ^[IWEF]\d{{4}}\x20{{1,2}}{_CLOCK}
    | ^\d{{2}}-\d{{2}}\x20+{_CLOCK}
    | ^\[?\d{{10}}(?:\.\d{{3,9}})\b
    | ^\[?\d{{13}}\b(?=\s)
    | ^\d{{6,8}}[T\x20]\x20?(?:{_CLOCK}|\d{{6}})
    | ^["'\[(<]{{0,2}}\d{{2}}:\d{{2}}:\d{{2}}(?:[.,]\d{{1,9}})?\b(?!\s*-->)
    )""",
    re.VERBOSE,
)
_LATEST_STAMP = 64
_LEVELS = (
    r"ERROR|ERR|WARN|WARNING|INFO|DEBUG|TRACE|FATAL|NOTICE|CRIT|CRITICAL|SEVERE|CONFIG|FINE|FINER|FINEST|VERBOSE|"
    r"ALERT|EMERG|PANIC|LOG|STATEMENT|DETAIL|HINT|CONTEXT|FEHLER|WARNUNG|SCHWERWIEGEND|HINWEIS|AUDIT|"
    r"INFORMATION|INF|WRN|DBG|FTL|VRB"
)
_WORDED = (
    r"(?:Info|Information|Informationen|INFORMATION|Warning|Warn|Warnung|Error|Fehler|Critical|Kritisch|Fatal|Debug|"
    r"Verbose|Ausführlich|Trace|Notice|Note|System|Success|Erfolg|Severe|Hinweis|info|warn|warning|error|debug|"
    r"trace|fatal|notice|crit|Audit\x20Success|Audit\x20Failure|Überwachung\x20erfolgreich)"
)
_STRONG_SIGN = re.compile(
    rf"""(?:
    (?<![\w.])(?:{_LEVELS})(?![\w.])(?!-)
    | \[(?:[\w.-]{{1,30}}:)?(?:error|warn|warning|info|notice|debug|crit|alert|emerg|trace\d?|fatal)\]
    | (?:^|[\s|\[(])(?:error|warning|info|debug|notice)(?:\(\d\))?[:|\]]
    | \b(?:level|lvl|severity|priority|loglevel)["']?\s?[=:]
    | \b[A-Za-z][\w./@:-]{{1,40}}\[\d{{1,7}}\](?::|\s)
    | \b(?:kernel|systemd|sshd|sudo|cron|CRON|dbus|NetworkManager|postfix/\w+|dovecot)(?:\[\d+\])?:
    | ["\x20](?:GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH|CONNECT|PROPFIND|TRACE)\x20/?\S
    | \bHTTP/[12](?:\.\d)?["\x20]
    | \b(?:\w+\.)*\w*(?:Exception|Error)(?::|\b.*\sat\s)
    | \[[^\]\[]{{0,40}}\b(?:thread|Thread|worker|main|exec|pool|nio|http)[^\]\[]{{0,40}}\]
    | \b(?:IP6?|ARP|UDP|TCP|ICMP6?)[,:\x20].*(?:\x20>\x20|->|who-has|is-at|\x20\d+\.\d+\.\d+\.\d+\x20\d+\.\d+)
    | \b(?:DROP|ALLOW|BLOCK|ACCEPT|DENY)\x20(?:TCP|UDP|ICMP)\b
    | \b(?:Quit|Connect|Query|Prepare|Execute|Init\x20DB)\t
    )""",
    re.VERBOSE,
)
_WEAK_SIGNS = tuple(
    re.compile(one)
    for one in (
        r"\b\d{1,3}(?:\.\d{1,3}){3}\b",
        r"\b0x[0-9A-Fa-f]{2,}",
        r"\b[A-Za-z_][\w.-]*=\S",
        r"(?:^|[\s\"'(=:])(?:/[\w.@+-]+){2,}|\b[A-Za-z]:\\\S|\\\\[\w.-]+\\",
        r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b",
        r"[\s)]\[[\w .:/#$-]{1,60}\]",
        r"\b[a-z]\w*(?:\.[A-Za-z_$][\w$]*){2,}\b(?!@)",
        r"\b\w+::\w+|\b\w+\(\)|\b[a-z]+[A-Z]\w+[:(]",
        r"\b(?:pid|PID|tid|thread|session|port|uid|code|exit|rc|errno|status|bytes)[ =:#]?\d+",
        r"\b(?:started|stopped|failed|failure|connected|disconnected|timeout|refused|denied|exited)\b",
        r"\b(?:gestartet|beendet|fehlgeschlagen|verbunden|getrennt|Zeitüberschreitung)\b",
    )
)
_ENOUGH_WEAK = 2
_AFTER_STAMP_LEVEL = re.compile(
    rf"""^(?:Z|[+-]\d\d:?\d\d|\x20[+-]\d{{4}}|\x20UTC|\x20[A-Z]{{3,4}})?[\s\]\[,;:|"')(<>=-]*{_WORDED}[\s\]\[,;:|"'>)]""",
    re.VERBOSE,
)
_LEVEL_FIRST = re.compile(
    rf"""^(?:
    \[?(?:{_LEVELS})\]?(?:[:|]|\x20+[-\[(:|<]|\]\x20|\x20{{2,}}|\x20(?=[\w.]+[:\x20-]).*[:=(\[])
    | "?{_WORDED}"?[,;\t]"?\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{2,4}}
    | npm\x20(?:ERR!|WARN|error|warn)\x20
    | \*{{3}}\x20(?:ERROR|WARNING|STOP|FATAL)
    )""",
    re.VERBOSE,
)
_TRACE = re.compile(
    r"""^(?:
    [\s>|]*at\s+(?:async\x20|new\x20)?[\w.$<>\[\]/`+,@&*~^-]+(?:\x20\[as\x20\w+\])?\s?\(.*\)
    | \s+(?:at|bei)\s.+\s(?:in)\s.+:(?:line|Zeile)\s\d+
    | \s+(?:at|bei)\s[\w.<>`\[\],+]+\(.*\)
    | \s+at\s(?:async\s)?\S+:\d+:\d+$
    | \s*\|?\s*File\s".+",\sline\s\d+
    | \s*Traceback\s\(most\srecent\scall\slast\)
    | \s*(?:Caused\sby|Suppressed):\s\S
    | \s*\.\.\.\s\d+\s(?:more|common\sframes\somitted)
    | \s*\#\d+\s+(?:0x[0-9a-fA-F]+|\S+\(|/\S+:|\S+\.\w+:\d+|\[internal\sfunction\]|\{main\})
    | \s*from\s\S+:\d+:in\s
    | \S+:\d+:in\s[`'].+'
    | goroutine\s\d+\s\[
    | \s+\S+\.go:\d+(?:\s\+0x[0-9a-f]+)?$
    | created\sby\s\S+
    | "[^"]{1,120}"(?:\s\#\d+)?(?:\s\[\d+\])?(?:\sdaemon)?\sprio=\d+
    | \s+java\.lang\.Thread\.State:
    | \s+-\s(?:locked|waiting|parking)\s
    | \s*\d+:\s+(?:0x[0-9a-f]+\s-\s|[\w<>&]+(?:::[\w<>&{}]+)+)
    | \s+at\s(?:/|src/|\./)\S+:\d+
    | (?:[\w$]+\.)+\w*(?:Exception|Error)(?::\s|$)
    | \s*-{2,3}\s(?:End\sof|Ende\sder)\s.*(?:trace|überwachung|Stapel)
    | \s*[0-9a-f`]{8,17}\s[0-9a-f`]{8,17}\s[\w!+]+
    | \d{1,3}\s+\S+\s+0x[0-9a-f]{8,16}\s
    | \s*[\w.~-]+\((?:[\w.$+:~@<>-]*\+)?0x[0-9a-f]+\)\s?\[0x[0-9a-f]+\]
    )""",
    re.VERBOSE,
)
_JSON = re.compile(
    r'^\s*\{.*"(?:@?timestamp|ts|time|date|datetime|t|@t|instant|asctime|eventTime|created_at|__REALTIME_TIMESTAMP)"\s*:'
)
_JSON_SIGN = re.compile(
    r'"(?:level|levelname|severity|lvl|logger|log|log\.level|loglevel|MESSAGE|PRIORITY|@l|@mt|@m|thread|msg|stream|'
    r'status_code|remote_addr|message|service|event)"\s*:'
)
_CALLER = rf"(?:\[?(?:pid\x20+)?\d+\]?\x20+)?(?:{_CLOCK}\x20+|\d{{10}}\.\d+\x20+)?"
_SYSTEM = re.compile(
    rf"""^(?:
    (?:<\d{{1,2}}>)?\[\x20*\d{{1,6}}\.\d{{6}}\](?:\[\x20*[TC]\d+\])?\s
    | {_CALLER}[a-z_0-9]{{2,24}}\(.*\)\s+=\s(?:-?\d+|0x|\?)
    | {_CALLER}<\.\.\.\x20\w+\x20resumed>
    | {_CALLER}[a-z_0-9]{{2,24}}\(.*<unfinished\x20\.\.\.>
    | {_CALLER}---\x20SIG\w+
    | type=[A-Z_]+\x20msg=audit\(
    | \s*0x[0-9a-f]{{4,8}}:\x20{{1,2}}(?:[0-9a-f]{{4}}\s){{2,}}
    | [0-9a-f]{{8}}:?\x20{{1,2}}(?:[0-9a-f]{{2}}\x20){{6,}}
    | [0-9a-f]{{4}}\x20{{2,3}}(?:[0-9a-f]{{2}}\x20){{8,}}
    | ==\d+==\s
    | \[\d+\.\d{{3}}s?\]\[
    | \#\x20(?:Time|User@Host|Query_time):
    | {_MONTH}\x20[\x20\d]\d\x20\d\d:\d\d:\d\d\x20\S+\x20\S+:
    | \s*"?(?:__CURSOR|__REALTIME_TIMESTAMP|__MONOTONIC_TIMESTAMP|_BOOT_ID|_MACHINE_ID|_HOSTNAME|_SYSTEMD_\w+|
       _PID|_UID|_GID|_COMM|_EXE|_CMDLINE|_TRANSPORT|_CAP_EFFECTIVE|SYSLOG_\w+|PRIORITY|MESSAGE(?:_ID)?|CODE_\w+)"?\s?[=:]
    | \s*(?:Log\x20Name|Protokollname|Event\x20ID|Ereignis-ID|Task\x20Category|Aufgabenkategorie|Event\[\d+\]|
       Level|Ebene|Keywords|Schlüsselwörter|Opcode|TimeCreated|ProviderName|LevelDisplayName):?\s{{2,}}:?\s?\S
    | (?:Source|Quelle|User|Benutzer|Computer|Date|Datum):\s{{4,}}\S
    | .*\blevel=[a-z]+\x20.*\bmsg=
    | .*\bmsg=.*\blevel=[a-z]+
    )""",
    re.VERBOSE,
)
_SQL = re.compile(
    r"^\s*(?:INSERT\s+(?:IGNORE\s+)?INTO\s|REPLACE\s+INTO\s|COPY\s.+\sFROM\sstdin|LOCK\sTABLES|UNLOCK\sTABLES|"
    r"/\*!\d{5}\s|\(\d+,.*'.*\)[,;]$|DROP\sTABLE\sIF\sEXISTS\s|SET\s(?:IDENTITY_INSERT|statement_timeout)|"
    r"SELECT\spg_catalog\.)"
)
_CHAT = re.compile(r"^[\]\x20,;:–—-]*[A-ZÄÖÜ][\w.'’-]*(?:\x20[A-ZÄÖÜ(][\w.'’)-]*){0,3}:\x20")
_OPENINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"^(?:--|#|/\*) ?(?:MySQL|MariaDB|PostgreSQL|phpMyAdmin|Adminer|HeidiSQL|SQLite|pg_dump|Dump)\b"
            r".*(?i:dump|host:)",
            re.MULTILINE,
        ),
        "database_dump",
    ),
    (re.compile(r"^/\*M?!(?:999999|40\d{3}|50\d{3})\\?", re.MULTILINE), "database_dump"),
    (re.compile(r"^PRAGMA foreign_keys=OFF;\s+BEGIN TRANSACTION;"), "database_dump"),
    (re.compile(r"^BEGIN TRANSACTION;\s+CREATE TABLE\b"), "database_dump"),
    (re.compile(r"^#Software: Microsoft|^#Fields: (?:date|time)\b", re.MULTILINE), "log_lines"),
    (re.compile(r"<Event xmlns=['\"]http://schemas\.microsoft\.com/win/2004/08/events/event"), "event_log"),
    (
        re.compile(r"^# A fatal error has been detected by the Java Runtime Environment", re.MULTILINE),
        "trace",
    ),
    (re.compile(r"^(?:\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\n)?Full thread dump ", re.MULTILINE), "trace"),
    (re.compile(r"^-- (?:Logs begin at|Journal begins at|Boot [0-9a-f]{32} --)", re.MULTILINE), "journal"),
    (re.compile(r'^\s*\{\s*"log"\s*:\s*\{\s*"version"\s*:\s*"1\.\d"'), "capture"),
    (
        re.compile(
            r"^Microsoft \(R\) Windows Debugger Version|^\*{5,}\s+\*\s+Bugcheck Analysis", re.MULTILINE
        ),
        "memory_dump",
    ),
    (
        re.compile(
            r"^(?:Incident Identifier|Hardware Model|Process):\s+\S.*\n(?:.*\n){0,12}Exception Type:",
            re.MULTILINE,
        ),
        "trace",
    ),
)
_ENTRY = re.compile(rf"\d{{4}}-\d{{2}}-\d{{2}}[T ]{_CLOCK}\S{{0,6}}\s+\S{{0,40}}\s?\[?(?:{_LEVELS})\b")
_EDGE = re.compile(
    r"^\s*(?:[\w.$]+(?:Error|Exception|Exit|Interrupt|Warning)\b|panic: |thread '|Exception in |Unhandled |"
    r"fatal error: |Uncaught |FATAL|PHP Fatal)"
)
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_QUOTED = re.compile(r"^(?:>\s?)+")
_LONG = 600


def kind_of(line: str) -> str:
    """What one line looks like; quoted or coloured lines as if they were not."""
    if "\x1b" in line:
        line = _COLOURS.sub("", line)
    if line.startswith(">"):
        line = _QUOTED.sub("", line)
    if _TRACE.match(line):
        return TRACE
    if _SYSTEM.match(line):
        return SYSTEM
    if _JSON.match(line) and _JSON_SIGN.search(line):
        return JSON
    if _SQL.match(line):
        return SQL
    stamp = _STAMP.search(line[: _LATEST_STAMP + 40])
    if stamp and stamp.start() <= _LATEST_STAMP:
        return _stamped(line, stamp)
    return LEVEL if _LEVEL_FIRST.match(line) else PLAIN


def names_error(line: str) -> bool:
    """Whether it is the line with which a trace begins or ends: the error itself."""
    return _EDGE.match(line) is not None


def opening_code(opening: str) -> str:
    """The code of a text whose beginning tells what it is."""
    return next((code for pattern, code in _OPENINGS if pattern.search(opening)), "")


def entries_within(line: str) -> int:
    """How many log entries one long line holds: some programs lose the line breaks."""
    return len(_ENTRY.findall(line)) if len(line) > _LONG else 0


def _stamped(line: str, stamp: re.Match[str]) -> str:
    """A line with date and clock is a log's if a machine wrote the rest; people keep lists and chat, too."""
    rest = line[stamp.end() :]
    if _STRONG_SIGN.search(line) or _AFTER_STAMP_LEVEL.match(rest) or _LEVEL_FIRST.match(line):
        return TIMED
    if _CHAT.match(rest):
        return CHAT
    weak = sum(sign.search(rest) is not None for sign in _WEAK_SIGNS)
    return TIMED if weak >= _ENOUGH_WEAK else BARE
