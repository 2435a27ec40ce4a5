"""Alert intake: what monitoring systems may send, what becomes of it, and what the gate refuses."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AuditEntry
from tests.factories.calling import Caller, refused
from tests.factories.cast import Cast, make_cast
from tests.factories.gates import consent, end_dpa, make_dpa, name_subjects
from tickets.actions import alert_sources, alerts, moving, progressing
from tickets.models import Alert, AlertSource, Delivery, Message, Ticket
from tickets.rules.alert_shapes import SEVERITY_OF, BadShape, read_alertmanager, read_checkmk
from tickets.rules.lifecycle import Verb
from tickets.rules.ranking import Severity

pytestmark = pytest.mark.django_db

ALERT = {
    "status": "firing",
    "labels": {"alertname": "DiskFull", "instance": "srv-7:9100", "severity": "critical"},
    "annotations": {"summary": "Disk of srv-7 is full", "description": "2 % are left on /var"},
    "startsAt": "2026-11-23T05:00:00Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://prometheus.example/graph",
    "fingerprint": "c0ffee0123456789",
}
CHECKMK = {
    "NOTIFY_NOTIFICATIONTYPE": "PROBLEM",
    "NOTIFY_WHAT": "SERVICE",
    "NOTIFY_HOSTNAME": "srv-7",
    "NOTIFY_SERVICEDESC": "Filesystem /var",
    "NOTIFY_SERVICESTATE": "WARNING",
    "NOTIFY_SERVICEOUTPUT": "WARN - 82% used",
    "NOTIFY_SHORTDATETIME": "2026-11-23 06:00:00",
}


def call(*alerts: dict[str, Any]) -> dict[str, Any]:
    return {"version": "4", "status": "firing", "receiver": "vorrang", "alerts": list(alerts)}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def source_of(cast: Cast, shape: str = "alertmanager") -> tuple[AlertSource, Caller]:
    source = AlertSource(customer=cast.gold_customer, name="Prometheus", shape=shape)
    return source, Caller(token=alert_sources.create(source=source, by=cast.admin))


def test_what_fires_opens_one_ticket_is_counted_and_ends(cast: Cast) -> None:
    make_dpa(cast.gold_customer)
    _source, sender = source_of(cast)
    answer = sender.post("alerts/alertmanager/", call(ALERT))
    assert (answer.status_code, answer.json()) == (200, {"opened": 1, "repeated": 0, "resolved": 0})
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.subject) == ("monitoring", "Disk of srv-7 is full")
    assert (ticket.customer, ticket.severity_name, ticket.level) == (
        cast.gold_customer,
        "critical",
        cast.gold,
    )
    assert "2 % are left on /var" in Message.objects.get().body
    assert not Delivery.objects.exists(), "nobody is written to"

    other = {**ALERT, "fingerprint": "beef", "labels": {"alertname": "Other", "severity": "what"}}
    assert sender.post("alerts/alertmanager/", call(ALERT, other)).json()["repeated"] == 1
    assert Alert.objects.get(fingerprint="c0ffee0123456789").times == 2
    assert {one.severity_name for one in Ticket.objects.all()} == {"critical", "normal"}

    over = {**ALERT, "status": "resolved"}
    assert sender.post("alerts/alertmanager/", call(over)).json() == {
        "opened": 0,
        "repeated": 0,
        "resolved": 1,
    }
    assert sender.post("alerts/alertmanager/", call(over)).json()["resolved"] == 0, "it is over already"
    last = Message.objects.filter(ticket=ticket).last()
    assert last is not None
    assert (last.author_name, last.body) == ("Prometheus", "Nicht mehr gemeldet: Disk of srv-7 is full")
    assert Ticket.objects.get(pk=ticket.pk).status == "open", "somebody looks after it"
    assert sender.post("alerts/alertmanager/", call(ALERT)).json()["opened"] == 1, "it fires again"
    assert AlertSource.objects.get().seen_at is not None


def test_what_fires_on_a_solved_ticket_opens_it_again_and_on_a_closed_one_anew(cast: Cast) -> None:
    make_dpa(cast.gold_customer)
    _source, sender = source_of(cast)
    sender.post("alerts/alertmanager/", call(ALERT))
    ticket = Ticket.objects.get()
    progressing.progress(ticket=ticket, verb=Verb.SOLVE, by=cast.lead)
    assert sender.post("alerts/alertmanager/", call(ALERT)).json()["repeated"] == 1
    assert Ticket.objects.get().status == "open"
    progressing.progress(ticket=ticket, verb=Verb.CLOSE, by=cast.lead)
    assert sender.post("alerts/alertmanager/", call(ALERT)).json()["opened"] == 1
    assert Ticket.objects.count() == 2
    assert Alert.objects.filter(resolved_at=None).count() == 1


def test_on_a_ticket_that_went_to_another_customer_nothing_is_said(cast: Cast) -> None:
    """They would read what somebody else's monitoring says."""
    make_dpa(cast.gold_customer)
    _source, sender = source_of(cast)
    other = {**ALERT, "fingerprint": "beef"}
    sender.post("alerts/alertmanager/", call(ALERT, other))
    for ticket in Ticket.objects.all():
        moving.change_customer(ticket=ticket, customer=cast.plain_customer, by=cast.lead)
        progressing.progress(ticket=ticket, verb=Verb.SOLVE, by=cast.lead)
    messages = Message.objects.count()

    assert sender.post("alerts/alertmanager/", call(ALERT)).json()["opened"] == 1
    assert sender.post("alerts/alertmanager/", call({**other, "status": "resolved"})).json()["resolved"] == 1

    assert Message.objects.filter(ticket__customer=cast.plain_customer).count() == messages
    assert Ticket.objects.filter(customer=cast.gold_customer).count() == 1
    assert sender.post("alerts/alertmanager/", call(ALERT)).json()["repeated"] == 1


