"""A new installation is set up by whoever reads the code in the terminal: step by step, and only once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.actions import company as company_actions
from accounts.actions import setting_up
from accounts.models import AuditEntry, AuditValues, Company, Notice, SetUpCode, Team, User
from accounts.models.company import code_digest
from accounts.queries.company import company_name, memory
from contracts.models import DpaDocument, ServiceLevel
from tests.factories.cast import make_agreement, make_customer, make_user
from tickets.management.this_house import this_house

pytestmark = pytest.mark.django_db

PASSWORD = "Moewe ueber Kiel 9"
STEPS = ["company", "admin", "team", "levels", "mail"]
COMPANY = {"name": "Nordwind Systemhaus", "language": "en"}
ADMIN = {
    "of": "",
    "first_name": "Jana",
    "last_name": "Petersen",
    "username": "jana",
    "email": "Jana@nordwind.example",
    "password": PASSWORD,
    "password_again": PASSWORD,
}
TEAM = {"name": "Technik & Support"}
ONE_LEVEL = {"kind": "one", "name": "Wartungsvertrag"}
TIERS = {"kind": "several", "name_1": "Gold", "rank_1": "1", "name_2": "Bronze", "rank_2": "3"}


@pytest.fixture(autouse=True)
def _nothing_is_set_up(_firm: None) -> None:
    """This process has yet to ask whose helpdesk it is."""
    memory.forget()


def browser(language: str = "en") -> Client:
    """Somebody's browser, without the code."""
    return Client(headers={"Accept-Language": language})


def with_code(language: str = "en") -> Client:
    """A browser in which a fresh code was entered; the one before is void."""
    client = browser(language)
    client.post("/setup/", {"code": setting_up.new_code(by=None)})
    return client


def take(client: Client, step: str, fields: dict[str, Any]) -> Any:
    """Send a step that is expected to be accepted."""
    answer = client.post(f"/setup/{step}/", fields)
    assert answer.status_code == 302, answer.context["form"].errors
    return answer


def set_up_until(client: Client, step: str) -> Client:
    """Take all steps before this one."""
    taken = {"company": COMPANY, "admin": ADMIN, "team": TEAM, "levels": ONE_LEVEL}
    for name in STEPS[: STEPS.index(step)]:
        take(client, name, taken[name])
    return client


# Before anything is set up


@pytest.mark.parametrize("path", ["/", "/desk/", "/accounts/login/", "/portal/new/", "/admin/", "/nowhere/"])
def test_every_page_leads_to_the_set_up(path: str) -> None:
    answer = browser().get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/setup/")


def test_a_form_that_is_sent_leads_there_too() -> None:
    assert (
        browser().post("/accounts/login/", {"login": "a", "password": "b"}).headers["Location"] == "/setup/"
    )


