"""Phone numbers as people read them."""

import pytest

from lib.phones import readable


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
