"""Asterisk's manager interface (AMI), as far as its database (AstDB) goes: read a family, put, delete.

The libraries there are bring an event loop of their own or have not been kept for years; what is needed are
five actions of a line protocol. Every value is one line of printable text before it is sent, so none can
become a line of its own.
"""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import BinaryIO, Self

from calls.gateways.ari import Refused, Unreachable
from calls.gateways.deadlines import cut_off
from calls.models import PhoneSystem
from lib.crypto import Sealed

CONTRACT_NUMBERS = "contract"
"""The family that the dialplan looks numbers up in: "contract/4930555001" is "1"."""
SECONDS_TO_CONNECT = 5.0
SECONDS = 30.0
"""For a whole session; some thousand numbers take a few seconds."""
LONGEST_LINE = 4_096
MOST_LINES = 500_000

Packet = dict[str, str]


class Database:
    """AstDB of a telephone system that lets us in. Made by `session`."""

    def __init__(self, connected: socket.socket, answers: BinaryIO) -> None:
        self._socket = connected
        self._answers = answers
        self._ids = count(1)
        self._left = MOST_LINES

    def log_in(self, user: str, password: str) -> Self:
        """Errors: Unreachable for what does not speak AMI, Refused for a wrong name or password."""
        if not self._line().startswith("Asterisk Call Manager/"):
            raise Unreachable("garbage")
        answer = self._ask({"Action": "Login", "Username": user, "Secret": password, "Events": "off"})
        if answer.get("Response") != "Success":
            raise Refused("refused")
        return self

    def log_off(self) -> None:
        """Say good-bye."""
        self._send({"Action": "Logoff"})

    def read(self, family: str) -> dict[str, str]:
        """A family's values by key. Error: Unreachable."""
        asked = self._send({"Action": "DBGetTree", "Family": family})
        self._succeed(self._answer_to(asked))
        found: dict[str, str] = {}
        while (packet := self._answer_to(asked)).get("Event") == "DBGetTreeResponse":
            found[packet.get("Key", "").removeprefix(f"/{family}/")] = packet.get("Val", "")
        if packet.get("Event") != "DBGetTreeComplete":
            raise Unreachable("garbage")
        return found

    def put(self, family: str, key: str, value: str) -> None:
        """Error: Unreachable."""
        self._succeed(self._ask({"Action": "DBPut", "Family": family, "Key": key, "Val": value}))

    def delete(self, family: str, key: str) -> None:
        """Delete what `read` has shown. Error: Unreachable."""
        self._succeed(self._ask({"Action": "DBDel", "Family": family, "Key": key}))

    def _succeed(self, answer: Packet) -> None:
        """Error: Refused where this user may not; Unreachable for what failed."""
        if answer.get("Response") == "Success":
            return
        if answer.get("Message") == "Permission denied":
            raise Refused("refused")
        raise Unreachable("failed")

    def _ask(self, fields: Mapping[str, str]) -> Packet:
        return self._answer_to(self._send(fields))

    def _send(self, fields: Mapping[str, str]) -> str:
        """Send an action. Returns the id that its answers carry."""
        number = f"vorrang-{next(self._ids)}"
        lines = [f"{name}: {_one_line(value)}\r\n" for name, value in fields.items()]
        self._socket.sendall("".join([*lines, f"ActionID: {number}\r\n\r\n"]).encode())
        return number

    def _answer_to(self, number: str) -> Packet:
        """The next packet that belongs to our action; events of others are passed over."""
        while True:
            packet = self._packet()
            if packet.get("ActionID") == number:
                return packet

    def _packet(self) -> Packet:
        fields: Packet = {}
        while line := self._line():
            name, _colon, value = line.partition(": ")
            fields[name] = value
        return fields

    def _line(self) -> str:
        """The next line without its end; "" between packets. Error: Unreachable for an end in between."""
        self._left -= 1
        line = self._answers.readline(LONGEST_LINE)
        if not line.endswith(b"\n") or self._left < 0:
            raise Unreachable("garbage" if line else "unreachable")
        return line.decode(errors="replace").rstrip("\r\n")


def is_known(system: PhoneSystem) -> bool:
    """Whether an admin said how AMI is reached."""
    return bool(system.ami_host and system.ami_user)


@contextmanager
def session(system: PhoneSystem) -> Iterator[Database]:
    """A connection to its database. Errors: Unreachable, Refused."""
    if isinstance(system.ami_password, Sealed):
        raise Refused("sealed")
    try:
        place = (system.ami_host, system.ami_port)
        with (
            socket.create_connection(place, timeout=SECONDS_TO_CONNECT) as connected,
            cut_off(connected, SECONDS),
            connected.makefile("rb") as answers,
        ):
            database = Database(connected, answers).log_in(system.ami_user, str(system.ami_password or ""))
            yield database
            database.log_off()
    except TimeoutError as error:
        raise Unreachable("timeout") from error
    except OSError as error:
        raise Unreachable("unreachable") from error
    except UnicodeError as error:  # a host's name that cannot be one
        raise Unreachable("address") from error


def _one_line(value: str) -> str:
    """Error: Unreachable for what would be more than one line."""
    if not value.isprintable():
        raise Unreachable("not_one_line")
    return value
