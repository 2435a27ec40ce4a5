"""A real Asterisk in its own folder, on loopback and free ports, configured from the shipped templates."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Self

from calls.rules.telephony import Installation, rendered

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / ".data" / "tools" / "asterisk"
TEMPLATES = ROOT / "docs" / "telephony" / "asterisk"
# In this order: another is "undefined symbol".
MODULES = (  # noqa: SIM905 - as names in quotes it would be ninety lines
    "res_timing_timerfd res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjproject res_pjsip "
    "res_pjsip_session res_pjsip_sdp_rtp res_pjsip_pubsub res_pjsip_registrar res_pjsip_caller_id "
    "res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user res_pjsip_authenticator_digest "
    "res_pjsip_outbound_authenticator_digest res_pjsip_nat res_pjsip_rfc3326 res_pjsip_header_funcs "
    "res_rtp_asterisk res_musiconhold res_crypto res_curl func_curl func_json func_uri func_strings "
    "func_cut func_logic func_channel func_callerid func_cdr func_db func_dialplan func_hangupcause "
    "func_timeout func_env pbx_config chan_pjsip bridge_simple bridge_native_rtp bridge_softmix "
    "bridge_holding bridge_builtin_features codec_ulaw codec_alaw codec_gsm codec_a_mu codec_resample "
    "format_wav format_gsm format_pcm format_sln app_dial app_playback app_record app_read app_stack "
    "app_verbose app_queue app_exec res_clioriginate res_speech res_agi res_http_websocket res_stasis "
    "res_stasis_answer res_stasis_device_state res_stasis_playback res_stasis_recording res_stasis_snoop "
    "res_websocket_client app_stasis res_ari res_ari_model res_ari_applications res_ari_asterisk "
    "res_ari_bridges res_ari_channels res_ari_device_states res_ari_endpoints res_ari_events "
    "res_ari_playbacks res_ari_recordings "
).split()
EMPTY = ("features.conf", "cdr.conf", "cel.conf", "stasis.conf", "udptl.conf", "acl.conf")
GET = "tests/telephony/install-asterisk"
"""The command that gets it: Asterisk beside the system, sipp into it."""
ARI_PASSWORD = "of-the-tests"
AMI_PASSWORD = "of-the-tests-too"


def is_there() -> bool:
    """Whether a real telephone system and its callers can be started here."""
    return (TOOL / "run-asterisk").exists() and shutil.which("sipp") is not None


_BLOCK = 4
_ALL = range(24_000, 32_000, _BLOCK)
_BEGIN = os.getpid() * 331 % len(_ALL)
_BLOCKS: "cycle[int]" = cycle((*_ALL[_BEGIN:], *_ALL[:_BEGIN]))
"""Test processes beside this one begin elsewhere."""


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    """A port that nobody listens on. Of UDP the first of four, a call's sound needs as many.

    They lie below those that the system gives to whoever asks for any, and are not used again soon: what is
    free now is free when it is wanted, also with a hundred calls at once.
    """
    if kind == socket.SOCK_DGRAM:
        return next(first for first in _BLOCKS if _are_free(range(first, first + _BLOCK)))
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _are_free(ports: Iterable[int]) -> bool:
    with ExitStack() as held:
        for port in ports:
            sock = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


@dataclass
class Asterisk:
    """One PBX, as long as its block lasts.

    `agents`: dial target -> UDP port of the phone, as a fixed contact; `registering`: phones that have to
    register first. `files`: our part of the configuration as the product wrote it; rendered here without it.
    """

    folder: Path
    helpdesk: str
    secret: str = "secret-of-the-tests"
    agents: dict[str, int] = field(default_factory=dict)
    registering: tuple[str, ...] = ()
    contract_numbers: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    sip_port: int = field(default_factory=free_port)
    http_port: int = field(default_factory=lambda: free_port(socket.SOCK_STREAM))
    ami_port: int = field(default_factory=lambda: free_port(socket.SOCK_STREAM))
    process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        for name in ("etc", "lib", "spool/recording", "run", "log"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self._configure()
        self.start()
        for number in self.contract_numbers:
            self.cli(f"database put contract {number.lstrip('+')} 1")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts it and waits until it takes calls. Error: RuntimeError with the log's end."""
        with (self.folder / "console.log").open("ab") as console:
            self.process = subprocess.Popen(
                [TOOL / "run-asterisk", "-f", "-C", self.folder / "etc" / "asterisk.conf"],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            if "fully booted" in self.cli("core waitfullybooted").lower():
                return
            time.sleep(0.2)
        self.stop()
        raise RuntimeError((self.folder / "console.log").read_text()[-4000:])

    def stop(self) -> None:
        """Ends it; at the latest after five seconds by force."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def restart(self) -> None:
        """Stops and starts it; the calls of before are lost."""
        self.stop()
        self.start()

    def die(self) -> None:
        """Ends as if the power were cut: nobody is told anything."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def cli(self, command: str) -> str:
        """What Asterisk says to a command of its console."""
        done = subprocess.run(
            [TOOL / "run-asterisk", "-C", self.folder / "etc" / "asterisk.conf", "-rx", command],
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
        return done.stdout

    def channels(self) -> list[str]:
        """The ids of the calls it knows of."""
        lines = self.cli("core show channels concise").splitlines()
        return [line.split("!")[-1] for line in lines if "!" in line]

    def hang_up(self, call_id: str) -> None:
        """Ends the caller's leg of a call."""
        lines = self.cli("core show channels concise").splitlines()
        names = [line.split("!")[0] for line in lines if line.split("!")[-1] == call_id]
        for name in names:
            self.cli(f"channel request hangup {name}")

    def recordings(self) -> list[Path]:
        """Messages that were left."""
        return sorted((self.folder / "spool" / "recording").glob("*.wav"))

    def recording(self, call_id: str) -> Path:
        """The message of one call."""
        return self.folder / "spool" / "recording" / f"vm-{call_id}.wav"

    def played(self, call_id: str) -> list[str]:
        """Sounds that a caller heard, and "music", in their order."""
        log = (self.folder / "log" / "full.log").read_text(errors="replace")
        own = re.search(rf'Set\("(PJSIP/[^"]+)", "CALLUUID={re.escape(call_id)}"\)', log)
        assert own is not None, f"no call {call_id} in the log"
        name = re.escape(own[1])
        heard = rf"<{name}> Playing '([\w/-]+)|(Started music on hold).*on channel '{name}'"
        return [sound or "music" for sound, _music in re.findall(heard, log)]

    def _configure(self) -> None:
        for name, text in (dict(self.files or self._rendered()) | self._around()).items():
            (self.folder / "etc" / name).write_text(text)

    def _rendered(self) -> dict[str, str]:
        installation = Installation(
            site_url=self.helpdesk,
            system="test",
            secret=self.secret,
            agents=tuple(self.agents),
            contract_numbers=self.contract_numbers,
            ari_password=ARI_PASSWORD,
            ari_port=self.http_port,
            ami_password=AMI_PASSWORD,
        )
        templates = {path.name: path.read_text() for path in TEMPLATES.iterdir()}
        return rendered(templates, installation)

    def _around(self) -> dict[str, str]:
        """What an installation has of its own, and ours is included into."""
        phones = "".join(_phone(target, port) for target, port in self.agents.items())
        phones += "".join(_registering(target) for target in self.registering)
        return {
            "asterisk.conf": self._directories(),
            "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in MODULES),
            "extensions.conf": "#include extensions_vorrang.conf\n",
            "queues.conf": "[general]\nautofill=yes\n#include queues_vorrang.conf\n",
            "pjsip.conf": _PJSIP.format(port=self.sip_port) + phones,
            "http.conf": "[general]\n#include http_vorrang.conf\n",
            "ari.conf": "[general]\nenabled=yes\n#include ari_vorrang.conf\n",
            "cli.conf": "[startup_commands]\n#include cli_vorrang.conf\n",
            "musiconhold.conf": "[default]\nmode=files\ndirectory=" + str(self._music()) + "\n",
            "rtp.conf": "[general]\nrtpstart=20000\nrtpend=22000\nstrictrtp=no\n",
            "logger.conf": "[logfiles]\nfull.log => notice,warning,error,verbose(3)\n",
            "manager.conf": _MANAGER.format(port=self.ami_port),
        } | dict.fromkeys(EMPTY, "")

    def _directories(self) -> str:
        share = TOOL.resolve() / "root" / "usr" / "share" / "asterisk"
        modules = (TOOL / "modules-dir").read_text().strip()
        places = {
            "etc": "etc",
            "varlib": "lib",
            "db": "lib",
            "key": "lib",
            "spool": "spool",
            "run": "run",
            "log": "log",
        }
        own = "".join(f"ast{key}dir => {self.folder / place}\n" for key, place in places.items())
        return (
            f"[directories]\n{own}astmoddir => {modules}\nastdatadir => {share}\n"
            "[options]\nsystemname=test\ndefaultlanguage=en_US_f_Allison\nnofork=yes\nverbose=3\n"
        )

    def _music(self) -> Path:
        folder = self.folder / "music"
        folder.mkdir(exist_ok=True)
        sounds = TOOL / "root" / "usr" / "share" / "asterisk" / "sounds" / "en_US_f_Allison"
        shutil.copy(sounds / "vm-goodbye.gsm", folder / "music.gsm")
        return folder


def _phone(target: str, port: int) -> str:
    return (
        f"[{target}](vorrang-agent)\naors={target}\n"
        f"[{target}]\ntype=aor\ncontact=sip:{target}@127.0.0.1:{port}\n"
    )


def _registering(target: str) -> str:
    """As the template has it, but looked after every second."""
    return (
        f"[{target}](vorrang-agent)\naors={target}\n"
        f"[{target}](vorrang-aor)\nqualify_frequency=1\nqualify_timeout=0.5\n"
    )


_MANAGER = """[general]
enabled=yes
bindaddr=127.0.0.1
port={port}
#include manager_vorrang.conf
"""
_PJSIP = """[global]
type=global
endpoint_identifier_order=username,header,ip
[udp]
type=transport
protocol=udp
bind=127.0.0.1:{port}
#include pjsip_vorrang.conf
[trunk](vorrang-trunk)
[trunk]
type=identify
endpoint=trunk
match=127.0.0.1
[brief](vorrang-trunk)
rtp_timeout=2
[brief]
type=identify
endpoint=brief
match_header=X-Trunk: brief
"""
