"""The files for a telephone system: this installation's values, and nothing that breaks out of its line."""

from dataclasses import replace
from pathlib import Path

import pytest

from calls.rules.deciding import Action
from calls.rules.telephony import Installation, NotForAConfiguration, rendered

FOLDER = Path(__file__).parents[2] / "docs" / "telephony" / "asterisk"
TEMPLATES = {path.name: path.read_text() for path in FOLDER.iterdir()}
OURS = Installation(
    site_url="https://desk.example/",
    system="Head office",
    secret="s3cret",
    agents=("agent1", "201"),
    contract_numbers=("+4930555001",),
)


def test_the_files_say_this_installations_values() -> None:
    files = rendered(TEMPLATES, OURS)
    dialplan = files["extensions_vorrang.conf"]
    assert "CURL(https://desk.example/calls/v1/step," in dialplan
    assert "Authorization: Bearer s3cret)" in dialplan
    assert "Local/${AGENT:1}@vorrang-outbound/n" in dialplan
    assert files["queues_vorrang.conf"].endswith("member => PJSIP/agent1\nmember => PJSIP/201\n")
    assert files["contract-numbers.txt"] == "database put contract 4930555001 1\n"
    assert "_PASSWORD@" not in "".join(files.values())


def test_everything_that_can_be_decided_can_be_done() -> None:
    dialplan = TEMPLATES["extensions_vorrang.conf"]
    assert [action for action in Action if f"exten => act-{action},1," not in dialplan] == []


def test_no_shell_and_no_recording_of_conversations_in_the_dialplan() -> None:
    dialplan = TEMPLATES["extensions_vorrang.conf"].lower()
    assert [
        word for word in ("system(", "shell(", "agi(", "mixmonitor", "monitor(") if word in dialplan
    ] == []


@pytest.mark.parametrize(
    "broken",
    [
        {"secret": "a\nexten => _X.,1,Dial(PJSIP/premium)"},
        {"secret": "a;b"},
        {"site_url": "https://desk.example/${SHELL(id)}"},
        {"agents": ("agent1\nmember => PJSIP/x",)},
        {"agents": ("+49170123456",)},
        {"ari_password": "a]b"},
    ],
)
def test_what_breaks_out_of_its_line_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(NotForAConfiguration):
        rendered(TEMPLATES, replace(OURS, **broken))  # type: ignore[arg-type]