def test_while_the_gate_is_closed_nothing_is_kept_but_the_refusal(cast: Cast) -> None:
    source, sender = source_of(cast)
    for _ in range(3):
        problem = refused(sender.post("alerts/alertmanager/", call(ALERT)), 403, "gate_closed")
        assert "Monitor systems is not allowed" in problem["detail"]
    source.refresh_from_db()
    assert source.refused_at is not None
    assert source.seen_at is None
    refusals = AuditEntry.objects.filter(verb="alert_source.refused")
    assert refusals.count() == 1, "once a day is enough"
    dpa = make_dpa(cast.gold_customer)
    assert sender.post("alerts/alertmanager/", call(ALERT)).status_code == 200
    consent(name_subjects(Ticket.objects.get(), ["Anna"])[0])
    end_dpa(dpa, timezone.now())
    refused(sender.post("alerts/alertmanager/", call({**ALERT, "status": "resolved"})), 403, "gate_closed")
    assert refusals.count() == 2, "and after it was taken in again"
    assert Ticket.objects.count() == Message.objects.count() == 1
    assert Alert.objects.get().resolved_at is None
    AlertSource.objects.update(refused_at=timezone.now() - timedelta(days=2), seen_at=None)
    sender.post("alerts/alertmanager/", call(ALERT))
    assert refusals.count() == 3


def test_checkmk_sends_forms_or_json_with_or_without_its_prefix(cast: Cast) -> None:
    make_dpa(cast.gold_customer)
    _source, sender = source_of(cast, "checkmk")
    assert sender.post("alerts/checkmk/", CHECKMK).json()["opened"] == 1
    bare = {key.removeprefix("NOTIFY_"): value for key, value in CHECKMK.items()}
    sent = sender._client.post(
        "/api/v1/alerts/checkmk/",
        "&".join(f"{key}={value}" for key, value in bare.items()),
        "application/x-www-form-urlencoded",
    )
    assert sent.json()["repeated"] == 1
    assert sender.post("alerts/checkmk/", {**bare, "NOTIFICATIONTYPE": "ACKNOWLEDGEMENT"}).status_code == 200
    over = {**bare, "NOTIFICATIONTYPE": "RECOVERY", "SERVICESTATE": "OK"}
    assert sender.post("alerts/checkmk/", over).json()["resolved"] == 1
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.severity_name) == ("srv-7: Filesystem /var WARNING", "normal")
    host = {**bare, "WHAT": "HOST", "HOSTSTATE": "DOWN"}
    assert sender.post("alerts/checkmk/", host).json()["opened"] == 1
    assert Ticket.objects.last().severity_name == "critical"  # type: ignore[union-attr]


def test_only_the_sources_own_secret_lets_in_and_only_while_it_holds(cast: Cast) -> None:
    make_dpa(cast.gold_customer)
    source, sender = source_of(cast)
    document, path = call(ALERT), "alerts/alertmanager/"
    refused(Caller().post(path, document), 401)
    refused(Caller(cast.admin).post(path, document), 401)
    refused(Caller(token="guessed").post(path, document), 401)
    refused(sender.get("tickets/"), 401)
    refused(sender.post("alerts/checkmk/", CHECKMK), 400, "other_shape")
    fresh = Caller(token=alert_sources.rotate(source=source, by=cast.admin))
    refused(sender.post(path, document), 401)
    assert fresh.post(path, document).status_code == 200
    source.is_active = False
    alert_sources.change(source=source, by=cast.admin)
    refused(fresh.post(path, document), 401)
    assert Ticket.objects.count() == 1
    verbs = AuditEntry.objects.filter(verb__startswith="alert_source").values_list("verb", flat=True)
    assert sorted(verbs) == ["alert_source.changed", "alert_source.created", "alert_source.rotated"]


