"""The admin pages: who gets in, what they write, and that tickets follow."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import users as user_actions
from accounts.models import ApiToken, AuditEntry, Team, User
from accounts.models.tokens import token_digest
from accounts.rules import wording
from contracts.models import Agreement
from contracts.queries import company_zone
from customers.models import Contact, Customer
from tests.factories.cast import (
    PASSWORD,
    Cast,
    make_agreement,
    make_cast,
    make_contact,
    make_customer,
    make_level,
    make_team,
    make_ticket,
    make_user,
)
from tickets.actions import assigning
from tickets.models import Ticket
from tickets.tasks import sweep_queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def as_admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.admin)
    return client


def inline(prefix: str, *rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """The fields of one inline formset."""
    fields = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for index, row in enumerate(rows):
        fields |= {f"{prefix}-{index}-{name}": value for name, value in row.items()}
    return fields


def post(client: Client, url: str, fields: dict[str, Any]) -> Any:
    """Send an admin form that is expected to be accepted."""
    response = client.post(url, fields)
    if response.status_code != 302:
        context = response.context
        rows = [one.formset.errors for one in context["inline_admin_formsets"]]
        raise AssertionError([context["adminform"].errors, *rows])
    return response


def errors_of(response: Any) -> dict[str, list[str]]:
    """What the page says at its fields."""
    assert response.status_code == 200
    return dict(response.context["adminform"].errors)


# Who gets in


def test_admins_get_in(as_admin: Client) -> None:
    assert as_admin.get("/admin/").status_code == 200


@pytest.mark.parametrize("name", ["agent", "lead", "owner"])
@pytest.mark.parametrize("path", ["", "customers/customer/", "jsi18n/", "nowhere/"])
def test_nobody_else_gets_in(client: Client, cast: Cast, name: str, path: str) -> None:
    client.force_login(User.objects.get(username=name))

    assert client.get(f"/admin/{path}").status_code == 404


def test_a_staff_flag_without_the_role_is_not_enough(client: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.agent.pk).update(is_staff=True, is_superuser=True)
    client.force_login(cast.agent)

    assert client.get("/admin/").status_code == 404


def test_strangers_sign_in_at_the_one_door_and_come_back(client: Client, cast: Cast) -> None:
    response = client.get("/admin/customers/customer/", follow=True)

    assert response.redirect_chain[-1][0] == "/accounts/login/?next=/admin/customers/customer/"
    answer = client.post(response.redirect_chain[-1][0], {"login": "admin", "password": PASSWORD})
    assert answer.headers["Location"] == "/admin/customers/customer/"


def test_sign_in_leads_nowhere_else(client: Client, cast: Cast) -> None:
    response = client.get("/admin/login/?next=https://evil.example/")

    assert response.headers["Location"] == "/accounts/login/?next=/admin/"


def test_signing_out_and_changing_the_password_are_the_products_own(as_admin: Client) -> None:
    assert as_admin.get("/admin/password_change/").headers["Location"] == "/accounts/password/change/"
    assert as_admin.get("/admin/logout/").status_code == 405
    assert as_admin.post("/admin/logout/").headers["Location"] == "/accounts/login/"
    assert as_admin.get("/admin/").status_code == 302


# Agreements


def agreement_fields(customer: Customer, **fields: Any) -> dict[str, Any]:
    today = timezone.localdate(timezone=company_zone())
    form = {"customer": customer.pk, "kind": "service", "reference": "SV-1", "starts_on": today, **fields}
    return {**form, **inline("suspensions")}


def test_a_new_agreement_moves_the_customers_tickets(as_admin: Client, cast: Cast) -> None:
    plain = make_ticket(cast.plain_customer)
    bronze = make_ticket(cast.bronze_customer)
    assert assigning_order(cast) == [bronze, plain]

    post(
        as_admin,
        reverse("admin:contracts_agreement_add"),
        agreement_fields(cast.plain_customer, level=cast.gold.pk),
    )
    sweep_queue()

    assert assigning_order(cast) == [plain, bronze]
    entry = AuditEntry.objects.get(verb="agreement.created", actor_id=cast.admin.pk)
    assert entry.object_label == "SV-1"


def assigning_order(cast: Cast) -> list[Ticket]:
    return list(Ticket.objects.waiting().of_teams([cast.team]).in_rank_order())


def test_ending_an_agreement_and_deleting_one_move_them_back(as_admin: Client, cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    agreement = Agreement.objects.get(customer=cast.gold_customer)
    yesterday = timezone.localdate(timezone=company_zone()) - timedelta(days=1)
    url = reverse("admin:contracts_agreement_change", args=[agreement.pk])
    fields = agreement_fields(cast.gold_customer, level=cast.gold.pk, starts_on="2020-01-01")

    post(as_admin, url, {**fields, "ends_on": yesterday})
    sweep_queue()
    ticket.refresh_from_db()
    assert not ticket.has_contract

    post(as_admin, url, fields)
    sweep_queue()
    ticket.refresh_from_db()
    assert ticket.level == cast.gold

    delete = reverse("admin:contracts_agreement_delete", args=[agreement.pk])
    assert as_admin.post(delete, {"post": "yes"}).status_code == 302
    sweep_queue()
    ticket.refresh_from_db()
    assert not ticket.has_contract
    assert AuditEntry.objects.filter(verb="agreement.deleted", object_id=str(agreement.pk)).exists()


def test_deleting_from_the_list_goes_the_same_way(as_admin: Client, cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    chosen = Agreement.objects.values_list("pk", flat=True)
    fields = {"action": "delete_selected", "_selected_action": list(chosen), "post": "yes"}

    as_admin.post(reverse("admin:contracts_agreement_changelist"), fields)
    sweep_queue()

    ticket.refresh_from_db()
    assert not ticket.has_contract
    assert AuditEntry.objects.filter(verb="agreement.deleted").count() == 2


def test_suspensions_are_edited_with_their_agreement(as_admin: Client, cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)
    agreement = Agreement.objects.get(customer=cast.gold_customer)
    url = reverse("admin:contracts_agreement_change", args=[agreement.pk])
    fields = agreement_fields(cast.gold_customer, level=cast.gold.pk, starts_on="2020-01-01")
    period = {"starts_on": "2021-01-01", "ends_on": "", "reason": "unpaid"}

    post(as_admin, url, {**fields, **inline("suspensions", period)})
    sweep_queue()
    ticket.refresh_from_db()
    assert not ticket.has_contract

    suspension = agreement.suspensions.get()
    gone = {**period, "id": suspension.pk, "agreement": agreement.pk, "DELETE": "on"}
    post(as_admin, url, {**fields, **inline("suspensions", gone, initial=1)})
    sweep_queue()
    ticket.refresh_from_db()
    assert ticket.level == cast.gold


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "service", "level": ""}, "level"),
        ({"kind": "update"}, "level"),
        ({"starts_on": "2026-03-01", "ends_on": "2026-02-28"}, "ends_on"),
        ({"starts_on": "not a day"}, "starts_on"),
        ({"customer": ""}, "customer"),
    ],
)
def test_an_agreement_that_contradicts_itself_is_explained(
    as_admin: Client, cast: Cast, fields: dict[str, str], field: str
) -> None:
    before = Agreement.objects.count()
    form = agreement_fields(cast.plain_customer, level=cast.gold.pk)

    response = as_admin.post(reverse("admin:contracts_agreement_add"), {**form, **fields})

    assert list(errors_of(response)) == [field]
    assert Agreement.objects.count() == before


def test_a_suspension_cannot_run_backwards(as_admin: Client, cast: Cast) -> None:
    form = agreement_fields(cast.plain_customer, level=cast.gold.pk)
    period = {"starts_on": "2026-03-02", "ends_on": "2026-03-01", "reason": ""}

    response = as_admin.post(
        reverse("admin:contracts_agreement_add"), {**form, **inline("suspensions", period)}
    )

    assert response.status_code == 200
    (formset,) = response.context["inline_admin_formsets"]
    assert list(formset.formset.errors[0]) == ["ends_on"]


def test_a_changed_rank_moves_everybody_on_the_level(as_admin: Client, cast: Cast) -> None:
    gold, bronze = make_ticket(cast.gold_customer), make_ticket(cast.bronze_customer)
    assert assigning_order(cast) == [gold, bronze]

    url = reverse("admin:contracts_servicelevel_change", args=[cast.gold.pk])
    post(as_admin, url, {"name": "Gold", "rank": 9, "description": ""})
    sweep_queue()

    assert assigning_order(cast) == [bronze, gold]


def test_levels_in_use_and_people_cannot_be_deleted(as_admin: Client, cast: Cast) -> None:
    for name, row in [
        ("contracts_servicelevel", cast.gold),
        ("accounts_user", cast.agent),
        ("accounts_team", cast.team),
        ("customers_customer", cast.gold_customer),
        ("customers_contact", cast.owner),
    ]:
        url = reverse(f"admin:{name}_delete", args=[row.pk])
        assert as_admin.post(url, {"post": "yes"}).status_code == 403
        assert type(row)._default_manager.filter(pk=row.pk).exists()


# Customers and contacts


def customer_fields(customer: Customer, **fields: Any) -> dict[str, Any]:
    form = {"name": customer.name, "is_active": "on", "note": ""}
    rows = inline("domains") | inline("phones") | inline("agreements") | inline("contacts")
    return {**rows, **form, **fields}


def test_a_customer_is_saved_with_domains_and_numbers(as_admin: Client, cast: Cast) -> None:
    fields = customer_fields(
        Customer(name="Übermut GmbH"),
        **inline("domains", {"domain": "Info@Uebermut.Example"}),
        **inline("phones", {"number": "+49 (0)89 / 999 98-200"}),
    )

    post(as_admin, reverse("admin:customers_customer_add"), fields)

    customer = Customer.objects.get(name="Übermut GmbH")
    assert customer.sort_name == "ubermut gmbh"
    assert [domain.domain for domain in customer.domains.all()] == ["uebermut.example"]
    assert [phone.number for phone in customer.phones.all()] == ["+498999998200"]
    assert AuditEntry.objects.filter(verb="customer.created", actor_id=cast.admin.pk).count() == 1


def test_inline_rows_of_a_customer_are_kept_changed_and_deleted(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:customers_customer_change", args=[cast.plain_customer.pk])
    two = inline("domains", {"domain": "one.example"}, {"domain": "two.example"})
    post(as_admin, url, customer_fields(cast.plain_customer, **two))
    one, other = cast.plain_customer.domains.order_by("domain")
    kept = {"id": one.pk, "customer": cast.plain_customer.pk, "domain": "first.example"}
    gone = {"id": other.pk, "customer": cast.plain_customer.pk, "domain": "two.example", "DELETE": "on"}

    post(as_admin, url, customer_fields(cast.plain_customer, **inline("domains", kept, gone, initial=2)))

    assert [row.domain for row in cast.plain_customer.domains.all()] == ["first.example"]


def test_bad_domains_and_numbers_and_those_of_others_are_explained(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:customers_customer_change", args=[cast.plain_customer.pk])
    other = reverse("admin:customers_customer_change", args=[cast.gold_customer.pk])
    taken = inline("domains", {"domain": "taken.example"})
    post(as_admin, other, customer_fields(cast.gold_customer, **taken))

    for rows in (
        inline("domains", {"domain": "TAKEN.example"}),
        inline("domains", {"domain": "no domain"}),
        inline("phones", {"number": "089 1234"}),
    ):
        response = as_admin.post(url, customer_fields(cast.plain_customer, **rows))
        assert response.status_code == 200
        assert any(any(one.formset.errors) for one in response.context["inline_admin_formsets"])
    assert not cast.plain_customer.domains.exists()


def test_a_customers_page_says_the_standing_and_what_does_not_count(as_admin: Client, cast: Cast) -> None:
    make_agreement(cast.gold_customer, cast.bronze, reference="OLD-7", ends_on=date(2024, 5, 31))
    make_agreement(cast.gold_customer, reference="UV-8")
    url = reverse("admin:customers_customer_change", args=[cast.gold_customer.pk])

    User.objects.filter(pk=cast.admin.pk).update(language="en")
    english = as_admin.get(url, headers={"Accept-Language": "en"}).content.decode()
    User.objects.filter(pk=cast.admin.pk).update(language="de")
    german = as_admin.get(url, headers={"Accept-Language": "de"}).content.decode()

    assert "Service agreement Gold (G-1) is in force" in english
    assert "OLD-7 no longer counts" in english
    assert "Update contract UV-8 does not count" in english
    assert "Servicevertrag Gold (G-1) gilt" in german
    assert f"?customer={cast.gold_customer.pk}" in german
    assert reverse("admin:customers_contact_change", args=[cast.owner.pk]) in german


def test_the_customers_name_is_escaped(as_admin: Client, cast: Cast) -> None:
    make_agreement(cast.plain_customer, cast.gold, reference="<script>alert(1)</script>")
    url = reverse("admin:customers_customer_change", args=[cast.plain_customer.pk])

    assert b"<script>alert(1)" not in as_admin.get(url).content


def contact_fields(**fields: Any) -> dict[str, Any]:
    return {"language": "de", "is_active": "on", **inline("phones"), **fields}


def test_a_contact_is_saved_with_numbers_and_a_login(as_admin: Client, cast: Cast) -> None:
    login = make_user("portal", User.Role.CONTACT)
    fields = contact_fields(
        customer=cast.plain_customer.pk,
        name="Änne Neu",
        email="Aenne@Moser.Example",
        user=login.pk,
        **inline("phones", {"number": "0049 171 3920011"}),
    )

    post(as_admin, reverse("admin:customers_contact_add"), fields)

    contact = Contact.objects.get(name="Änne Neu")
    assert (contact.sort_name, contact.email, contact.user) == ("anne neu", "aenne@moser.example", login)
    assert contact.phones.get().number == "+491713920011"


def test_a_contact_cannot_sign_in_as_an_agent_nor_share_an_address(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:customers_contact_add")
    fields = contact_fields(customer=cast.gold_customer.pk, name="Somebody")

    as_agent = as_admin.post(url, {**fields, "user": cast.agent.pk})
    twin = as_admin.post(url, {**fields, "email": "OWNER@customer.example"})

    assert list(errors_of(as_agent)) == ["user"]
    assert list(errors_of(twin)) == ["email"]


# Users, teams, tokens


def user_fields(user: User, **fields: Any) -> dict[str, Any]:
    form = {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "role": user.role,
        "language": user.language,
        "teams": [team.pk for team in user.teams.all()] if user.pk else [],
        "new_password": "",
        "is_on_duty": "on",
        "is_active": "on",
    }
    return {name: value for name, value in {**form, **fields}.items() if value is not None}


@pytest.mark.parametrize(("field", "how"), [("is_active", "deactivated"), ("is_on_duty", "off_duty")])
def test_whoever_stops_working_gives_their_tickets_back(
    as_admin: Client, cast: Cast, field: str, how: str
) -> None:
    ticket = make_ticket(cast.gold_customer)
    assigning.take_next(by=cast.agent)

    url = reverse("admin:accounts_user_change", args=[cast.agent.pk])
    post(as_admin, url, user_fields(cast.agent, **{field: None}))
    sweep_queue()

    ticket.refresh_from_db()
    assert ticket.is_waiting
    assert ticket.assignments.get().ended_how == how
    entry = AuditEntry.objects.filter(verb="user.changed", actor_id=cast.admin.pk).latest("pk")
    assert entry.details == {"fields": [field]}


def test_a_new_agent_signs_in_with_the_given_password(as_admin: Client, cast: Cast) -> None:
    fields = user_fields(User(username="neu", email="Neu@Firm.Example", role="agent"), teams=[cast.team.pk])
    post(as_admin, reverse("admin:accounts_user_add"), {**fields, "new_password": "a long enough word"})

    user = User.objects.get(username="neu")
    assert user.email == "neu@firm.example"
    assert list(user.teams.all()) == [cast.team]
    assert not user.is_staff
    assert Client().login(username="neu", password="a long enough word")


def test_without_a_password_a_new_user_cannot_sign_in_and_an_old_one_keeps_theirs(
    as_admin: Client, cast: Cast
) -> None:
    post(as_admin, reverse("admin:accounts_user_add"), user_fields(User(username="neu", role="agent")))
    post(
        as_admin,
        reverse("admin:accounts_user_change", args=[cast.agent.pk]),
        user_fields(cast.agent, first_name="Renamed"),
    )

    assert not User.objects.get(username="neu").has_usable_password()
    agent = User.objects.get(pk=cast.agent.pk)
    assert agent.first_name == "Renamed"
    assert agent.check_password(PASSWORD)


def test_becoming_an_admin_opens_the_admin_and_ceasing_closes_it(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:accounts_user_change", args=[cast.lead.pk])
    visitor = Client()

    post(as_admin, url, user_fields(cast.lead, role="admin"))
    visitor.force_login(cast.lead)
    assert visitor.get("/admin/").status_code == 200

    post(as_admin, url, user_fields(cast.lead, role="lead"))
    assert visitor.get("/admin/").status_code == 404


def test_an_admin_keeps_the_session_over_a_new_password_of_their_own(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:accounts_user_change", args=[cast.admin.pk])

    post(as_admin, url, user_fields(cast.admin, new_password="another long word"))

    assert as_admin.get("/admin/").status_code == 200
    assert User.objects.get(pk=cast.admin.pk).check_password("another long word")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"new_password": "short"}, "new_password"),
        ({"email": "AGENT@firm.example"}, "email"),
        ({"is_active": None}, "is_active"),
        ({"role": "lead"}, "role"),
        ({"role": "contact"}, "role"),
        ({"username": "agent"}, "username"),
    ],
)
def test_refusals_about_oneself_and_others_are_explained(
    as_admin: Client, cast: Cast, fields: dict[str, Any], field: str
) -> None:
    url = reverse("admin:accounts_user_change", args=[cast.admin.pk])

    response = as_admin.post(url, user_fields(cast.admin, **fields))

    assert list(errors_of(response)) == [field]
    assert User.objects.get(pk=cast.admin.pk).role == User.Role.ADMIN


def test_contacts_belong_to_no_team(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:accounts_user_change", args=[cast.agent.pk])

    response = as_admin.post(url, user_fields(cast.agent, role="contact"))

    assert list(errors_of(response)) == ["teams"]


def test_the_mark_for_new_tickets_moves_but_never_vanishes(as_admin: Client, cast: Cast) -> None:
    other = reverse("admin:accounts_team_change", args=[cast.other_team.pk])
    fields = {"name": "Network", "slug": "network"}

    post(as_admin, other, {**fields, "is_default": "on"})
    assert Team.objects.get(is_default=True) == cast.other_team

    response = as_admin.post(other, fields)
    assert list(errors_of(response)) == ["is_default"]
    assert Team.objects.get(is_default=True) == cast.other_team


def test_a_token_is_shown_once_and_can_be_revoked(as_admin: Client, cast: Cast) -> None:
    add = reverse("admin:accounts_apitoken_add")
    listing = reverse("admin:accounts_apitoken_changelist")

    post(as_admin, add, {"user": cast.agent.pk, "name": "monitoring"})
    row = ApiToken.objects.get()
    said = [str(message).split()[-1] for message in as_admin.get(listing).context["messages"]]
    (token,) = [word for word in said if token_digest(word) == row.digest]

    assert token not in as_admin.get(listing).content.decode()
    assert as_admin.post(reverse("admin:accounts_apitoken_change", args=[row.pk]), {}).status_code == 403
    as_admin.post(reverse("admin:accounts_apitoken_delete", args=[row.pk]), {"post": "yes"})
    assert not ApiToken.objects.exists()
    verbs = set(AuditEntry.objects.filter(actor_id=cast.admin.pk).values_list("verb", flat=True))
    assert {"token.created", "token.revoked"} <= verbs
    assert token not in str(list(AuditEntry.objects.values_list("details", flat=True)))


@pytest.mark.parametrize("name", ["accounts_auditentry", "tickets_ticket"])
def test_audit_trail_and_tickets_are_only_read(as_admin: Client, cast: Cast, name: str) -> None:
    make_ticket(cast.gold_customer, subject="Printer on fire")
    model = {"accounts_auditentry": AuditEntry, "tickets_ticket": Ticket}[name]
    row = model._default_manager.latest("pk")
    change = reverse(f"admin:{name}_change", args=[row.pk])

    assert as_admin.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert as_admin.get(change).status_code == 200
    assert as_admin.get(reverse(f"admin:{name}_add")).status_code == 403
    assert as_admin.post(change, {}).status_code == 403
    assert as_admin.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_a_ticket_leads_to_its_page_at_the_desk(as_admin: Client, cast: Cast) -> None:
    ticket = make_ticket(cast.gold_customer)

    page = as_admin.get(reverse("admin:tickets_ticket_change", args=[ticket.pk])).content.decode()

    assert reverse("desk:ticket", args=[ticket.number]) in page


# Lists


@pytest.mark.parametrize(
    ("name", "words", "found"),
    [
        ("customers_customer", "aigner", "Aigner"),
        ("customers_contact", "owner@", "Owner"),
        ("contracts_agreement", "G-1", "G-1"),
        ("contracts_servicelevel", "gold", "Gold"),
        ("accounts_user", "other_agent", "Other_Agent"),
        ("accounts_team", "netw", "Network"),
        ("accounts_auditentry", "brandl", ": Brandl"),
        ("tickets_ticket", "printer", "Printer on fire"),
    ],
)
def test_searches_find_that_and_nothing_else(
    as_admin: Client, cast: Cast, name: str, words: str, found: str
) -> None:
    make_ticket(cast.gold_customer, subject="Printer on fire")
    make_ticket(cast.gold_customer, subject="Screen is dark")

    page = as_admin.get(reverse(f"admin:{name}_changelist"), {"q": words})

    (row,) = page.context["cl"].result_list
    assert str(row).endswith(found)


def grow(cast: Cast) -> None:
    """One more of everything that the admin lists."""
    team = make_team()
    user = make_user("", User.Role.AGENT, team)
    user_actions.create_token(user=user, by=None)
    customer = make_customer()
    make_contact(customer, user=make_user("", User.Role.CONTACT))
    level = make_level()
    make_agreement(customer, level)
    make_agreement(customer)
    make_ticket(customer)
    ticket = make_ticket(customer, team=team)
    assigning.assign(ticket=ticket, to=user, by=cast.lead)


def lists() -> list[str]:
    """The list pages of everything registered."""
    return [
        f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry
    ]


@pytest.mark.parametrize("name", lists())
def test_lists_cost_the_same_however_long(as_admin: Client, cast: Cast, name: str) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert as_admin.get(reverse(name)).status_code == 200
        return len(queries)

    grow(cast)
    count()  # content types and the like are cached now
    before = count()
    for _ in range(5):
        grow(cast)

    assert count() == before


def test_customer_page_costs_the_same_however_many_agreements(as_admin: Client, cast: Cast) -> None:
    url = reverse("admin:customers_customer_change", args=[cast.gold_customer.pk])

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            as_admin.get(url)
        return len(queries)

    make_contact(cast.gold_customer)
    count()
    before = count()
    for _ in range(4):
        make_agreement(cast.gold_customer, make_level())
        make_contact(cast.gold_customer)

    assert count() == before


def test_the_audit_trail_says_in_words_what_was_done(as_admin: Client, cast: Cast) -> None:
    make_agreement(cast.plain_customer, cast.gold)
    user_actions.set_duty(user=cast.agent, is_on_duty=False, by=cast.admin)
    url = reverse("admin:accounts_auditentry_changelist")

    page = as_admin.get(url, headers={"Accept-Language": "de"}).text
    assert "Benutzer geändert" in page
    assert cast.admin.display_name in page

    only_users = as_admin.get(f"{url}?act=user.changed", headers={"Accept-Language": "en"})
    assert {entry.verb for entry in only_users.context["cl"].result_list} == {"user.changed"}
    entry = AuditEntry.objects.filter(verb="user.changed").latest("pk")
    url = reverse("admin:accounts_auditentry_change", args=[entry.pk])
    shown = as_admin.get(url, headers={"Accept-Language": "en"})
    assert f"User changed: {cast.agent.display_name}" in shown.text


def test_admins_find_the_admin_from_the_desk_and_nobody_else_does(as_admin: Client, cast: Cast) -> None:
    page = as_admin.get("/desk/").text
    assert 'href="/admin/"' in page
    assert 'id="nav-count-admin"' in page  # the live counts look for every place of the navigation
    lead = Client()
    lead.force_login(cast.lead)
    assert 'href="/admin/"' not in lead.get("/desk/").text


def test_every_verb_of_the_audit_trail_has_words() -> None:
    rooms = ("accounts", "customers", "contracts")
    sources = [path for room in rooms for path in Path(settings.BASE_DIR, room, "actions").glob("*.py")]
    dotted = {code for path in sources for code in re.findall(r'"([a-z_]+\.[a-z_]+)"', path.read_text())}
    verbs = {code for code in dotted if not code.startswith(("tickets.", *(f"{room}." for room in rooms)))}
    assert "agreement.deleted" in verbs
    assert {f"audit.{verb}" for verb in verbs} == set(wording.TABLE)
