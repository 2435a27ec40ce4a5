"""What people send every day and must never be held: office files, pictures, lists, mails, chats, settings."""

import io
import random
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from openpyxl import Workbook

from tests.likeness.packing import Sample, zipped

Draw = random.Random
EACH = 7
_NAMES = ("Anna Huber", "Max Meier", "Petra Vogel", "Lukas Sommer", "Eva Brandl", "Tom Fischer")
_SENTENCES = (
    "seit heute Morgen lässt sich das Programm nicht mehr öffnen.",
    "Beim Drucken kommt nur eine leere Seite heraus, auch nach einem Neustart.",
    "Können Sie bitte prüfen, ob das Update auf unserem Server eingespielt wurde?",
    "Ich habe die Rechnung vom letzten Monat angehängt und bitte um Rückmeldung.",
    "The new colleague starts on Monday and needs a laptop and a mailbox.",
    "We tried it on two machines and the result was the same.",
    "Der Fehler tritt nur bei Frau Vogel auf, alle anderen können arbeiten.",
    "Um 10:30 Uhr haben wir die Leitung geprüft, danach ging es kurz wieder.",
)
_QUOTES = (
    "Fehler 0x80070005: Zugriff verweigert",
    "ERROR 1045 (28000): Access denied for user 'shop'@'localhost' (using password: YES)",
    "2026-11-23 09:14:02,113 ERROR com.example.Shop - Connection refused",
    'java.lang.NullPointerException: Cannot invoke "String.length()"\n\tat com.example.Main.run(Main.java:12)\n\tat com.example.Main.main(Main.java:5)',
    "Traceback (most recent call last):\n  File \"run.py\", line 3, in <module>\n    main()\nKeyError: 'name'",
    "Nov 23 09:14:02 srv-01 sshd[812]: Failed password for root from 10.0.0.7 port 50211 ssh2",
    "npm ERR! code ENOENT\nnpm ERR! syscall open",
    "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)",
    "[Mon Nov 23 09:14:02 2026] [error] [client 10.0.0.7] File does not exist: /var/www/favicon.ico",
)
_SNIPPETS = (
    "def total(lines):\n    result = 0\n    for line in lines:\n        result += line.amount\n    return result\n",
    "SELECT name, sum(amount)\nFROM orders\nWHERE paid = false\nGROUP BY name\nORDER BY 2 DESC;\n",
    "INSERT INTO users (name) VALUES ('anna');\nINSERT INTO users (name) VALUES ('max');\n",
    "server {\n  listen 443 ssl;\n  server_name example.com;\n  location / { proxy_pass http://127.0.0.1:8080; }\n}\n",
    "docker run -d --name shop -p 8080:80 example/shop:1.4\ndocker logs -f shop\n",
    "C:\\> ipconfig /all\n   IPv4-Adresse  . . . . . . . . . . : 192.168.1.20\n   Subnetzmaske  . . . . . . . . . . : 255.255.255.0\n",
)


def samples() -> Iterator[Sample]:
    """Some of each kind."""
    for kind, (name, make) in KINDS.items():
        for number in range(EACH):
            draw = random.Random(f"{kind} {number}")
            content = make(draw)
            data = content.encode() if isinstance(content, str) else content
            yield Sample(f"everyday/{kind}/{number}", name, data, is_log=False)


def messages() -> Iterator[tuple[str, str]]:
    """What people write, with a short error, a piece of code or a chat within."""
    for kind, make in MESSAGES.items():
        for number in range(18):
            draw = random.Random(f"{kind} {number}")
            yield f"{kind}/{number}", make(draw)


def around(name: str) -> tuple[str, str]:
    """What somebody writes before and after what they paste."""
    draw = random.Random(name)
    return f"Guten Tag,\n\n{_prose(draw, 2)}", f"{_prose(draw, 1)}\n\nViele Grüße\n{draw.choice(_NAMES)}"


def _prose(draw: Draw, count: int) -> str:
    return "\n".join(draw.choice(_SENTENCES) for _ in range(count))


def _moments(draw: Draw, count: int) -> Iterator[datetime]:
    at = datetime(2026, draw.randint(1, 11), draw.randint(1, 28), 8, tzinfo=UTC)
    for _ in range(count):
        at += timedelta(seconds=draw.randint(20, 9_000))
        yield at


def _docx(draw: Draw) -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{_prose(draw, 1)}</w:t></w:r></w:p>" for _ in range(20))
    return zipped(
        "[Content_Types].xml", b"<Types/>", ("word/document.xml", f"<w:document>{body}</w:document>".encode())
    )


def _odt(draw: Draw) -> bytes:
    return zipped(
        "mimetype", b"application/vnd.oasis.opendocument.text", ("content.xml", _prose(draw, 30).encode())
    )


