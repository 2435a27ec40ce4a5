"""What is encrypted stays readable while keys are replaced, and says so where it does not."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import Client
from django.test.utils import isolate_apps
from django.utils import timezone
from pytest_django import Settings

from accounts.actions import keys
from accounts.models import KeptAnswer, Notice, User
from lib import crypto
from lib.crypto import EncryptedJSONField, Unreadable, encrypted_columns
from tests.factories.cast import make_user

pytestmark = pytest.mark.django_db

OLD, NEW, FOREIGN = (Fernet.generate_key().decode() for _ in range(3))
PARAMS = {"address": "owner@customer.example"}


@pytest.fixture
def notice(settings: Settings) -> Notice:
    """A notice that was encrypted with the old key."""
    settings.ENCRYPTION_KEYS = [OLD]
    return make_notice(1)


def make_notice(number: int) -> Notice:
    now = timezone.now()
    return Notice.objects.create(
        kind=Notice.Kind.MAIL_TEST,
        address="owner@customer.example",
        language="de",
        mail_id=f"<{number}@test>",
        created_at=now,
        next_attempt_at=now,
        params=PARAMS,  # type: ignore[misc]  # the field encrypts what it is given
    )


def stored(notice: Notice) -> str:
    """What lies in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT params FROM accounts_notice WHERE id = %s", [notice.pk])
        return str(cursor.fetchone()[0])


def rotate() -> tuple[str, str]:
    """Run the command. Returns what it said on both channels."""
    out, err = StringIO(), StringIO()
    call_command("rotate_keys", stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_database_holds_nothing_readable(notice: Notice) -> None:
    assert "owner@" not in stored(notice)
    assert Notice.objects.get().params == PARAMS


def test_after_a_rotation_the_old_key_may_go(notice: Notice, settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert Notice.objects.get().params == PARAMS

    out, _err = rotate()

    assert "accounts.Notice.params: 1 rotated, 0 current already" in out
    settings.ENCRYPTION_KEYS = [NEW]
    assert Notice.objects.get().params == PARAMS
    assert "accounts.Notice.params: 0 rotated, 1 current already" in rotate()[0]


def test_a_rotation_that_was_stopped_goes_on(
    notice: Notice, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "BATCH", 2)
    for number in range(2, 8):
        make_notice(number)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    steps = iter([True, True, True])

    def break_down(text: str) -> str:
        if next(steps, None) is None:
            raise KeyboardInterrupt
        return crypto.encrypt(text)

    monkeypatch.setattr(keys, "encrypt", break_down)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    monkeypatch.setattr(keys, "encrypt", crypto.encrypt)

    assert "accounts.Notice.params: 5 rotated, 2 current already" in rotate()[0]


def test_a_row_that_no_key_opens_is_named_and_left_as_it_is(notice: Notice, settings: Settings) -> None:
    before = stored(notice)
    settings.ENCRYPTION_KEYS = [NEW]
    make_notice(2)
    err = StringIO()

    with pytest.raises(CommandError, match="1 rows stay as they are"):
        call_command("rotate_keys", stdout=StringIO(), stderr=err)

    assert f"no key opens 1 rows: {notice.pk}" in err.getvalue()
    assert stored(notice) == before


def test_an_unreadable_row_breaks_no_list_and_survives_being_saved(
    notice: Notice, settings: Settings
) -> None:
    before = stored(notice)
    settings.ENCRYPTION_KEYS = [FOREIGN]
    (shown,) = Notice.objects.all()

    assert str(shown.params) == "(unreadable)"
    with pytest.raises(Unreadable):
        shown.params["address"]
    shown.attempts = 3
    shown.save()
    assert stored(notice) == before

    admin = Client()
    admin.force_login(make_user("root", User.Role.ADMIN), "django.contrib.auth.backends.ModelBackend")
    if any(model is Notice for model in _in_admin()):
        assert admin.get("/admin/accounts/notice/").status_code == 200


def _in_admin() -> Iterator[type[models.Model]]:
    from django.contrib import admin

    yield from admin.site._registry


def test_a_row_changed_during_the_rotation_keeps_the_change(
    notice: Notice, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ENCRYPTION_KEYS = [NEW, OLD]

    def somebody_is_faster(text: str) -> str:
        Notice.objects.filter(pk=notice.pk).update(params={"changed": True})
        return crypto.encrypt(text)

    monkeypatch.setattr(keys, "encrypt", somebody_is_faster)
    rotate()
    assert Notice.objects.get().params == {"changed": True}


def test_every_encrypted_field_is_rotated() -> None:
    by_hand = {
        (model, field)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedJSONField) and field.model is model
    }
    assert {(Notice, "params"), (KeptAnswer, "answer")} <= {(one, field.name) for one, field in by_hand}
    assert set(encrypted_columns()) == by_hand


@isolate_apps("accounts")
def test_a_new_encrypted_field_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Vault(models.Model):
        secret = EncryptedJSONField()

        def __str__(self) -> str:
            return ""

        class Meta:
            app_label = "accounts"

    known: Any = apps.get_models()
    monkeypatch.setattr(apps, "get_models", lambda: [*known, Vault])
    assert (Vault, Vault._meta.get_field("secret")) in encrypted_columns()


@pytest.mark.parametrize(
    "broken",
    ["", "short", "not a key", NEW[:-1], NEW[:20]],
    ids=["empty", "short", "words", "one letter less", "a part"],  # the keys differ from process to process
)
def test_a_malformed_key_is_found_by_the_checks_and_not_repeated(settings: Settings, broken: str) -> None:
    settings.ENCRYPTION_KEYS = [NEW, broken]
    (found,) = [one for one in run_checks(include_deployment_checks=True) if one.id == "vorrang.E001"]
    assert found.msg == "Number 2 of ENCRYPTION_KEYS is not a key."
    settings.ENCRYPTION_KEYS = [NEW]
    assert not [one for one in run_checks() if one.id == "vorrang.E001"]


def test_a_printed_key_is_one(settings: Settings) -> None:
    out = StringIO()
    call_command("encryption_key", stdout=out)
    settings.ENCRYPTION_KEYS = [out.getvalue().strip()]
    assert json.loads(crypto.decrypt(crypto.encrypt('{"a": 1}'))) == {"a": 1}
