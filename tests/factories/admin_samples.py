"""How to fill in the admin's pages, one sample for each model that can be written there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.forms import model_to_dict
from django.utils import timezone

from calls.models import CallPolicy
from contracts.actions import booking
from contracts.models import Agreement, Allowance
from contracts.queries.renewals import today_at
from tests.factories.cast import Cast
from tests.factories.phones import make_system
from tests.factories.prices import make_price_list


@dataclass
class Sample:
    """How to fill in the pages of one model. `rows` makes the n-th row of each inline, by its prefix.

    `sheet` is a table to import: a new row and a changed one.
    """

    fields: dict[str, Any]
    changes: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, Callable[[int], dict[str, Any]]] = field(default_factory=dict)
    sheet: str = ""


def today() -> date:
    """The company's day."""
    return today_at(timezone.now())


def with_allowance(cast: Cast) -> int:
    """The bronze agreement, of which something is included and its period is open."""
    agreement = Agreement.objects.get(customer=cast.bronze_customer)
    Allowance.objects.create(agreement=agreement, amount=120)
    booking.open_periods(at=timezone.now())
    return agreement.pk


def draft_of_prices() -> int:
    """A price list that nobody has published yet, with the usual prices."""
    return make_price_list(date(2040, 1, 1), is_published=False).pk


def of_telephony(cast: Cast) -> dict[str, Sample]:
    """Telephone systems, their numbers and phones. (Giving and releasing numbers have tests of their own.)"""
    system = make_system("Sample")
    where = {"name": "Walked", "kind": "asterisk", "region": "DE", "ami_port": 5038, "is_active": "on"}
    policy = {name: value for name, value in model_to_dict(CallPolicy()).items() if type(value) is int}
    return {
        "calls.PhoneSystem": Sample(where, {"area_code": "89"}),
        "calls.ServiceNumber": Sample(
            {"number": "+49 30 5550199", "kind": "contract", "system": system.pk},
            {"note": "Changed"},
            sheet="Number,System,Note\n+49305550177,Sample,Imported\n+4930555000,Sample,Changed\n",
        ),
        "calls.AgentPhone": Sample(
            {"user": cast.agent.pk, "system": system.pk, "dial_target": "201"}, {"dial_target": "202"}
        ),
        "calls.OnCall": Sample(
            {"level": cast.gold.pk, "dial_target": "+491701234567", "ring_seconds": 30}, {"ring_seconds": 40}
        ),
        "calls.CallPolicy": Sample(policy, {"ring_seconds": 25}),
    }