def _xlsx(draw: Draw) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for at in _moments(draw, 40):
        book.active.append([f"{at:%Y-%m-%d %H:%M:%S}", draw.choice(_NAMES), draw.randint(1, 500)])
    book.save(out)
    return out.getvalue()


def _pdf(draw: Draw) -> bytes:
    text = zlib.compress(_prose(draw, 40).encode())
    return (
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Length "
        + str(len(text)).encode()
        + b" /Filter /FlateDecode >>\nstream\n"
        + text
        + b"\nendstream\nendobj\n%%EOF\n"
    )


def _png(draw: Draw) -> bytes:
    return (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x40\x00\x00\x00\x40\x08\x02\x00\x00\x00"
        + draw.randbytes(3_000)
    )


def _jpeg(draw: Draw) -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x48\x00\x48\x00\x00" + draw.randbytes(5_000)


def _photos(draw: Draw) -> bytes:
    return zipped(
        "IMG_1.jpg", _jpeg(draw), ("IMG_2.jpg", _jpeg(draw)), ("Hinweise.txt", _prose(draw, 5).encode())
    )


def _customers(draw: Draw) -> str:
    rows = "".join(
        f"{n};{draw.choice(_NAMES)};Hauptstraße {n};8{draw.randint(1000, 9999)};München;0{draw.randint(10_000, 99_999)}\n"
        for n in range(40)
    )
    return f"Nr;Name;Straße;PLZ;Ort;Telefon\n{rows}"


def _orders(draw: Draw) -> str:
    rows = "".join(
        f"{at:%Y-%m-%d %H:%M:%S},{draw.randint(1000, 9999)},{draw.choice(_NAMES)},{draw.randint(5, 900)}.90,paid\n"
        for at in _moments(draw, 50)
    )
    return f"ordered at,number,customer,amount,status\n{rows}"


def _readings(draw: Draw) -> str:
    return "Zeit;Temperatur;Feuchte\n" + "".join(
        f"{at:%d.%m.%Y %H:%M:%S};{draw.randint(150, 250) / 10};{draw.randint(30, 70)}\n"
        for at in _moments(draw, 60)
    )


def _devices(draw: Draw) -> str:
    return "Gerät\tIP\tzuletzt gesehen\n" + "".join(
        f"pc-{n:02}\t192.168.1.{n + 10}\t{at:%d.%m.%Y %H:%M:%S}\n" for n, at in enumerate(_moments(draw, 40))
    )


def _bank(draw: Draw) -> str:
    return "Buchung;Wertstellung;Zweck;Betrag\n" + "".join(
        f'{at:%d.%m.%Y};{at:%d.%m.%Y};"Rechnung {draw.randint(1, 999)}";-{draw.randint(5, 900)},00\n'
        for at in _moments(draw, 40)
    )


def _mail(draw: Draw) -> str:
    at = next(_moments(draw, 1))
    return (
        f"Received: from mx.example.com (mx.example.com [192.0.2.7]) by mail.example.org; {at:%a, %d %b %Y %H:%M:%S} +0100\n"
        f"From: {draw.choice(_NAMES)} <a@example.com>\nTo: hilfe@example.org\nDate: {at:%a, %d %b %Y %H:%M:%S} +0100\nSubject: Drucker\nMessage-ID: <{draw.randbytes(6).hex()}@example.com>\nMIME-Version: 1.0\n\n{_prose(draw, 8)}\n"
    )


def _invoice(draw: Draw) -> str:
    lines = "".join(
        f"{n + 1:2}  Arbeitszeit Techniker   {draw.randint(1, 8)},00 h   {draw.randint(80, 130)},00 EUR\n"
        for n in range(12)
    )
    return f"Rechnung RE-2026-{draw.randint(100, 999)}\nDatum: 23.11.2026\n\nPos Leistung Menge Preis\n{lines}\nZahlbar binnen 14 Tagen.\n"


def _ini(draw: Draw) -> str:
    return "; Einstellungen\n" + "".join(
        f"[bereich{n}]\nhost = 10.0.0.{n}\nport = {draw.randint(1024, 60_000)}\nloglevel = INFO\npath = /srv/data/{n}\n\n"
        for n in range(10)
    )


def _yaml(draw: Draw) -> str:
    return "logging:\n  level: DEBUG\n" + "".join(
        f"  handler_{n}:\n    file: /var/log/app{n}.log\n    level: {draw.choice(('INFO', 'WARN'))}\n"
        for n in range(10)
    )


def _sshd(draw: Draw) -> str:
    return "".join(
        f"# Option {n}\n{draw.choice(('PermitRootLogin no', 'Port 22', 'LogLevel INFO', 'X11Forwarding yes'))}\n"
        for n in range(30)
    )


def _whatsapp(draw: Draw) -> str:
    return "".join(
        f"[{at:%d.%m.%y}, {at:%H:%M:%S}] {draw.choice(_NAMES)}: {_prose(draw, 1)}\n"
        for at in _moments(draw, 40)
    )


