"""One domain, however it is spelt."""

import pytest
from django.core.exceptions import ValidationError

from lib.domains import as_address, as_domain, domain_of, readable, spellings


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Aigner.Example", "aigner.example"),
        ("info@Aigner.example", "aigner.example"),
        ("müller.example", "xn--mller-kva.example"),
        ("MÜLLER.example", "xn--mller-kva.example"),
        ("xn--mller-kva.example", "xn--mller-kva.example"),
        ("straße.example", "strasse.example"),  # as mail to it is sent
    ],
)
def test_a_domain_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert as_domain(typed) == kept
    assert as_domain(readable(kept)) == kept


@pytest.mark.parametrize("typed", ["", "no domain", "a..example", "-a.example", "é5.é5ü", f"ok.{'ü5' * 20}"])
def test_what_is_no_domain_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        as_domain(typed)


def test_an_address_is_the_same_in_either_spelling() -> None:
    assert as_address(" Uwe@Müller.Example ") == "uwe@xn--mller-kva.example"
    both = {"uwe@müller.example", "uwe@xn--mller-kva.example"}
    assert spellings("Uwe@müller.example") == spellings("uwe@xn--mller-kva.example") == both
    assert domain_of("uwe@müller.example") == "xn--mller-kva.example"
    assert domain_of("no address") == ""


def test_what_has_no_other_spelling_stays_as_it_is() -> None:
    long = f"{'a' * 64}.example"
    assert as_address(f"x@{long}") == f"x@{long}"
    assert readable("xn--strae-oqa.example") in {"xn--strae-oqa.example", "straße.example"}
