"""Logs, traces, captures and dumps written by format, as the programs write them. The same at every run."""

import json
import random
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from tests.likeness import traces
from tests.likeness.traces import CLASSES, WORDS, words

Draw = random.Random
EACH = 6
_HOSTS = ("srv-01", "web2", "db-prod", "fw", "pc-huber", "mail", "nas")
_PROGRAMS = ("sshd", "CRON", "systemd", "postfix/smtpd", "dhclient", "NetworkManager", "smbd", "dovecot")
_LEVELS = ("INFO", "WARN", "ERROR", "DEBUG")


def samples() -> Iterator[tuple[str, str, str | bytes]]:
    """Key, telling name, content; some of each format."""
    for name, make in FORMATS.items():
        for number in range(EACH):
            draw = random.Random(f"{name} {number}")
            yield f"{name}/{number}", _called(name), make(draw)
    for name, make_bytes in BINARIES.items():
        for number in range(3):
            draw = random.Random(f"{name} {number}")
            yield f"{name}/{number}", "datei.bin", make_bytes(draw)


def long_texts() -> Iterator[tuple[str, str]]:
    """Logs as people paste them, two of each format."""
    for name, make in FORMATS.items():
        if name in ("windows_xml", "hs_err"):
            continue
        for number in range(EACH, EACH + 2):
            draw = random.Random(f"{name} {number}")
            yield f"{name}/{number}", make(draw).strip("\n")


def _called(name: str) -> str:
    return {"mysqldump": "backup.sql", "pg_dump": "daten.sql", "json_lines": "app.jsonl"}.get(
        name, f"{name}.log"
    )


def _moments(draw: Draw, count: int) -> Iterator[datetime]:
    at = datetime(2026, draw.randint(1, 11), draw.randint(1, 28), draw.randint(0, 23), 5, tzinfo=UTC)
    for _ in range(count):
        at += timedelta(milliseconds=draw.randint(1, 90_000))
        yield at


def _ip(draw: Draw) -> str:
    return f"10.{draw.randint(0, 9)}.{draw.randint(0, 255)}.{draw.randint(1, 254)}"


def _count(draw: Draw) -> int:
    return draw.randint(14, 90)


def _syslog(draw: Draw) -> str:
    host = draw.choice(_HOSTS)
    return "".join(
        f"{at:%b} {at.day:2} {at:%H:%M:%S} {host} {draw.choice(_PROGRAMS)}[{draw.randint(99, 32_000)}]: {words(draw)}\n"
        for at in _moments(draw, _count(draw))
    )


def _rfc5424(draw: Draw) -> str:
    return "".join(
        f"<{draw.randint(1, 190)}>1 {at.isoformat()} {draw.choice(_HOSTS)} app {draw.randint(9, 9999)} ID{draw.randint(1, 99)} - {words(draw)}\n"
        for at in _moments(draw, _count(draw))
    )


def _journald(draw: Draw) -> str:
    return "-- Logs begin at Mon 2026-01-05 09:00:00 CET. --\n" * draw.randint(0, 1) + _syslog(draw)


def _journal_export(draw: Draw) -> str:
    return "\n".join(
        f"__CURSOR=s={draw.randbytes(8).hex()};i=1\n__REALTIME_TIMESTAMP={int(at.timestamp() * 1e6)}\n"
        f"_HOSTNAME={draw.choice(_HOSTS)}\nPRIORITY=6\nSYSLOG_IDENTIFIER=app\n_PID={draw.randint(2, 9999)}\nMESSAGE={words(draw)}\n"
        for at in _moments(draw, 8)
    )


def _nginx_access(draw: Draw) -> str:
    return "".join(
        f'{_ip(draw)} - - [{at:%d/%b/%Y:%H:%M:%S} +0100] "GET /{draw.choice(WORDS)}/{draw.randint(1, 999)} HTTP/1.1" '
        f'{draw.choice((200, 301, 404, 502))} {draw.randint(100, 99_999)} "-" "Mozilla/5.0"\n'
        for at in _moments(draw, _count(draw))
    )