def _teams(draw: Draw) -> str:
    return "".join(f"{draw.choice(_NAMES)}\n{at:%H:%M}\n{_prose(draw, 1)}\n\n" for at in _moments(draw, 20))


def _subtitles(draw: Draw) -> str:
    return "".join(f"{n}\n00:{n:02}:01,000 --> 00:{n:02}:04,500\n{_prose(draw, 1)}\n\n" for n in range(1, 40))


def _calendar(draw: Draw) -> str:
    return (
        "BEGIN:VCALENDAR\nVERSION:2.0\n"
        + "".join(
            f"BEGIN:VEVENT\nDTSTART:{at:%Y%m%dT%H%M%SZ}\nSUMMARY:{_prose(draw, 1)}\nEND:VEVENT\n"
            for at in _moments(draw, 12)
        )
        + "END:VCALENDAR\n"
    )


def _minutes(draw: Draw) -> str:
    return "Protokoll der Besprechung vom 23.11.2026\n\n" + "".join(
        f"{at:%H:%M} Uhr: {_prose(draw, 1)}\n" for at in _moments(draw, 20)
    )


def _markdown(draw: Draw) -> str:
    return "# Anleitung\n\n" + "\n\n".join(
        f"## Schritt {n}\n\n{_prose(draw, 2)}\n\n```\n{draw.choice(_SNIPPETS)}```" for n in range(1, 8)
    )


def _html(draw: Draw) -> str:
    return "<!doctype html><title>Seite</title>" + "".join(f"<p>{_prose(draw, 2)}</p>\n" for _ in range(20))


def _git_history(draw: Draw) -> str:
    return "".join(
        f"commit {draw.randbytes(20).hex()}\nAuthor: {draw.choice(_NAMES)} <a@example.com>\nDate:   {at:%a %b %d %H:%M:%S %Y} +0100\n\n    {_prose(draw, 1)}\n\n"
        for at in _moments(draw, 15)
    )


def _data_json(draw: Draw) -> str:
    return (
        "[\n"
        + ",\n".join(
            f'  {{"id": {n}, "name": "{draw.choice(_NAMES)}", "created_at": "{at.isoformat()}", "total": {draw.randint(1, 99)}}}'
            for n, at in enumerate(_moments(draw, 30))
        )
        + "\n]\n"
    )


def _error_note(draw: Draw) -> str:
    return f"{_prose(draw, 2)}\n\n{draw.choice(_QUOTES)}\n\n{_prose(draw, 1)}\n"


def _word_list(draw: Draw) -> str:
    return "".join(
        f"{draw.choice(_NAMES)}, {draw.choice(('Büro', 'Lager', 'Außendienst'))}, Durchwahl {draw.randint(10, 99)}\n"
        for _ in range(40)
    )


KINDS: dict[str, tuple[str, Callable[[Draw], str | bytes]]] = {
    "docx": ("Protokoll.docx", _docx),
    "odt": ("Brief.odt", _odt),
    "xlsx": ("Liste.xlsx", _xlsx),
    "pdf": ("Katalog.pdf", _pdf),
    "png": ("Logo.png", _png),
    "jpeg": ("Foto.jpg", _jpeg),
    "photos": ("Bilder.zip", _photos),
    "customers": ("Kunden.csv", _customers),
    "orders": ("orders.csv", _orders),
    "readings": ("Messwerte.csv", _readings),
    "devices": ("Geräte.txt", _devices),
    "bank": ("Umsätze.csv", _bank),
    "mail": ("Nachricht.eml", _mail),
    "invoice": ("Rechnung.txt", _invoice),
    "ini": ("settings.ini", _ini),
    "yaml": ("config.yaml", _yaml),
    "sshd": ("sshd_config", _sshd),
    "whatsapp": ("Chat.txt", _whatsapp),
    "teams": ("Teams.txt", _teams),
    "subtitles": ("Film.srt", _subtitles),
    "calendar": ("Termine.ics", _calendar),
    "minutes": ("Besprechung.txt", _minutes),
    "markdown": ("Anleitung.md", _markdown),
    "html": ("Seite.html", _html),
    "git": ("Verlauf.txt", _git_history),
    "json": ("export.json", _data_json),
    "error_note": ("Fehler.txt", _error_note),
    "word_list": ("Liste.txt", _word_list),
}

MESSAGES: dict[str, Callable[[Draw], str]] = {
    "plain": lambda draw: _prose(draw, 12),
    "short_error": _error_note,
    "two_errors": lambda draw: f"{_error_note(draw)}\n{_prose(draw, 2)}\n\n{_error_note(draw)}",
    "snippet": lambda draw: f"{_prose(draw, 2)}\n\n{draw.choice(_SNIPPETS)}\n{_prose(draw, 1)}",
    "chat": _whatsapp,
    "minutes": _minutes,
    "mail": _mail,
    "markdown": _markdown,
}
