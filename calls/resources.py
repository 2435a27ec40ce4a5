"""Service numbers as a table: imported through the actions, exported as they are."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from calls.actions import numbers as actions
from calls.models import PhoneSystem, ServiceNumber
from calls.queries.numbers import normal, number_now, why_not_to, with_agreements
from calls.queries.said import in_words
from calls.rules.entries import faulty_sound_name
from contracts.models import Agreement
from lib.languages import page_language
from lib.phones import readable
from lib.sheets.columns import Column, Day, Found, OneOf, Text
from lib.sheets.resources import ActionResource

KINDS = {
    "contract": {"de": "Servicevertrag", "en": "service agreement"},
    "public": {"de": "öffentlich", "en": "public"},
}


class Phone(Found):
    """A number, however it is written."""

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        """In groups, as people read it."""
        return readable(value) if value else ""


class NumberResource(ActionResource):
    """A row means the number that it names. An agreement is given it; nothing is released by a table."""

    model = ServiceNumber

    number = Column(
        *("number", Phone(), ("Rufnummer", "Phone number")),
        also=("Nummer", "Number", "Telefonnummer", "Phone"),
        is_required=True,
        example="+49 30 555001",
    )
    kind = Column("kind", OneOf(KINDS, get_language), ("Art", "Kind"), is_kept=True, example="contract")
    system = Column(
        *("system", Found(), ("Telefonanlage", "Telephone system")), also=("Anlage", "System"), is_kept=True
    )
    wanted = Column(
        *("wanted", Text(), ("Vertrag", "Agreement")),
        also=("Vertragsnummer", "Reference"),
        is_kept=True,
        example="SV-2026-01",
    )
    customer = Column("customer", Text(), ("Kunde", "Customer"), is_shown_only=True)
    state = Column("state", Text(), ("Zustand", "State"), is_shown_only=True)
    valid_from = Column("valid_from", Day(), ("Gültig ab", "Valid from"))
    valid_until = Column("valid_until", Day(), ("Gültig bis", "Valid until"))
    announcement = Column("announcement", Text(), ("Ansage", "Announcement"))
    note = Column("note", Text(), ("Notiz", "Note"))

    def prepare(self, rows: Sequence[Mapping[str, str]]) -> None:
        """The telephone systems, the numbers that the rows name, and the agreements."""
        self._systems = {system.name.casefold(): system for system in PhoneSystem.objects.all()}
        self._only = next(iter(self._systems.values())) if len(self._systems) == 1 else None
        self.fields["number"].widget.find = self._read
        self.fields["system"].widget.find = self._system
        found = with_agreements().filter(number__in=self.all_parsed(rows, "number"))
        self._known = {row.number: _with_wanted(row) for row in found}
        self._given = {row.number: _called(row) for row in found}
        named = set(self.all_parsed(rows, "wanted"))
        asked = Agreement.objects.filter(kind=Agreement.Kind.SERVICE, reference__in=named).with_facts()
        self._agreements: dict[str, list[Agreement]] = {}
        for row in asked.select_related("customer").order_by("starts_on", "pk"):
            self._agreements.setdefault(row.reference, []).append(row)

    def find(self, row: Mapping[str, str]) -> ServiceNumber | None:
        """By the number."""
        return self._known.get(self.parsed(row, "number") or "")

    def init_instance(self, row: Any = None) -> ServiceNumber:
        """At the one telephone system, where there is no other."""
        number: ServiceNumber = _with_wanted(ServiceNumber(created_at=timezone.now()))
        if self._only is not None:
            number.system = self._only
        return number

    def identity(self, instance: ServiceNumber) -> Any:
        """The number."""
        return instance.number

    def check(self, instance: Any) -> None:
        """What the actions would refuse, at its column."""
        if instance.system_id is None:
            raise ValidationError({"system": _("This cell must not be empty.")})
        if faults := faulty_sound_name(instance.announcement):
            raise ValidationError({"announcement": in_words(*faults)})
        first, last = instance.valid_from, instance.valid_until
        if first and last and last < first:
            raise ValidationError({"valid_until": _("The last day cannot be before the first.")})
        agreement = self._to_give(instance)
        why = why_not_to(instance, agreement, timezone.now()) if agreement else None
        if why is not None:
            raise ValidationError({"wanted": in_words(why)})

    def write(self, instance: Any) -> None:
        """Through the actions: entered or changed, and given to whom it names."""
        agreement = self._to_give(instance)
        if instance._state.adding:
            actions.add(number=instance, by=self.by)
        else:
            actions.change(number=instance, by=self.by)
        if agreement is not None:
            actions.give(number=instance, agreement=agreement, by=self.by)

    def export_set(self, rows: QuerySet[ServiceNumber]) -> QuerySet[ServiceNumber]:
        """With agreements and customers."""
        return with_agreements().filter(pk__in=rows.values("pk")).order_by("number")

    def dehydrate_wanted(self, number: ServiceNumber) -> str:
        """What it is given to."""
        return _called(number)

    def dehydrate_customer(self, number: ServiceNumber) -> str:
        """Whose it is."""
        return str(number.agreement.customer) if number.agreement else ""

    def dehydrate_state(self, number: ServiceNumber) -> str:
        """Where it is in its life."""
        return number_now(number, timezone.now(), page_language()).words

    def _read(self, text: str) -> str:
        number, why = normal(text, self._only)
        if why is not None:
            raise ValueError(" ".join(in_words(why)))
        return number

    def _system(self, name: str) -> PhoneSystem:
        system = self._systems.get(name.casefold())
        if system is None:
            known = ", ".join(each.name for each in self._systems.values())
            raise ValueError(_("“{text}” is not known here. Known: {known}.").format(text=name, known=known))
        return system

    def _to_give(self, instance: Any) -> Agreement | None:
        """The agreement that a row names anew. Error: ValidationError for none, or several customers'."""
        if not instance.wanted or instance.wanted == self._given.get(instance.number):
            return None
        found = self._agreements.get(instance.wanted, [])
        if len({one.customer_id for one in found}) != 1:
            said = _("Several customers have an agreement of this name.") if found else ""
            raise ValidationError({"wanted": said or _("No service agreement has this reference.")})
        return found[-1]  # the terms of a chain share their reference


def _called(number: ServiceNumber) -> str:
    return number.agreement.reference if number.agreement else ""


def _with_wanted(number: ServiceNumber) -> Any:
    number.wanted = _called(number)  # type: ignore[attr-defined]
    return number
