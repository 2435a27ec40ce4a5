"""What may stand in a header of a mail."""

from urllib.parse import quote

import pytest

from mail.rules.headers import MAX_FILE_NAME_OCTETS, file_name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("Übersicht März.xlsx", "Übersicht März.xlsx"),
        ("a\r\nBcc: x.txt", "a Bcc: x.txt"),
        ("", ""),
        ("no suffix", "no suffix"),
        ("x." + "y" * 30, "x." + "y" * 30),
    ],
)
def test_names_stay_what_they_are(name: str, kept: str) -> None:
    assert file_name(name) == kept


def test_a_long_name_of_a_foreign_script_keeps_its_suffix_and_fits_into_a_line() -> None:
    cut = file_name("ด" * 190 + ".pdf")

    assert cut.endswith("ด.pdf")
    assert len(quote(cut)) <= MAX_FILE_NAME_OCTETS
    assert len(quote("ด" + cut)) > MAX_FILE_NAME_OCTETS