def test_a_part_of_a_page_sends_the_whole_page_there() -> None:
    assert browser().get("/desk/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/setup/"


def test_the_api_goes_on_asking_for_a_token_and_the_language_can_be_chosen() -> None:
    assert browser().get("/api/v1/tickets/").status_code == 401
    client = browser("en")
    client.post("/language/", {"language": "de", "next": "/setup/"})
    assert "Diese Installation einrichten" in client.get("/setup/").text


@pytest.mark.parametrize("step", [*STEPS, "finish"])
def test_without_the_code_no_step_opens(step: str) -> None:
    client = browser()
    for answer in (client.get(f"/setup/{step}/"), client.post(f"/setup/{step}/", COMPANY)):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/setup/")
    assert not Company.objects.exists()


# The code


@pytest.mark.parametrize(
    "spell", [str, str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "]
)
def test_the_code_opens_the_first_step_however_it_is_typed(spell: Any) -> None:
    client = browser()
    answer = client.post("/setup/", {"code": spell(setting_up.new_code(by=None))}, follow=True)
    assert answer.redirect_chain[-1][0] == "/setup/company/"


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    with_confusable = "1I0OL-AAAAA-BBBBB-CCCCC"
    assert code_digest(with_confusable) == code_digest("11001AAAAABBBBBCCCCC")


def test_a_code_is_stored_as_a_digest_only_and_two_are_never_alike() -> None:
    first, second = setting_up.new_code(by=None), setting_up.new_code(by=None)
    assert first != second
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}", second)
    row = SetUpCode.objects.get()
    assert second.replace("-", "") not in row.digest


def test_an_installation_that_waits_for_its_set_up_is_still_empty_to_a_restore() -> None:
    with_code()
    assert {"accounts_setupcode", "accounts_throttle", "django_session"} <= this_house().passing
    assert not AuditEntry.objects.exists()


def test_a_wrong_code_opens_nothing_and_says_so() -> None:
    setting_up.new_code(by=None)
    client = browser()
    answer = client.post("/setup/", {"code": "AAAAA-AAAAA-AAAAA-AAAAA"})
    assert answer.status_code == 422
    assert "This code is wrong, or it has expired." in answer.text
    assert client.get("/setup/company/").status_code == 302


def test_no_code_at_all_was_made_and_none_is_right() -> None:
    assert browser().post("/setup/", {"code": ""}).status_code == 422
    assert browser().post("/setup/", {"code": "AAAAA-AAAAA-AAAAA-AAAAA"}).status_code == 422


def test_an_expired_code_opens_nothing_and_ends_what_it_opened() -> None:
    client = browser()
    code = setting_up.new_code(by=None, at=timezone.now() - timedelta(hours=23, minutes=59))
    client.post("/setup/", {"code": code})
    assert client.get("/setup/company/").status_code == 200

    SetUpCode.objects.update(expires_at=timezone.now())

    assert client.get("/setup/company/").status_code == 302
    assert "expired" in browser().post("/setup/", {"code": code}).text


def test_a_new_code_ends_what_the_one_before_opened() -> None:
    client = with_code()
    assert client.get("/setup/company/").status_code == 200
    setting_up.new_code(by=None)
    assert client.get("/setup/company/").headers["Location"] == "/setup/"


def test_guessing_ends_soon_for_whoever_guesses_and_for_nobody_else() -> None:
    code = setting_up.new_code(by=None)
    for _ in range(5):
        browser().post("/setup/", {"code": "AAAAA-AAAAA-AAAAA-AAAAA"})

    answer = browser().post("/setup/", {"code": code})
    assert answer.status_code == 429
    assert "Too many wrong codes" in answer.text
    assert browser().post("/setup/", {"code": code}, REMOTE_ADDR="192.0.2.9").status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_throttle WHERE cache_key LIKE '%%set_up_code%%'")
        assert cursor.fetchone()[0] > 0


# The way through


def test_the_whole_way_sets_everything_up_and_closes_behind_itself() -> None:
    client = with_code()
    assert take(client, "company", COMPANY).headers["Location"] == "/setup/admin/"
    assert take(client, "admin", ADMIN).headers["Location"] == "/setup/team/"
    assert take(client, "team", TEAM).headers["Location"] == "/setup/levels/"
    assert take(client, "levels", TIERS).headers["Location"] == "/setup/mail/"
    take(client, "mail", {})
    assert client.post("/setup/finish/").headers["Location"] == "/first-steps/"

    company, user, team = Company.objects.get(), User.objects.get(), Team.objects.get()
    assert (company.name, company.language, company.first_admin) == ("Nordwind Systemhaus", "en", user)
    assert company.set_up_at is not None
    assert (user.role, user.email, user.language) == ("admin", "jana@nordwind.example", "en")
    assert user.is_staff
    assert user.check_password(PASSWORD)
    assert (team.name, team.slug, team.is_default) == ("Technik & Support", "technik-support", True)
    assert list(ServiceLevel.objects.values_list("name", "rank")) == [("Gold", 1), ("Bronze", 3)]
    assert not SetUpCode.objects.exists()
    draft = DpaDocument.objects.get()  # to be read by a lawyer before it is published
    assert (draft.published_at, draft.body_de.startswith("## § 1")) == (None, True)

    page = client.get("/first-steps/").text
    assert "The helpdesk of Nordwind Systemhaus is open" in page
    assert "Nordwind Systemhaus" in browser().get("/accounts/login/").text
    for path in ["", *(f"{step}/" for step in STEPS), "finish/"]:
        assert client.get(f"/setup/{path}").status_code == 404
        assert client.post(f"/setup/{path}", COMPANY).status_code == 404
        assert browser().get(f"/setup/{path}").status_code == 404
    with pytest.raises(setting_up.AlreadySetUp):
        setting_up.new_code(by=None)


def test_every_step_stands_in_the_audit_trail_by_whoever_is_known() -> None:
    client = set_up_until(with_code(), "mail")
    client.post("/setup/finish/")
    trail = AuditEntry.objects.order_by("id").values_list("verb", "personal__actor_name")
    assert list(trail) == [
        ("company.created", ""),
        ("user.created", ""),
        ("team.created", "Jana Petersen"),
        ("level.created", "Jana Petersen"),
        ("dpa_document.created", "Jana Petersen"),
        ("set_up.finished", "Jana Petersen"),
    ]
    assert PASSWORD not in str(list(AuditValues.objects.values()))


def test_the_first_admin_is_signed_in_at_the_end_and_only_in_the_browser_that_made_them() -> None:
    first = set_up_until(with_code(), "team")
    second = with_code()
    assert second.get("/setup/", follow=True).redirect_chain[-1][0] == "/setup/team/"
    take(second, "team", TEAM)
    take(second, "levels", ONE_LEVEL)
    second.post("/setup/finish/")

    for client in (first, second):
        assert "/accounts/login/" in client.get("/first-steps/").headers["Location"]


def test_who_is_no_admin_does_not_find_the_first_steps() -> None:
    set_up_until(with_code(), "mail").post("/setup/finish/")
    for role in (User.Role.CONTACT, User.Role.AGENT, User.Role.LEAD):
        client = browser()
        client.force_login(make_user("", role))
        assert client.get("/first-steps/").status_code == 404


def test_the_first_steps_show_what_there_is() -> None:
    client = set_up_until(with_code(), "mail")
    client.post("/setup/finish/")
    assert "0 customers" in client.get("/first-steps/").text
    make_agreement(make_customer(), ServiceLevel.objects.get())
    page = client.get("/first-steps/").text
    assert "1 customer<" in page
    assert "1 agreement<" in page


@pytest.mark.parametrize("position", range(4))
def test_no_step_can_be_taken_before_the_one_before_it(position: int) -> None:
    client = set_up_until(with_code(), STEPS[position])
    for later in STEPS[position + 1 :]:
        assert client.get(f"/setup/{later}/").headers["Location"] == f"/setup/{STEPS[position]}/"
        assert client.post(f"/setup/{later}/", {}).headers["Location"] == f"/setup/{STEPS[position]}/"
    assert client.post("/setup/finish/").headers["Location"] == "/setup/"
    assert not Company.objects.filter(set_up_at__isnull=False).exists()
    assert browser().get("/desk/").headers["Location"] == "/setup/"


def test_who_was_interrupted_goes_on_where_it_stopped() -> None:
    set_up_until(with_code(), "levels")
    again = with_code()
    assert again.get("/setup/").headers["Location"] == "/setup/levels/"
    take(again, "levels", ONE_LEVEL)
    assert again.get("/setup/").headers["Location"] == "/setup/mail/"


# Refusals


@pytest.mark.parametrize(
    ("step", "fields", "said"),
    [
        ("company", {**COMPANY, "name": "  "}, "This field is required."),
        ("company", {**COMPANY, "name": "x" * 121}, "at most 120 characters"),
        ("company", {**COMPANY, "language": "fr"}, "Select a valid choice."),
        ("admin", {**ADMIN, "email": "no address"}, "Enter a valid email address."),
        ("admin", {**ADMIN, "email": ""}, "This field is required."),
        ("admin", {**ADMIN, "username": "jana petersen"}, "Enter a valid username."),
        ("admin", {**ADMIN, "password": "kurz", "password_again": "kurz"}, "This password is too short."),
        ("admin", {**ADMIN, "password": "12345678901", "password_again": "12345678901"}, "entirely numeric"),
        ("admin", {**ADMIN, "password": "jana@nordwind", "password_again": "jana@nordwind"}, "too similar"),
        ("admin", {**ADMIN, "password_again": "another one"}, "The two passwords are not the same."),
        ("team", {"name": ""}, "This field is required."),
        ("team", {"name": "x" * 81}, "at most 80 characters"),
        ("levels", {}, "This field is required."),
        ("levels", {"kind": "one", "name": ""}, "The service level needs a name."),
        ("levels", {"kind": "several"}, "At least one tier is needed."),
        ("levels", {**TIERS, "rank_1": ""}, "This tier needs a rank."),
        ("levels", {**TIERS, "name_2": ""}, "This rank needs a name"),
        ("levels", {**TIERS, "name_2": "GOLD"}, "Two tiers cannot have the same name."),
        ("levels", {**TIERS, "rank_1": "0"}, "greater than or equal to 1"),
        ("levels", {**TIERS, "rank_1": "100"}, "less than or equal to 99"),
        ("levels", {**TIERS, "rank_1": "first"}, "Enter a whole number."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(step: str, fields: dict[str, str], said: str) -> None:
    client = set_up_until(with_code(), step)
    answer = client.post(f"/setup/{step}/", fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert client.get("/setup/").headers["Location"] == f"/setup/{step}/"


def test_a_refused_password_is_not_sent_back() -> None:
    client = set_up_until(with_code(), "admin")
    assert PASSWORD not in client.post("/setup/admin/", {**ADMIN, "email": ""}).text


def test_tiers_of_one_rank_form_one_group_and_rows_of_the_other_choice_do_not_count() -> None:
    client = set_up_until(with_code(), "levels")
    take(client, "levels", {**TIERS, "rank_2": "1", "name": "not chosen"})
    assert list(ServiceLevel.objects.values_list("name", "rank")) == [("Bronze", 1), ("Gold", 1)]
    take(client, "levels", {**TIERS, **ONE_LEVEL})
    assert list(ServiceLevel.objects.values_list("name", "rank")) == [("Wartungsvertrag", 1)]


# Going back


def test_going_back_changes_what_is_there_and_makes_nothing_twice() -> None:
    client = set_up_until(with_code(), "mail")
    assert 'value="Nordwind Systemhaus"' in client.get("/setup/company/").text
    take(client, "company", {"name": "Südwind", "language": "de"})
    page = client.get("/setup/admin/").text
    assert 'value="jana"' in page
    admin = User.objects.get()
    changed = {**ADMIN, "of": admin.pk, "username": "jp", "password": "", "password_again": ""}
    take(client, "admin", changed)
    take(client, "team", {"name": "Werkstatt"})
    take(client, "levels", {**TIERS, "name_1": "Wartungsvertrag", "rank_1": "2"})

    assert Company.objects.get().name == "Südwind"
    admin.refresh_from_db()
    assert (admin.username, admin.role) == ("jp", "admin")
    assert admin.check_password(PASSWORD)
    assert (Team.objects.get().name, Team.objects.get().slug) == ("Werkstatt", "werkstatt")
    assert list(ServiceLevel.objects.values_list("name", "rank")) == [("Wartungsvertrag", 2), ("Bronze", 3)]
    assert client.get("/setup/").headers["Location"] == "/setup/mail/"


def test_a_level_that_an_agreement_names_keeps_its_row_when_the_steps_are_taken_again() -> None:
    client = set_up_until(with_code(), "mail")
    level = ServiceLevel.objects.get()
    make_agreement(make_customer(), level)
    take(client, "levels", {**TIERS, "name_1": level.name})
    assert ServiceLevel.objects.filter(pk=level.pk).exists()


# Two at once


def test_who_comes_second_with_another_first_admin_is_told_and_changes_nothing() -> None:
    client = set_up_until(with_code(), "team")
    answer = client.post(
        "/setup/admin/", {**ADMIN, "username": "somebody", "email": "s@b.example"}, follow=True
    )
    assert "Somebody else has made the first admin meanwhile. Yours was not made." in answer.text
    assert list(User.objects.values_list("username", flat=True)) == ["jana"]


def test_the_same_form_sent_twice_just_goes_on() -> None:
    client = set_up_until(with_code(), "team")
    assert client.post("/setup/admin/", ADMIN).headers["Location"] == "/setup/team/"
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_company_one_admin_one_team_and_one_set_of_levels() -> None:
    setting_up.new_code(by=None)
    digest = SetUpCode.objects.get().digest

    def take_all(number: int) -> None:
        try:
            client = browser()
            session = client.session
            session["set_up_code"] = digest
            session.save()
            client.post("/setup/company/", {**COMPANY, "name": f"Firm {number}"})
            name = f"admin{number}"
            client.post("/setup/admin/", {**ADMIN, "username": name, "email": f"{name}@firm.example"})
            client.post("/setup/team/", {"name": f"Team {number}"})
            client.post("/setup/levels/", {**TIERS, "name_1": f"Gold {number}"})
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(take_all, range(6)))

    assert Company.objects.count() == 1
    assert User.objects.count() == 1
    assert Company.objects.get().first_admin == User.objects.get()
    assert Team.objects.count() == 1
    assert ServiceLevel.objects.count() == 2


# The trial mail


def test_the_trial_mail_goes_to_the_admin_and_its_outcome_is_shown() -> None:
    client = set_up_until(with_code(), "mail")
    assert Notice.objects.count() == 0
    take(client, "mail", {})
    notice = Notice.objects.get()
    assert (notice.kind, notice.address, notice.language) == ("mail_test", "jana@nordwind.example", "en")
    page = client.get("/setup/mail/?fragment=outcome").text
    assert "waiting to be sent" in page
    assert "<html" not in page
    assert "every 2s" in page

    Notice.objects.update(attempts=1, error="undelivered.unreachable")
    assert "The mail server cannot be reached" in client.get("/setup/mail/").text
    Notice.objects.update(attempts=1, error="450 4.2.0 Greylisted")
    assert "450 4.2.0 Greylisted" in client.get("/setup/mail/").text
    Notice.objects.update(next_attempt_at=None, failed_at=timezone.now(), error="550 5.1.1 <b>Unknown</b>")
    page = client.get("/setup/mail/?fragment=outcome").text
    assert "could not be sent" in page
    assert "550 5.1.1 &lt;b&gt;Unknown&lt;/b&gt;" in page
    assert "every 2s" not in page
    Notice.objects.update(failed_at=None, sent_at=timezone.now(), error="")
    assert "Finish the set-up" in client.get("/setup/mail/").text


def test_the_page_names_the_mail_server_but_not_its_password(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.nordwind.example", 587
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "helpdesk", "do-not-show-this"
    settings.EMAIL_USE_TLS = True
    page = set_up_until(with_code(), "mail").get("/setup/mail/").text
    assert "mail.nordwind.example:587 (STARTTLS)" in page
    assert "as helpdesk" in page
    assert "do-not-show-this" not in page


def test_without_a_mail_server_the_page_says_so(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    page = set_up_until(with_code(), "mail").get("/setup/mail/").text
    assert "EMAIL_URL is not set" in page


# What counts as set up, and the company's name


def test_an_admin_who_came_by_another_way_means_that_it_is_set_up(settings: Settings) -> None:
    settings.COMPANY_NAME = "Named by the environment"
    make_user("root", User.Role.ADMIN)
    assert browser().get("/setup/").status_code == 404
    assert "Named by the environment" in browser().get("/accounts/login/").text


def test_an_agent_alone_does_not() -> None:
    make_user("agent", User.Role.AGENT)
    assert browser().get("/setup/").status_code == 200


def test_once_it_is_set_up_a_process_never_asks_again() -> None:
    make_user("root", User.Role.ADMIN)
    browser().get("/accounts/login/")
    with CaptureQueriesContext(connection) as seen:
        browser().get("/accounts/login/")
    asked = [query["sql"] for query in seen.captured_queries]
    assert not any("accounts_company" in sql or "accounts_user" in sql for sql in asked)


def test_the_environment_suggests_the_name_and_the_row_wins(settings: Settings) -> None:
    settings.COMPANY_NAME = "Suggested IT"
    client = with_code()
    assert 'value="Suggested IT"' in client.get("/setup/company/").text
    assert company_name() == "Suggested IT"
    take(client, "company", COMPANY)
    assert company_name() == "Nordwind Systemhaus"


def test_renaming_reaches_other_processes_when_their_memory_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    company_actions.save(company=Company(name="Before", language="de"), by=None)
    assert company_name() == "Before"
    Company.objects.update(name="After")
    assert company_name() == "Before"
    monkeypatch.setattr(memory, "_holds_until", 0.0)
    assert company_name() == "After"


# Without a browser

COMMAND = {
    "company": "Nordwind",
    "language": "en",
    "admin_username": "jana",
    "admin_email": "jana@nordwind.example",
    "admin_first_name": "Jana",
    "admin_last_name": "Petersen",
    "team": "Support",
    "level": ["Gold:1", "Silver:2"],
}


def run_setup(**changes: Any) -> str:
    """What `manage.py setup` prints."""
    options = {**COMMAND, **changes}
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items() if name != "level"]
    arguments += [f"--level={level}" for level in options["level"]]
    out = StringIO()
    call_command("setup", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_sets_up_at_once_and_refuses_the_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VORRANG_ADMIN_PASSWORD", PASSWORD)
    said = run_setup()
    assert "Nordwind is set up; jana is its first admin." in said
    assert PASSWORD not in said
    assert User.objects.get().check_password(PASSWORD)
    assert list(ServiceLevel.objects.values_list("name", "rank")) == [("Gold", 1), ("Silver", 2)]
    assert browser().get("/setup/").status_code == 404

    with pytest.raises(CommandError, match="set up already"):
        run_setup(company="Other", admin_username="other")
    assert (Company.objects.get().name, User.objects.count()) == ("Nordwind", 1)


def test_the_command_reads_the_password_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VORRANG_ADMIN_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))
    run_setup()
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"admin_email": "nobody"}, "email"),
        ({"level": ["Gold"]}, "NAME:RANK"),
        ({"level": ["Gold:1", "gold:2"]}, "name_2"),
        ({"level": ["Gold:0"]}, "rank_1"),
        ({"level": [f"L{number}:1" for number in range(6)]}, "at most 5 levels"),
        ({"team": " "}, "name"),
        ({"company": " "}, "name"),
    ],
)
def test_the_command_refuses_as_the_pages_do_and_then_nothing_is_there(
    changes: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VORRANG_ADMIN_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match=said):
        run_setup(**changes)
    assert not Company.objects.exists()
    assert not User.objects.exists()


def test_the_command_refuses_a_weak_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VORRANG_ADMIN_PASSWORD", "password12")
    with pytest.raises(CommandError, match="password"):
        run_setup()
    assert not User.objects.exists()


def test_the_command_does_not_come_between_somebody_at_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    set_up_until(with_code(), "admin")
    monkeypatch.setenv("VORRANG_ADMIN_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match="about to set it up"):
        run_setup()


def test_the_code_command_prints_a_code_that_works_until_it_is_set_up() -> None:
    out = StringIO()
    call_command("setup_code", stdout=out)
    client = browser()
    assert client.post("/setup/", {"code": out.getvalue().split()[-1]}).status_code == 302
    assert client.get("/setup/company/").status_code == 200

    set_up_until(client, "mail").post("/setup/finish/")
    with pytest.raises(CommandError, match="set up already"):
        call_command("setup_code")
