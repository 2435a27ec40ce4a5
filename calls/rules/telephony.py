"""The configuration of a telephone system, rendered from the templates in docs/telephony/asterisk/.

A template's placeholders are @NAMES@. Values that could end a line or begin a comment of an Asterisk
configuration are refused: what an admin typed as a phone's name must not become a line of a dialplan.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

SECRET_TO_FILL_IN = "PUT-THE-SECRET-HERE"  # noqa: S105 - says where a secret belongs
_PLACEHOLDER = re.compile(r"@([A-Z]+(?:_[A-Z]+)*)@")
_PLAIN = re.compile(r"[\w.+~/=:@ -]*", re.ASCII)
_TARGET = re.compile(r"\+?[A-Za-z0-9][\w.@-]*", re.ASCII)


class NotForAConfiguration(ValueError):
    """A value that would break the file it is written into; says which."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What the files say of this installation and of the telephone system they are for.

    `agents`: dial targets; `contract_numbers`: E.164, for the system's own fallback.
    """

    site_url: str
    system: str
    secret: str = SECRET_TO_FILL_IN
    agents: tuple[str, ...] = ()
    contract_numbers: tuple[str, ...] = ()
    outbound_context: str = "vorrang-outbound"
    fallback_queue: str = "vorrang-native"
    music: str = "default"
    silence_seconds: int = 5
    longest_message: int = 120
    ari_user: str = "vorrang"
    ari_password: str = SECRET_TO_FILL_IN
    ari_bind: str = "127.0.0.1"
    ari_port: int = 8088
    ami_user: str = "vorrang"
    ami_password: str = SECRET_TO_FILL_IN
    ami_permit: str = "127.0.0.1/255.255.255.255"


def rendered(templates: Mapping[str, str], installation: Installation) -> dict[str, str]:
    """Every file by its name, filled in. Error: NotForAConfiguration."""
    values = _values(installation)
    return {
        name: _PLACEHOLDER.sub(lambda found: values[found[1]], template)
        for name, template in templates.items()
    }


def _values(installation: Installation) -> dict[str, str]:
    """The placeholders. Lists become lines."""
    single = {
        "SITE_URL": installation.site_url.rstrip("/"),
        "SYSTEM": installation.system,
        "SECRET": installation.secret,
        "OUTBOUND_CONTEXT": installation.outbound_context,
        "FALLBACK_QUEUE": installation.fallback_queue,
        "MUSIC": installation.music,
        "SILENCE_SECONDS": str(installation.silence_seconds),
        "LONGEST_MESSAGE": str(installation.longest_message),
        "ARI_USER": installation.ari_user,
        "ARI_PASSWORD": installation.ari_password,
        "ARI_BIND": installation.ari_bind,
        "ARI_PORT": str(installation.ari_port),
        "AMI_USER": installation.ami_user,
        "AMI_PASSWORD": installation.ami_password,
        "AMI_PERMIT": installation.ami_permit,
    }
    single["SYSTEM"] = re.sub(r"[^\w.-]+", " ", single["SYSTEM"]).strip()
    for name, value in single.items():
        if name != "SYSTEM" and not _PLAIN.fullmatch(value):
            raise NotForAConfiguration(name)
    return single | {
        "QUEUE_MEMBERS": "\n".join(f"member => {_member(target)}" for target in installation.agents),
        "CONTRACT_NUMBERS": "\n".join(
            f"database put contract {digits(number)} 1" for number in installation.contract_numbers
        ),
    }


def _member(target: str) -> str:
    """A phone as a queue knows it. A phone outside of the system is no member: its mailbox would answer."""
    if not is_phone_of_the_system(target):
        raise NotForAConfiguration(target)
    return f"PJSIP/{target}"


def is_phone_of_the_system(target: str) -> bool:
    """Whether a phone is the telephone system's own, and not one outside ("+49...")."""
    return bool(_TARGET.fullmatch(target)) and not target.startswith("+")


def digits(number: str) -> str:
    """A number as the fallback looks it up: digits only."""
    return re.sub(r"[^0-9]", "", number)
