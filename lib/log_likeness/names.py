"""What a file's name says."""

import re

_ENDING = re.compile(
    r"\.(?:log|logs|log[-_.]?\d[\d._-]*|evtx?|etl|pcap(?:ng)?|cap|snoop|dmp|hdmp|mdmp|hprof|phd|jfr|core|stackdump|"
    r"crash|ips|trc|nettrace|strace|journal|har|slow|binlog|bin-log|vmem|lime|ntar)$"
)
"""Endings that only logs, dumps, traces and captures have. Also such that count: `access.log.3`."""
_WHOLE = re.compile(
    r"^(?:syslog|messages|dmesg|kern|auth|daemon|mail|secure|maillog|boot|wtmp|btmp|utmp|lastlog|faillog|"
    r"access_log|error_log|ssl_error_log|ssl_access_log|catalina|localhost_access_log|stdout|stderr|"
    r"core|vmcore|heapdump|threaddump|hs_err_pid\d+|javacore|alert_\w+|cbs|setupact|setuperr|dism)"
    r"(?:[-_.]?\d[\d._-]*)?(?:\.(?:out|txt|err))?(?:\.\d+)?$"
)
"""Names by which everybody knows a log; without a look at the content they prove nothing."""
_WORDS = frozenset(
    {
        *("log", "logs", "logfile", "logfiles", "logdatei", "logdateien", "syslog", "eventlog", "eventlogs"),
        *(
            "ereignisprotokoll",
            "crashlog",
            "errorlog",
            "accesslog",
            "debuglog",
            "journal",
            "journalctl",
            "dmesg",
        ),
        *("dump", "dumps", "minidump", "coredump", "heapdump", "threaddump", "crashdump", "memdump"),
        *("trace", "traces", "stacktrace", "stacktraces", "traceback", "strace", "procmon"),
        *("pcap", "capture", "mitschnitt", "tcpdump", "wireshark"),
        *("sosreport", "supportconfig", "supportbundle", "diagnostics", "diag"),
    }
)
_PACKED = re.compile(
    r"\.(?:zip|7z|rar|tar|tgz|tbz2?|txz|tzst|gz|bz2|xz|zst|lz4|z|lzma|cab|arj)(?:\.\d{3})?$", re.IGNORECASE
)
_SPLIT = re.compile(r"[^a-zäöü]+")


def strip_packing(name: str) -> str:
    """A name without the endings of archives and compression, in lower case: `x.log.gz` gives `x.log`."""
    name = name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1].lower().strip()
    while (shorter := _PACKED.sub("", name)) != name:
        name = shorter
    return name


def is_packed(name: str) -> bool:
    """Whether it is an archive's or a compressed file's name."""
    return _PACKED.search(name) is not None


def has_log_ending(name: str) -> bool:
    """Whether nothing but a log, dump, trace or capture ends like this."""
    return _ENDING.search(strip_packing(name)) is not None


def hints_at_log(name: str) -> bool:
    """Whether it could be the name of one: where the content fits, less of it is enough."""
    bare = strip_packing(name)
    return _WHOLE.match(bare) is not None or not _WORDS.isdisjoint(_SPLIT.split(bare))
