"""Phone numbers as people read them."""

import re

import pytest

from lib.phones import CallerKind, as_e164, read_caller, readable


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("+498999998141", "+49 89 99998141"),
        ("+491713920091", "+49 171 3920091"),
        ("+442079460018", "+44 20 7946 0018"),
        ("555001", "555001"),
    ],
)
def test_a_kept_number_reads_in_groups(kept: str, read: str) -> None:
    assert readable(kept) == read


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+49 (0)89 / 99998141", "+498999998141"),
        ("0049 89 99998141", "+498999998141"),
        ("+49 089 99998141", "+498999998141"),
        ("+39 (0)6 6982", "+39066982"),
        ("+49 12345", "+4912345"),
        ("+999 123456", "+999123456"),
    ],
)
def test_a_number_with_its_country_is_kept_as_callers_are_read(written: str, kept: str) -> None:
    assert as_e164(written) == kept
    caller = read_caller(written, region="DE", area_code="30")
    assert caller.kind != CallerKind.NUMBER or caller.e164 == kept


@pytest.mark.parametrize("written", ["089 99998141", "99998141", "+", "+49", "+49 89 VORRANG", "+0 123456"])
def test_a_number_without_its_country_is_not_kept(written: str) -> None:
    with pytest.raises(ValueError, match=re.escape(written)):
        as_e164(written)