def samples(cast: Cast) -> dict[str, Sample]:
    """One for each model that can be written in the admin."""
    phones = {"phones": lambda number: {"number": f"+49899999820{number}"}}
    on = {"is_active": "on"}
    return {
        "accounts.User": Sample(
            {
                **on,
                "username": "walked",
                "email": "walked@firm.example",
                "role": "agent",
                "teams": [cast.team.pk],
                "new_password": "some long words",
            },
            {"first_name": "Changed"},
            sheet="Username,Role,Teams\nimported,agent,Workplace\nagent,agent,Network\n",
        ),
        "accounts.Announcement": Sample(
            {
                "kind": "incident",
                "text_de": "Angesagt",
                "text_en": "Walked",
                "audience": "everybody",
                "starts_at_0": "2026-01-01",
                "starts_at_1": "08:00",
            },
            {"text_en": "Changed"},
        ),
        "accounts.Company": Sample({"name": "Walked", "language": "de"}, {"name": "Changed"}),
        "accounts.Team": Sample(
            {"name": "Walked", "slug": "walked", "is_default": "on"}, {"name": "Changed"}
        ),
        "accounts.ApiToken": Sample({"user": cast.agent.pk, "name": "Walked"}),
        "customers.Customer": Sample(
            {**on, "name": "Walked"},
            {"name": "Changed"},
            {**phones, "domains": lambda number: {"domain": f"d{number}.example"}},
            sheet="Name,Domains,Phone\nImported,i.example,+49899999820\nMoser,m.example,+49899999821\n",
        ),
        "customers.Contact": Sample(
            {
                **on,
                "customer": cast.gold_customer.pk,
                "name": "Walked",
                "email": "walked@customer.example",
                "language": "de",
                "mail_steps": "everything",
            },
            {"name": "Changed"},
            phones,
            sheet="Customer,Name,Phone\nMoser,Imported,+49899999820\nAigner,Owner,+49899999821\n",
        ),
        "contracts.ServiceLevel": Sample(
            {
                "name": "Walked",
                "rank": 5,
                "warn_at": "75, 90",
                "targets-1-response": "30 min",
                "targets-1-response-clock": "always",
            },
            {"rank": 6},
            sheet="Name,Rank\nImported,7\nGold,2\n",
        ),
        "tickets.AlertSource": Sample(
            {**on, "customer": cast.gold_customer.pk, "name": "Prometheus", "shape": "alertmanager"},
            {"name": "Alertmanager"},
        ),
        "tickets.RemoteTool": Sample(
            {**on, "name": "Walked", "link_template": "rustdesk://connection/new/{id}"}, {"name": "Changed"}
        ),
        "contracts.Escalation": Sample(
            {"severity": 2, "at_percent": 90, "tells": "leads"}, {"tells": "team"}
        ),
        "contracts.Service": Sample(
            {**on, "code": "walked", "name_de": "Gegangen", "name_en": "Walked"}, {"name_en": "Changed"}
        ),
        "contracts.Allowance": Sample(
            {
                "level": cast.gold.pk,
                "unit": "minutes",
                "amount": 120,
                "period": "month",
                "overrun": "ask",
                "alert_at": "75, 100",
            },
            {"amount": 90},
        ),
        "contracts.AllowanceEntry": Sample(
            {"agreement": with_allowance(cast), "day": today().isoformat(), "units": 60, "note": "Walked"}
        ),
        "contracts.ServiceHours": Sample(
            {"name": "Walked", "weekly": "Mon-Fri 08:00-16:00", "country": "DE", "region": "BY"},
            {"weekly": "Mon-Fri 09:00-16:00"},
            {
                "special_days": lambda number: {
                    "name": f"Closed {number}",
                    "starts_on": f"2026-0{number}-01",
                    "ends_on": f"2026-0{number}-02",
                }
            },
        ),
        "contracts.Agreement": Sample(
            {
                "customer": cast.plain_customer.pk,
                "kind": "service",
                "level": cast.gold.pk,
                "reference": "Walked",
                "starts_on": "2026-01-01",
            },
            {"reference": "Changed"},
            {
                "suspensions": lambda number: {
                    "starts_on": f"2026-0{number}-01",
                    "ends_on": f"2026-0{number}-02",
                }
            },
            sheet="Customer,Level,Reference,Starts on,Suspensions\n"
            "Moser,Gold,Imported,2026-01-01,2026-02-01 –\n"
            "Aigner,Bronze,G-1,2026-01-01,2026-03-01 –\n",
        ),
        "billing.Seller": Sample(
            {"name": "Walked", "country": "DE", "payment_days": 14}, {"name": "Changed"}
        ),
        "billing.BillingParty": Sample(
            {
                "customer": cast.gold_customer.pk,
                "legal_name": "Walked",
                "country": "DE",
                "language": "de",
            },
            {"legal_name": "Changed"},
        ),
        "contracts.DpaDocument": Sample(
            {"version": "Walked", "body_de": "Vertrag", "measures_de": "Schlösser"},
            {"version": "Changed"},
        ),
        "contracts.PriceList": Sample(
            {
                "name": "Walked",
                "valid_from": "2031-01-01",
                "currency": "EUR",
                "vat_percent": "19",
                "rounding_minutes": 15,
                "minimum_minutes": 0,
            },
            {"valid_from": date(2031, 2, 1), "name": "Changed"},
            {
                "items": lambda number: {
                    "code": f"walked-{number}",
                    "name_de": f"Gegangen {number}",
                    "name_en": f"Walked {number}",
                    "unit": "hour",
                    "amount": "90.00",
                }
            },
        ),
        "contracts.PriceItem": Sample(
            {
                "price_list": draft_of_prices(),
                "code": "walked",
                "name_de": "Gegangen",
                "name_en": "Walked",
                "unit": "piece",
                "amount": "10.00",
            },
            {"name_en": "Changed"},
            sheet="Price list valid from,Code,Name German,Name English,Amount\n"
            "2040-01-01,new,Neu,New,10.50\n2040-01-01,phone,Telefon,Phone,99\n",
        ),
        "contracts.CustomerPrice": Sample(
            {
                "customer": cast.gold_customer.pk,
                "code": "phone",
                "amount": "80.00",
                "currency": "EUR",
                "valid_from": "2026-01-01",
            },
            {"code": "remote"},
        ),
        **of_telephony(cast),
        "contracts.StandingApproval": Sample(
            {
                "customer": cast.gold_customer.pk,
                "ceiling": "500.00",
                "currency": "EUR",
                "starts_on": "2026-01-01",
                "granted_by": "Frau Aigner",
                "evidence": "Walked",
            },
            {"evidence": "Changed"},
        ),
    }