def _nginx_error(draw: Draw) -> str:
    return "".join(
        f"{at:%Y/%m/%d %H:%M:%S} [{draw.choice(('error', 'warn', 'crit'))}] {draw.randint(9, 9999)}#0: *{draw.randint(1, 999)} {words(draw)}, client: {_ip(draw)}\n"
        for at in _moments(draw, _count(draw))
    )


def _apache_error(draw: Draw) -> str:
    return "".join(
        f"[{at:%a %b %d %H:%M:%S.%f %Y}] [core:error] [pid {draw.randint(9, 9999)}] [client {_ip(draw)}:5{draw.randint(100, 999)}] AH00126: {words(draw)}\n"
        for at in _moments(draw, _count(draw))
    )


def _iis(draw: Draw) -> str:
    head = "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Fields: date time s-ip cs-method cs-uri-stem sc-status\n"
    return head * draw.randint(0, 1) + "".join(
        f"{at:%Y-%m-%d %H:%M:%S} {_ip(draw)} GET /{draw.choice(WORDS)}.aspx - 443 - {_ip(draw)} Mozilla/5.0 200 0 0 {draw.randint(1, 999)}\n"
        for at in _moments(draw, _count(draw))
    )


def _log4j(draw: Draw) -> str:
    out = []
    for at in _moments(draw, _count(draw)):
        level = draw.choice(_LEVELS)
        out.append(
            f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03} {level:5} [http-nio-8080-exec-{draw.randint(1, 9)}] {draw.choice(CLASSES)} - {words(draw)}\n"
        )
        if level == "ERROR":
            out.append(traces.java_trace(draw, 5))
    return "".join(out)


def _spring(draw: Draw) -> str:
    return "".join(
        f"{at.isoformat(timespec='milliseconds')}  {draw.choice(_LEVELS)} 1 --- [           main] {draw.choice(CLASSES):40} : {words(draw)}\n"
        for at in _moments(draw, _count(draw))
    )


def _java_util(draw: Draw) -> str:
    return "".join(
        f"{at:%b %d, %Y %I:%M:%S %p} org.apache.catalina.core.StandardService startInternal\n{draw.choice(('INFO', 'SEVERE', 'INFORMATION'))}: {words(draw)}\n"
        for at in _moments(draw, _count(draw))
    )


def _json_lines(draw: Draw) -> str:
    return "".join(
        json.dumps(
            {
                "time": at.isoformat(),
                "level": draw.choice(_LEVELS).lower(),
                "msg": words(draw),
                "pid": draw.randint(2, 9999),
            }
        )
        + "\n"
        for at in _moments(draw, _count(draw))
    )


def _logfmt(draw: Draw) -> str:
    return "".join(
        f'time="{at:%Y-%m-%dT%H:%M:%SZ}" level={draw.choice(_LEVELS).lower()} msg="{words(draw)}" container={draw.randbytes(6).hex()}\n'
        for at in _moments(draw, _count(draw))
    )


def _windows_csv(draw: Draw) -> str:
    head = "Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie\n"
    return head + "".join(
        f"{draw.choice(('Informationen', 'Warnung', 'Fehler'))},{at:%d.%m.%Y %H:%M:%S},Service Control Manager,{draw.randint(1, 9999)},Keine,{words(draw)}\n"
        for at in _moments(draw, _count(draw))
    )


def _windows_text(draw: Draw) -> str:
    return "\n".join(
        f"Log Name:      System\nSource:        {draw.choice(_PROGRAMS)}\nDate:          {at:%d.%m.%Y %H:%M:%S}\nEvent ID:      {draw.randint(1, 9999)}\n"
        f"Task Category: None\nLevel:         Error\nKeywords:      Classic\nUser:          N/A\nComputer:      {draw.choice(_HOSTS)}\nDescription:\n{words(draw)}\n"
        for at in _moments(draw, draw.randint(4, 12))
    )


