"""Agreements and service levels as tables: imported through the actions, exported as they are."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contracts.actions import agreements as agreement_actions
from contracts.actions import prices as price_actions
from contracts.models import Agreement, PriceItem, PriceList, Service, ServiceHours, ServiceLevel, Suspension
from contracts.rules.targets import short_minutes
from contracts.rules.wording import TABLE
from customers.resources import CustomerDirectory
from lib.sheets.columns import Amount, Column, Day, Found, Number, OneOf, Several, Text, YesNo
from lib.sheets.resources import ActionResource

KINDS = {str(kind): TABLE[f"kind.{kind}"] for kind in Agreement.Kind.values}

UNITS = {
    PriceItem.Unit.HOUR.value: {"de": "Stunde", "en": "hour"},
    PriceItem.Unit.INCIDENT.value: {"de": "Fall", "en": "incident"},
    PriceItem.Unit.PIECE.value: {"de": "pauschal", "en": "flat"},
    PriceItem.Unit.KILOMETRE.value: {"de": "Kilometer", "en": "kilometre"},
    PriceItem.Unit.PERCENT.value: {"de": "Prozent", "en": "per cent"},
}

Period = tuple[date, date | None, str]

_DAY = r"([0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})"
_PERIOD = re.compile(rf"{_DAY}\s*(?:[–-]|bis|to|until)\s*{_DAY}?\s*(?::\s*(.*))?", re.DOTALL)


class Periods(Several):
    """Suspensions in one cell: "2026-01-01 – 2026-01-31: unpaid; 2026-05-01 –".

    One whose reason has a semicolon stands in quotation marks.
    """

    def clean(self, value: str, row: Any = None, **options: Any) -> list[Period]:
        """First day, last day and reason of each."""
        lines = csv.reader(io.StringIO(Text.clean(self, value)), delimiter=";", skipinitialspace=True)
        return [_period(part.strip()) for line in lines for part in line if part.strip()]

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        """The same text again."""
        line = io.StringIO()
        parts = [
            f"{first.isoformat()} – {last.isoformat() if last else ''}".strip() + (f": {why}" if why else "")
            for first, last, why in value or ()
        ]
        csv.writer(line, delimiter=";", lineterminator="").writerow(parts)
        return line.getvalue() if parts else ""


def _period(text: str) -> Period:
    match = _PERIOD.fullmatch(text)
    if match is None:
        message = _("“{text}” is no period. Write 01.01.2026 – 31.01.2026: reason")
        raise ValueError(message.format(text=text))
    days = Day()
    first, last = days.clean(match[1]), days.clean(match[2] or "")
    if first is None or (last is not None and last < first):
        raise ValueError(_("The last day cannot be before the first."))
    return first, last, (match[3] or "").strip()[:200]


class AgreementResource(ActionResource):
    """A row means the agreement of its number, else of its reference, or kind and start, at the customer."""

    model = Agreement

    id = Column("id", Number(), ("Nummer", "Number"), also=("Nr.", "No."), is_kept=True)
    customer = Column(
        *("customer", Found(), ("Kunde", "Customer")),
        also=("Firma",),
        is_required=True,
        example="Muster GmbH",
    )
    kind = Column(
        *("kind", OneOf(KINDS, get_language), ("Art", "Kind")),
        also=("Vertragsart",),
        is_kept=True,
        example="service",
    )
    level = Column(
        "level", Found(), ("Servicestufe", "Service level"), also=("Stufe", "Level"), example="Gold"
    )
    reference = Column(
        *("reference", Text(), ("Bezeichnung", "Reference")),
        also=("Vertragsnummer", "Vertrag"),
        example="SV-2026-01",
    )
    starts_on = Column(
        *("starts_on", Day(), ("Beginnt am", "Starts on")),
        also=("Beginn",),
        is_required=True,
        example="2026-01-01",
    )
    ends_on = Column("ends_on", Day(), ("Endet am", "Ends on"), also=("Ende",), example="2026-12-31")
    terminated_on = Column("terminated_on", Day(), ("Gekündigt zum", "Terminated as of"))
    renewal_months = Column(
        *("renewal_months", Number(), ("Verlängert sich um Monate", "Renews by months")),
        also=("Verlängerung",),
        example="12",
    )
    notice_days = Column(
        *("notice_days", Number(), ("Kündigungsfrist in Tagen", "Notice period in days")),
        also=("Kündigungsfrist",),
        is_kept=True,
        example="30",
    )
    notice_given_on = Column("notice_given_on", Day(), ("Gekündigt am", "Notice given on"))
    periods = Column(
        *("periods", Periods(), ("Aussetzungen", "Suspensions")), example="2026-03-01 – 2026-03-31: unbezahlt"
    )

    def prepare(self, rows: Sequence[Mapping[str, str]]) -> None:
        """The customers and levels that the rows name, and the agreements there."""
        self.fields["customer"].widget.find = CustomerDirectory(str(row["customer"]) for row in rows).find
        self._levels = {level.name.casefold(): level for level in ServiceLevel.objects.all()}
        self.fields["level"].widget.find = self._level
        customers = {one.pk for one in self.all_parsed(rows, "customer")}
        wanted = Q(pk__in=self.all_parsed(rows, "id")) | Q(customer__in=customers)
        found = (
            Agreement.objects.filter(wanted).with_facts().select_related("customer", "level").order_by("pk")
        )
        self._by_id = {row.pk: _with_periods(row) for row in found}
        self._at: dict[int, list[Agreement]] = defaultdict(list)
        for row in self._by_id.values():
            self._at[row.customer_id].append(row)

    def find(self, row: Mapping[str, str]) -> Agreement | None:
        """By number, else by reference, else by kind and first day."""
        number, customer = self.parsed(row, "id"), self.parsed(row, "customer")
        if number is not None:
            known = self._by_id.get(number)
            if known is None:
                message = _("Nothing has this number. Leave the cell empty for something new.")
                raise ValidationError({"id": message})
            return known
        reference = self.parsed(row, "reference")
        there = self._at[customer.pk] if customer is not None else []
        if reference:
            there = [one for one in there if one.reference == reference]
            if len(there) > 1:  # the terms of a chain share their reference
                there = [o for o in there if o.starts_on == self.parsed(row, "starts_on")] or there
        else:
            kind, starts_on = (
                self.parsed(row, "kind") or Agreement.Kind.SERVICE,
                self.parsed(row, "starts_on"),
            )
            there = [o for o in there if (o.reference, o.kind, o.starts_on) == ("", kind, starts_on)]
        if len(there) > 1:
            message = _("Several fit this line. Give the number of the one that is meant.")
            raise ValidationError({"id": message})
        return there[0] if there else None

    def identity(self, instance: Agreement) -> Any:
        """The agreement; a new one is what it would be found by."""
        called = instance.reference or (instance.kind, instance.starts_on)
        return instance.pk or (instance.customer_id, called)

    def write(self, instance: Agreement) -> None:
        """Through the action, which announces the changed standing."""
        periods: list[Period] | None = getattr(instance, "periods", None)
        agreement_actions.save(
            agreement=instance,
            by=self.by,
            suspensions=None
            if periods is None
            else [{"starts_on": first, "ends_on": last, "reason": why} for first, last, why in periods],
        )

    def export_set(self, rows: QuerySet[Agreement]) -> QuerySet[Agreement]:
        """With customers, levels and suspensions."""
        return rows.select_related("customer", "level").prefetch_related("suspensions")

    def dehydrate_periods(self, agreement: Agreement) -> str:
        """The suspensions."""
        return Periods().render(_periods_of(agreement))

    def _level(self, name: str) -> ServiceLevel:
        level = self._levels.get(name.casefold())
        if level is None:
            known = ", ".join(each.name for each in self._levels.values())
            raise ValueError(_("“{text}” is not known here. Known: {known}.").format(text=name, known=known))
        return level


class ServiceLevelResource(ActionResource):
    """Service levels. A row means the level of its number or name."""

    model = ServiceLevel

    id = Column("id", Number(), ("Nummer", "Number"), also=("Nr.", "No."), is_kept=True)
    name = Column(
        *("name", Text(), ("Name", "Name")),
        also=("Servicestufe", "Service level"),
        is_required=True,
        example="Gold",
    )
    rank = Column("rank", Number(), ("Rang", "Rank"), is_required=True, example="1")
    description = Column("description", Text(is_verbatim=True), ("Beschreibung", "Description"))
    hours = Column("hours", Found(), ("Geschäftszeiten", "Service hours"), is_kept=True)
    grace_minutes = Column(
        *("grace_minutes", Number(), ("Karenz in Minuten", "Grace in minutes")), is_kept=True, example="0"
    )
    warn_at = Column("warn_at", Text(), ("Warnen bei Prozent", "Warn at per cent"), is_kept=True)
    pauses_for_third_party = Column(
        *("pauses_for_third_party", YesNo(), ("Pausiert für Dritte", "Pauses for third parties")),
        is_kept=True,
        example="1",
    )
    promised = Column("promised", Text(), ("Ziele", "Targets"), is_shown_only=True)

    def prepare(self, rows: Sequence[Mapping[str, str]]) -> None:
        """There are few levels."""
        self._found = list(ServiceLevel.objects.select_related("hours"))
        self._hours = {one.name.casefold(): one for one in ServiceHours.objects.all()}
        self.fields["hours"].widget.find = self._hours_named

    def find(self, row: Mapping[str, str]) -> ServiceLevel | None:
        """By number, else by name."""
        number, name = self.parsed(row, "id"), self.parsed(row, "name")
        if number is None:
            return next((one for one in self._found if one.name == name), None)
        known = next((one for one in self._found if one.pk == number), None)
        if known is None:
            message = _("Nothing has this number. Leave the cell empty for something new.")
            raise ValidationError({"id": message})
        return known

    def identity(self, instance: ServiceLevel) -> Any:
        """The level."""
        return instance.pk or instance.name

    def check(self, instance: ServiceLevel) -> None:
        """A name is one level."""
        names = {one.name: one.pk for one in self._found if one is not instance}
        if instance.name in names:
            raise ValidationError({"name": _("Another service level has this name already.")})

    def write(self, instance: ServiceLevel) -> None:
        """Through the action, which announces the changed standings."""
        agreement_actions.save_level(level=instance, by=self.by)

    def export_set(self, rows: QuerySet[ServiceLevel]) -> QuerySet[ServiceLevel]:
        """With hours and targets."""
        return rows.select_related("hours").prefetch_related("targets")

    def dehydrate_promised(self, level: ServiceLevel) -> str:
        """The targets, to be read: "critical response 30 min (24/7); …"."""
        return "; ".join(
            f"{one.get_severity_display()}: {one.get_kind_display()} {short_minutes(one.minutes)}"
            + (" (24/7)" if one.is_real_time else "")
            for one in level.targets.all()
        )

    def _hours_named(self, name: str) -> ServiceHours:
        hours = self._hours.get(name.casefold())
        if hours is None:
            known = ", ".join(each.name for each in self._hours.values())
            raise ValueError(_("“{text}” is not known here. Known: {known}.").format(text=name, known=known))
        return hours


def _with_periods(agreement: Agreement) -> Agreement:
    agreement.periods = _periods_of(agreement)  # type: ignore[attr-defined]
    return agreement


def _periods_of(agreement: Agreement) -> list[Period]:
    return [(each.starts_on, each.ends_on, each.reason) for each in agreement.suspensions.all()]


def as_suspensions(periods: Sequence[Period]) -> list[Suspension]:
    """The suspensions that a line means, not saved."""
    return [Suspension(starts_on=first, ends_on=last, reason=why) for first, last, why in periods]


class PriceItemResource(ActionResource):
    """Lines of price lists. A row means the line of its code in the list of its first day.

    Drafts are written; a line of a published list may only say what is there already.
    """

    model = PriceItem

    price_list = Column(
        *("price_list", Found(), ("Preisliste gültig ab", "Price list valid from")),
        also=("Gültig ab", "Valid from", "Preisliste", "Price list"),
        is_required=True,
        example="2027-01-01",
    )
    code = Column("code", Text(), ("Code", "Code"), is_required=True, example="remote")
    service = Column("service", Found(), ("Leistung", "Service"), example="remote")
    name_de = Column(
        "name_de", Text(), ("Name deutsch", "Name German"), is_required=True, example="Fernwartung"
    )
    name_en = Column(
        "name_en", Text(), ("Name englisch", "Name English"), is_required=True, example="Remote support"
    )
    unit = Column("unit", OneOf(UNITS, get_language), ("Einheit", "Unit"), is_kept=True, example="hour")
    amount = Column("amount", Amount(), ("Betrag", "Amount"), is_required=True, example="120.00")
    position = Column("position", Number(), ("Reihenfolge", "Position"), is_kept=True, example="1")

    def prepare(self, rows: Sequence[Mapping[str, str]]) -> None:
        """The lists with their lines, and the services; there are few."""
        self._lists = {row.valid_from: row for row in PriceList.objects.all()}
        self._services = {row.code: row for row in Service.objects.all()}
        self.fields["price_list"].widget.find = self._list
        self.fields["service"].widget.find = self._service
        items = PriceItem.objects.select_related("price_list", "service")
        self._items = {(row.price_list_id, row.code): row for row in items}

    def find(self, row: Mapping[str, str]) -> PriceItem | None:
        """By list and code."""
        price_list = self.parsed(row, "price_list")
        return self._items.get((price_list.pk, self.parsed(row, "code"))) if price_list else None

    def identity(self, instance: PriceItem) -> Any:
        """The code in its list."""
        return instance.price_list_id, instance.code

    def check(self, instance: PriceItem) -> None:
        """A published list stays as it is."""
        if instance.price_list.published_at is not None:
            raise price_actions.Published

    def write(self, instance: PriceItem) -> None:
        """Through the action."""
        price_actions.save_item(item=instance, by=self.by)

    def export_set(self, rows: QuerySet[PriceItem]) -> QuerySet[PriceItem]:
        """With lists and services."""
        return rows.select_related("price_list", "service").order_by(
            "price_list__valid_from", "position", "pk"
        )

    def dehydrate_price_list(self, item: PriceItem) -> str:
        """Its first day."""
        return item.price_list.valid_from.isoformat()

    def dehydrate_service(self, item: PriceItem) -> str:
        """The service's code."""
        return item.service.code if item.service else ""

    def _list(self, text: str) -> PriceList:
        day = Day().clean(text)
        if day not in self._lists:
            raise ValueError(_("No price list begins on {day}. Make a draft first.").format(day=text))
        return self._lists[day]

    def _service(self, code: str) -> Service:
        if code not in self._services:
            known = ", ".join(sorted(self._services))
            raise ValueError(_("“{text}” is not known here. Known: {known}.").format(text=code, known=known))
        return self._services[code]
