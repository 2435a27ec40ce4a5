"""Whoever adds a column says whose data it may hold and what erasing a person does with it."""

import pytest

from privacy.queries.columns import name_of, tables_without_model, text_columns
from privacy.rules.inventory import INVENTORY, NOT_MODELS, Erasure, Whose


def test_every_column_that_can_hold_a_text_or_a_file_is_classified() -> None:
    """Those of other people's apps, too; and nothing is classified that is not there."""
    there = {name_of(model, field) for model, field in text_columns()}
    assert {"tickets.Message.body", "sessions.Session.session_data", "mfa.Authenticator.data"} <= there
    assert there - set(INVENTORY) == set(), "say in privacy/rules/inventory.py what these are"
    assert set(INVENTORY) - there == set(), "these are not there (any more)"


@pytest.mark.django_db
def test_every_table_without_a_model_is_classified() -> None:
    assert tables_without_model() == set(NOT_MODELS)


def test_what_is_left_alone_says_why() -> None:
    for name, column in INVENTORY.items():
        if column.erasure in {Erasure.NOTHING, Erasure.LAW, Erasure.UNSEALED}:
            assert column.why, name
        if column.whose is Whose.PERSON:
            assert column.erasure is not Erasure.NOTHING, name