def _windows_xml(draw: Draw) -> str:
    return "<Events>" + "".join(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='disk'/>"
        f"<EventID>{draw.randint(1, 999)}</EventID><TimeCreated SystemTime='{at.isoformat()}'/></System></Event>\n"
        for at in _moments(draw, 9)
    )


def _cbs(draw: Draw) -> str:
    return "".join(
        f"{at:%Y-%m-%d %H:%M:%S}, {draw.choice(('Info', 'Error', 'Warning'))}                  CBS    {words(draw)} [HRESULT = 0x{draw.randbytes(4).hex()}]\n"
        for at in _moments(draw, _count(draw))
    )


def _dmesg(draw: Draw) -> str:
    return "".join(
        f"[{number * 1.7:12.6f}] {draw.choice(('usb 1-1', 'EXT4-fs (sda1)', 'e1000e 0000:00:1f.6', 'ACPI'))}: {words(draw)}\n"
        for number in range(_count(draw))
    )


def _strace(draw: Draw) -> str:
    return "".join(
        f'{draw.choice(("", "1234  ", "[pid  4321] "))}openat(AT_FDCWD, "/etc/{draw.choice(WORDS)}", O_RDONLY|O_CLOEXEC) = {draw.randint(-1, 40)}\n'
        for _ in range(_count(draw))
    )


def _tcpdump(draw: Draw) -> str:
    return "".join(
        f"{at:%H:%M:%S.%f} IP {_ip(draw)}.{draw.randint(1025, 60_000)} > {_ip(draw)}.443: Flags [P.], seq 1:{draw.randint(2, 999)}, ack 1, win 502, length {draw.randint(1, 999)}\n"
        for at in _moments(draw, _count(draw))
    )


def _mysql_error(draw: Draw) -> str:
    return "".join(
        f"{at.isoformat()} {draw.randint(0, 99)} [{draw.choice(('Note', 'Warning', 'ERROR', 'System'))}] [MY-0{draw.randint(10_000, 99_999)}] [Server] {words(draw)}\n"
        for at in _moments(draw, _count(draw))
    )


def _mysql_slow(draw: Draw) -> str:
    return "".join(
        f"# Time: {at.isoformat()}\n# User@Host: shop[shop] @ localhost []\n# Query_time: {draw.random() * 9:.6f}  Lock_time: 0.000100 Rows_sent: 1\nSELECT * FROM orders WHERE id = {draw.randint(1, 999)};\n"
        for at in _moments(draw, draw.randint(6, 20))
    )


def _postgresql(draw: Draw) -> str:
    return "".join(
        f"{at:%Y-%m-%d %H:%M:%S.%f}"[:-3]
        + f" CET [{draw.randint(9, 9999)}] shop@shop {draw.choice(('LOG', 'ERROR', 'STATEMENT', 'FATAL'))}:  {words(draw)}\n"
        for at in _moments(draw, _count(draw))
    )


def _mysqldump(draw: Draw) -> str:
    rows = "".join(
        f"INSERT INTO `kunden` VALUES ({number},'{draw.choice(_HOSTS)}','{words(draw)}');\n"
        for number in range(_count(draw))
    )
    return (
        "-- MySQL dump 10.13  Distrib 8.0.36\n--\n-- Host: localhost    Database: shop\n" * draw.randint(0, 1)
        + f"DROP TABLE IF EXISTS `kunden`;\nLOCK TABLES `kunden` WRITE;\n{rows}UNLOCK TABLES;\n"
    )


def _pg_dump(draw: Draw) -> str:
    rows = "".join(f"{number}\t{draw.choice(_HOSTS)}\t{words(draw)}\n" for number in range(_count(draw)))
    return f"--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\nCOPY public.kunden (id, name, note) FROM stdin;\n{rows}\\.\n"


def _firewall(draw: Draw) -> str:
    return "".join(
        f"{at:%Y-%m-%d %H:%M:%S} DROP TCP {_ip(draw)} {_ip(draw)} {draw.randint(1025, 60_000)} 445 52 S 0 0 - - - RECEIVE\n"
        for at in _moments(draw, _count(draw))
    )


