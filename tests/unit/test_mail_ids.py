"""A Message-ID says whose mail it is, and nobody else can make one."""

from typing import Any

import pytest

from lib.mail_ids import MailSubject, new_mail_id, subject_of


def test_one_of_ours_names_its_ticket() -> None:
    mail_id = new_mail_id("ticket", 1042)
    assert subject_of(mail_id) == subject_of(f" {mail_id[1:-1]} ") == MailSubject("ticket", 1042)
    assert new_mail_id("ticket", 1042) != mail_id


def test_it_fits_into_one_line_of_a_header(settings: Any) -> None:
    settings.MAIL_DOMAIN = "helpdesk.example.com"
    assert len(f"Message-ID: {new_mail_id('ticket', 123_456)}") <= 78


def test_it_counts_wherever_the_firm_has_moved(settings: Any) -> None:
    mail_id = new_mail_id("ticket", 7)
    settings.MAIL_DOMAIN = "elsewhere.example"
    assert subject_of(mail_id) == MailSubject("ticket", 7)


def test_a_former_key_still_verifies_and_an_unknown_one_does_not(settings: Any) -> None:
    mail_id, former = new_mail_id("ticket", 7), settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    assert subject_of(mail_id) is None
    settings.SECRET_KEY_FALLBACKS = [former]
    assert subject_of(mail_id) == MailSubject("ticket", 7)


@pytest.mark.parametrize(
    "forge",
    [
        lambda genuine: genuine.replace("ticket.7.", "ticket.8."),
        lambda genuine: genuine.replace("ticket.", "notice."),
        lambda genuine: genuine.replace("@", "a@"),
        lambda genuine: genuine.split("@")[0],
        lambda genuine: f"{genuine} {genuine}",
        lambda _genuine: "<ticket.7@helpdesk.example>",
        lambda _genuine: "",
    ],
)
def test_what_was_changed_or_made_up_is_none_of_ours(forge: Any) -> None:
    assert subject_of(forge(new_mail_id("ticket", 7))) is None
