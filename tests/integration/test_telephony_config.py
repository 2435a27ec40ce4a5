"""`manage.py telephony_config`: the files of one telephone system, for its admin alone."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.factories.cast import make_agreement, make_customer, make_level
from tests.factories.phones import make_number, make_phone, make_system, open_always

pytestmark = pytest.mark.django_db


def test_the_files_hold_what_is_in_force_and_the_secret_of_the_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_always()
    system, level = make_system("Head office"), make_level("Gold")
    make_number(system, "+4930555001", make_agreement(make_customer("Aigner"), level, reference="G-1"))
    ended = make_agreement(make_customer("Brandt"), level, reference="G-2")
    number = make_number(system, "+4930555002", ended)
    resting = timezone.localdate() + timedelta(days=9)
    type(number).objects.filter(pk=number.pk).update(agreement=None, quarantine_until=resting)
    phone, other = make_phone(system), make_phone(make_system("Branch"))
    monkeypatch.setattr("sys.stdin", io.StringIO("s3cret\n"))
    out = tmp_path / "pbx"
    call_command("telephony_config", system="Head office", out=out, secret="-", stdout=io.StringIO())
    dialplan = out / "extensions_vorrang.conf"
    assert "Authorization: Bearer s3cret)" in dialplan.read_text()
    assert dialplan.stat().st_mode & 0o077 == 0
    spelt = ("4930555001", "004930555001", "030555001", "555001")
    numbers = "".join(f"database put contract {number} 1\n" for number in spelt)
    assert (out / "contract-numbers.txt").read_text() == numbers
    queue = (out / "queues_vorrang.conf").read_text()
    assert (f"PJSIP/{phone.dial_target}" in queue, f"PJSIP/{other.dial_target}" in queue) == (True, False)


def test_without_a_secret_the_file_says_where_it_belongs(tmp_path: Path) -> None:
    make_system("Head office")
    call_command("telephony_config", system="Head office", out=tmp_path, stdout=io.StringIO())
    assert "Bearer PUT-THE-SECRET-HERE)" in (tmp_path / "extensions_vorrang.conf").read_text()


def test_an_unknown_telephone_system_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no telephone system"):
        call_command("telephony_config", system="Nowhere", out=tmp_path / "pbx")
    assert not (tmp_path / "pbx").exists()