def _backup(draw: Draw) -> str:
    return "".join(
        f"{at:%d.%m.%Y %H:%M:%S} {draw.choice(('Sicherung gestartet', 'Datei kopiert: D:/Daten/' + draw.choice(WORDS), 'Verbindung zu ' + _ip(draw) + ' getrennt', 'Prüfsumme stimmt'))}\n"
        for at in _moments(draw, _count(draw))
    )


def _maven(draw: Draw) -> str:
    return "".join(
        f"[{draw.choice(('INFO', 'WARNING', 'ERROR'))}] {words(draw)}\n" for _ in range(_count(draw))
    )


def _auditd(draw: Draw) -> str:
    return "".join(
        f"type=SYSCALL msg=audit({at.timestamp():.3f}:{draw.randint(1, 999)}): arch=c000003e syscall=2 success=no exit=-13 pid={draw.randint(2, 9999)}\n"
        for at in _moments(draw, _count(draw))
    )


def _logcat(draw: Draw) -> str:
    return "".join(
        f"{at:%m-%d %H:%M:%S}.{at.microsecond // 1000:03} {draw.randint(99, 9999):5} {draw.randint(99, 9999):5} {draw.choice('IWED')} ActivityManager: {words(draw)}\n"
        for at in _moments(draw, _count(draw))
    )


def _hs_err(draw: Draw) -> str:
    return (
        f"#\n# A fatal error has been detected by the Java Runtime Environment:\n#\n#  SIGSEGV (0xb) at pc=0x{draw.randbytes(6).hex()}, pid={draw.randint(2, 9999)}\n"
        + words(draw)
    )


def _kubernetes(draw: Draw) -> str:
    return "".join(
        f'{draw.choice("IWE")}{at:%m%d %H:%M:%S.%f}       1 controller.go:{draw.randint(9, 999)}] "{words(draw)}" pod="default/{draw.choice(_HOSTS)}"\n'
        for at in _moments(draw, _count(draw))
    )


FORMATS: dict[str, Callable[[Draw], str]] = {
    one.__name__.lstrip("_"): one
    for one in (
        *(
            _syslog,
            _rfc5424,
            _journald,
            _journal_export,
            _nginx_access,
            _nginx_error,
            _apache_error,
            _iis,
            _log4j,
        ),
        *(
            _spring,
            _java_util,
            _json_lines,
            _logfmt,
            _windows_csv,
            _windows_text,
            _windows_xml,
            _cbs,
            traces.java_trace,
        ),
        *(
            traces.python_trace,
            traces.dotnet_trace,
            traces.node_trace,
            traces.thread_dump,
            traces.go_panic,
            _dmesg,
            _strace,
            _tcpdump,
        ),
        *(_mysql_error, _mysql_slow, _postgresql, _mysqldump, _pg_dump, _firewall, _backup, _maven, _auditd),
        *(_logcat, _hs_err, _kubernetes),
    )
}


def _head(mark: bytes) -> Callable[[Draw], bytes]:
    return lambda draw: mark + draw.randbytes(draw.randint(600, 4_000))


BINARIES: dict[str, Callable[[Draw], bytes]] = {
    "evtx": _head(b"ElfFile\x00"),
    "pcap": _head(struct.pack("<IHH", 0xA1B2C3D4, 2, 4)),
    "pcapng": _head(b"\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x4d\x3c\x2b\x1a"),
    "minidump": _head(b"MDMP\x93\xa7\x00\x00"),
    "hprof": _head(b"JAVA PROFILE 1.0.2\x00"),
    "core": _head(b"\x7fELF\x02\x01\x01" + b"\x00" * 9 + b"\x04\x00\x3e\x00"),
    "pg_custom": _head(b"PGDMP\x01\x0e\x00"),
    "journal": _head(b"LPKSHHRH"),
    "jfr": _head(b"FLR\x00\x00\x02"),
}