def test_a_source_that_changes_while_it_is_heard_is_not_heard(cast: Cast) -> None:
    """What was read before the lock is compared with what holds after it."""
    reports = read_alertmanager(call(ALERT))
    for customer in (cast.gold_customer, cast.bronze_customer):
        make_dpa(customer)
    source, _sender = source_of(cast)
    heard = AlertSource.objects.select_related("customer").get(pk=source.pk)
    source.customer = cast.bronze_customer
    alert_sources.change(source=source, by=cast.admin)
    with pytest.raises(alerts.NotTheSource):
        alerts.take_in(source=heard, reports=reports)
    source.customer = cast.gold_customer
    alert_sources.change(source=source, by=cast.admin)
    assert alerts.take_in(source=heard, reports=reports).opened == 1
    alert_sources.rotate(source=source, by=cast.admin)
    with pytest.raises(alerts.NotTheSource):
        alerts.take_in(source=heard, reports=reports)
    source.is_active = False
    alert_sources.change(source=source, by=cast.admin)
    with pytest.raises(alerts.NotTheSource):
        alerts.take_in(source=source, reports=reports)
    assert Ticket.objects.count() == 1


def test_there_are_limits(cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    make_dpa(cast.gold_customer)
    _source, sender = source_of(cast)
    long = {**ALERT, "annotations": {"summary": "x" * 300_000}}
    refused(sender.post("alerts/alertmanager/", call(long)), 413)
    refused(sender.post("alerts/alertmanager/", call(*[ALERT] * 101)), 400, field="alerts")
    monkeypatch.setattr("tickets.api.alerts.PER_MINUTE", 0)
    refused(sender.post("alerts/alertmanager/", call(ALERT)), 429)
    settings.API_WRONG_TOKENS_PER_MINUTE = 1
    monkeypatch.setattr("tickets.api.alerts.PER_MINUTE", 100)
    refused(Caller(token="guessed").post("alerts/alertmanager/", call(ALERT)), 401)
    refused(sender.post("alerts/alertmanager/", call(ALERT)), 429)
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ([], ""),
        ({}, "version"),
        ({**call(ALERT), "version": "3"}, "version"),
        ({**call(), "alerts": {}}, "alerts"),
        (call(), "alerts"),
        (call({**ALERT, "status": "odd"}), "alerts.0.status"),
        (call(ALERT, {**ALERT, "labels": {"alertname": 7}}), "alerts.1.labels"),
        (call({**ALERT, "labels": {"severity": "critical"}}), "alerts.0.labels.alertname"),
        (call({**ALERT, "fingerprint": "../x"}), "alerts.0.fingerprint"),
        (call({**ALERT, "startsAt": None}), "alerts.0.startsAt"),
    ],
)
def test_what_is_not_of_the_shape_is_refused(cast: Cast, document: Any, field: str) -> None:
    with pytest.raises(BadShape) as caught:
        read_alertmanager(document)
    assert caught.value.field == field


def test_checkmks_needed_variables_must_be_there() -> None:
    for name in ("NOTIFICATIONTYPE", "WHAT", "HOSTNAME", "SERVICEDESC", "SERVICESTATE"):
        with pytest.raises(BadShape) as caught:
            read_checkmk({key: value for key, value in CHECKMK.items() if key != f"NOTIFY_{name}"})
        assert caught.value.field == name
    assert SEVERITY_OF["page"] == Severity.CRITICAL
    hostile = {**CHECKMK, "NOTIFY_HOSTNAME": "a\0b\nc", "NOTIFY_SERVICEOUTPUT": "<script>"}
    (report,) = read_checkmk(hostile)
    assert report.subject == "ab c: Filesystem /var WARNING"


def test_the_admin_shows_the_secret_once(cast: Cast) -> None:
    admin = Client(headers={"Accept-Language": "en"})
    admin.force_login(cast.admin)
    sent = {
        "customer": cast.gold_customer.pk,
        "name": "Prometheus",
        "shape": "alertmanager",
        "is_active": "on",
    }
    page = admin.post("/admin/tickets/alertsource/add/", sent, follow=True).content.decode()
    secret = page.partition("only this once: ")[2].split("<")[0].strip()
    make_dpa(cast.gold_customer)
    assert Caller(token=secret).post("alerts/alertmanager/", call(ALERT)).status_code == 200
    source = AlertSource.objects.get()
    path = f"/admin/tickets/alertsource/{source.pk}/change/"
    assert secret not in admin.get(path).content.decode()
    rotated = admin.post(path, {**sent, "rotate": "1"}, follow=True).content.decode()
    fresh = rotated.partition("only this once: ")[2].split("<")[0].strip()
    refused(Caller(token=secret).post("alerts/alertmanager/", call(ALERT)), 401)
    assert Caller(token=fresh).post("alerts/alertmanager/", call(ALERT)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_open_one_ticket() -> None:
    cast = make_cast()
    make_dpa(cast.gold_customer)
    source = AlertSource(customer=cast.gold_customer, name="Prometheus", shape="alertmanager")
    secret = alert_sources.create(source=source, by=None)
    begin, answers = threading.Barrier(10), []

    def send() -> None:
        begin.wait(30)
        try:
            answers.append(Caller(token=secret).post("alerts/alertmanager/", call(ALERT)).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, daemon=True) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [200] * 10
    assert Ticket.objects.count() == 1
    assert Alert.objects.get().times == 10
