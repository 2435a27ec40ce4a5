"""sipp as callers and as agents' phones: scenario files, started, and what they heard."""

import re
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Self

from tests.telephony.asterisk import free_port
from tests.telephony.pbx import Heard
from tests.telephony.scripts import caller_script, speech

SCENARIOS = Path(__file__).parent / "scenarios"
_STARTED = re.compile(r"-{20,} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+)$", re.MULTILINE)
_STATUS = re.compile(r"^SIP/2\.0 (\d{3}) ", re.MULTILINE)


@dataclass
class Sipp:
    """One sipp that runs: a call, or a phone that waits for calls."""

    process: subprocess.Popen[bytes]
    messages: Path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def result(self, timeout: float = 30.0) -> Heard:
        """Waits for the caller's end and reads what it heard. Error: TimeoutExpired."""
        code = self.process.wait(timeout)
        return heard(self.messages.read_text(errors="replace"), is_complete=code == 0)

    def stop(self) -> None:
        """Takes a phone off the line (only when its calls are over: a killed sipp says no BYE)."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def heard(log: str, *, is_complete: bool) -> Heard:
    """The answers to the INVITE in a log of messages."""
    began, provisional, last, at = None, [], 0, None
    for part in re.split(r"(?=^-{20,} \d{4}-)", log, flags=re.MULTILINE):
        when = _STARTED.search(part)
        if when is None:
            continue
        moment = datetime.fromisoformat(when[1])
        if began is None and "\nINVITE sip:" in part:
            began = moment
        status = _STATUS.search(part)
        if status is None or not re.search(r"^CSeq: *\d+ INVITE", part, re.MULTILINE | re.IGNORECASE):
            continue
        if int(status[1]) < 200:
            provisional.append(int(status[1]))
        elif not last:
            last, at = int(status[1]), moment
    ms = (at - began).total_seconds() * 1000 if at and began else 0.0
    return Heard(last, tuple(provisional), ms, is_complete)


def caller(
    folder: Path, sip_port: int, to: str, plays: str, *, number: str = "+4989123456", **values: object
) -> Sipp:
    """Dials `to`. `plays`, `values`: see tests.telephony.scripts (milliseconds)."""
    sound = folder / "speech.pcap"
    if not sound.exists():
        speech(sound)
    script = caller_script(plays, caller=number, sound=sound, **values)
    return _started(folder, f"caller-{plays}", script, "-s", to, f"127.0.0.1:{sip_port}", timeout=90)


def phone(folder: Path, port: int, scenario: str, **values: object) -> Sipp:
    """An agent's phone on that port; takes any number of calls."""
    return _started(folder, scenario, _filled(scenario, values), calls=100_000, port=port, timeout=3600)


def register(folder: Path, sip_port: int, target: str, port: int) -> None:
    """Register the phone that listens on that port. Error: AssertionError when it is refused."""
    where, script = f"127.0.0.1:{sip_port}", _filled("register", {"port": port})
    assert _started(folder, "register", script, "-s", target, where).process.wait(15) == 0


def _filled(scenario: str, values: dict[str, object]) -> str:
    return Template((SCENARIOS / f"{scenario}.xml").read_text()).safe_substitute(values)


def _started(
    folder: Path, name: str, scenario: str, *more: str, calls: int = 1, port: int = 0, timeout: int = 60
) -> Sipp:
    """`timeout`: seconds after which sipp gives up."""
    port = port or free_port()
    script, messages = folder / f"{name}-{port}.xml", folder / f"{name}-{port}.msg"
    script.write_text(scenario)
    messages.unlink(missing_ok=True)
    command = ["sipp", "-sf", str(script), "-i", "127.0.0.1", "-p", str(port), "-mp", str(free_port())]
    command += ["-m", str(calls), "-nostdin", "-timeout", str(timeout), "-timeout_error"]
    command += ["-trace_msg", "-message_file", str(messages), *more]
    with (folder / f"{name}-{port}.out").open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=folder)
    return Sipp(process, messages)
