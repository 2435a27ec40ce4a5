"""Customers and contacts as tables: imported through the actions, exported as they are."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.actions import customers as customer_actions
from customers.models import Contact, Customer, CustomerDomain
from lib.domains import as_domain
from lib.domains import readable as readable_domain
from lib.phones import read_number, readable
from lib.sheets.columns import Column, Found, LowerText, Number, OneOf, Several, Text, YesNo
from lib.sheets.resources import ActionResource
from lib.sorting import german_sort_key

Row = TypeVar("Row", Customer, Contact)

MAIL_STEPS = {
    "everything": {"de": "alles", "en": "everything"},
    "answers": {"de": "nur Antworten", "en": "answers only"},
    "nothing": {"de": "nichts", "en": "nothing"},
}
LANGUAGES = {"de": {"de": "Deutsch", "en": "German"}, "en": {"de": "Englisch", "en": "English"}}


class CustomerDirectory:
    """Customers by number and name, read at once for all rows of a file."""

    def __init__(self, cells: Iterable[str]) -> None:
        wanted = {cell.strip() for cell in cells}
        ids = [int(cell) for cell in wanted if cell.isascii() and cell.isdigit() and len(cell) < 19]  # noqa: PLR2004
        keys = {german_sort_key(cell) for cell in wanted}
        rows = Customer.objects.filter(Q(pk__in=ids) | Q(sort_name__in=keys)).order_by("pk")
        self._by_text: dict[str, Customer] = {}
        for row in rows:
            self._by_text.setdefault(str(row.pk), row)
        for row in rows:
            self._by_text.setdefault(german_sort_key(row.name), row)
        for row in rows:
            self._by_text[row.name] = row

    def find(self, text: str) -> Customer:
        """The customer of this name or number. Error: ValueError."""
        found = self._by_text.get(text) or self._by_text.get(german_sort_key(text))
        if found is None:
            raise ValueError(_("There is no customer “{text}”. Import customers first.").format(text=text))
        return found


class CustomerResource(ActionResource):
    """Customers with their mail domains and phone numbers. A row means the customer of its number or name."""

    model = Customer

    id = Column("id", Number(), ("Nummer", "Number"), also=("Nr.", "No."), is_kept=True)
    name = Column(
        "name", Text(), ("Name", "Name"), also=("Kunde", "Firma"), is_required=True, example="Muster GmbH"
    )
    domain_names = Column(
        *("domain_names", Several(as_domain, readable_domain), ("Maildomains", "Mail domains")),
        also=("Domain", "Domains"),
        example="muster.example; muster-gruppe.example",
    )
    phone_numbers = Column(
        *("phone_numbers", Several(read_number, readable), ("Telefonnummern", "Phone numbers")),
        also=("Telefon", "Phone", "Telefonnummer", "Phone number"),
        example="+49 89 999980",
    )
    note = Column("note", Text(is_verbatim=True), ("Interne Notiz", "Internal note"), also=("Notiz", "Note"))
    is_active = Column("is_active", YesNo(), ("Aktiv", "Active"), is_kept=True, example="1")

    def prepare(self, rows: Sequence[Mapping[str, str]]) -> None:
        """The customers that the rows mean, and whose each mail domain is."""
        ids, names = self.all_parsed(rows, "id"), self.all_parsed(rows, "name")
        keys = {german_sort_key(name) for name in names}
        found = Customer.objects.filter(Q(pk__in=ids) | Q(sort_name__in=keys) | Q(name__in=names))
        self._found: list[Customer] = [
            _with_values(row) for row in found.prefetch_related("domains", "phones")
        ]
        self._by_id = {row.pk: row for row in self._found}
        self._names = {row.name: row.pk for row in self._found}
        # A file has thousands of rows: none is looked for among all.
        self._by_name = {row.name: row for row in self._found}
        self._by_spelling = {row.sort_name: row for row in reversed(self._found)}
        domains = {domain for each in self.all_parsed(rows, "domain_names") for domain in each}
        owned = CustomerDomain.objects.filter(domain__in=domains).values_list("domain", "customer__name")
        self._owners = dict(owned)

    def find(self, row: Mapping[str, str]) -> Customer | None:
        """By number, else by name, spelt alike."""
        number, name = self.parsed(row, "id"), self.parsed(row, "name") or ""
        if number is not None:
            return _known(self._by_id, number)
        return self._by_name.get(name) or self._by_spelling.get(german_sort_key(name))

    def identity(self, instance: Customer) -> Any:
        """The customer; a new one is its name."""
        return instance.pk or german_sort_key(instance.name)

    def check(self, instance: Customer) -> None:
        """Names and mail domains belong to one customer."""
        if self._names.get(instance.name, instance.pk) != instance.pk:
            raise ValidationError({"name": _("Another customer has this name already.")})
        before = self._was.get("name", instance.name)
        for domain in getattr(instance, "domain_names", None) or ():
            owner = self._owners.setdefault(domain, instance.name)
            if owner not in {instance.name, before}:
                message = _("The mail domain {domain} belongs to {owner}.")
                raise ValidationError({"domain_names": message.format(domain=domain, owner=owner)})

    def write(self, instance: Customer) -> None:
        """Through the action."""
        customer_actions.save(
            customer=instance,
            by=self.by,
            domains=getattr(instance, "domain_names", None),
            phone_numbers=getattr(instance, "phone_numbers", None),
        )

    def export_set(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        """With domains and numbers."""
        return rows.prefetch_related("domains", "phones")

    def dehydrate_domain_names(self, customer: Customer) -> str:
        """The mail domains."""
        return "; ".join(readable_domain(row.domain) for row in customer.domains.all())

    def dehydrate_phone_numbers(self, customer: Customer) -> str:
        """The numbers."""
        return "; ".join(row.number for row in customer.phones.all())


class ContactResource(ActionResource):
    """People at customers. A row means the contact of its number, else of its address, else of its name."""

    model = Contact

    id = Column("id", Number(), ("Nummer", "Number"), also=("Nr.", "No."), is_kept=True)
    customer = Column(
        *("customer", Found(), ("Kunde", "Customer")),
        also=("Firma",),
        is_required=True,
        example="Muster GmbH",
    )
    name = Column(
        "name",
        Text(),
        ("Name", "Name"),
        also=("Ansprechpartner", "Contact"),
        is_required=True,
        example="Erika Muster",
    )
    email = Column("email", LowerText(), ("E-Mail", "E-mail"), also=("Mail",), example="erika@muster.example")
    phone_numbers = Column(
        *("phone_numbers", Several(read_number, readable), ("Telefonnummern", "Phone numbers")),
        also=("Telefon", "Phone", "Telefonnummer", "Phone number"),
        example="+49 89 9999812; +49 170 1234567",
    )
    language = Column(
        *("language", OneOf(LANGUAGES, get_language), ("Sprache", "Language")), is_kept=True, example="de"
    )
    mail_steps = Column(
        *("mail_steps", OneOf(MAIL_STEPS, get_language), ("E-Mails zu Tickets", "E-mail about tickets")),
        is_kept=True,
        example="everything",
    )
    sees_company_tickets = Column(
        *(
            "sees_company_tickets",
            YesNo(),
            ("Sieht alle Tickets der Firma", "Sees all tickets of the company"),
        ),
        is_kept=True,
        example="0",
    )
    is_company_admin = Column(
        *("is_company_admin", YesNo(), ("Firmenadmin", "Company admin")), is_kept=True, example="0"
    )
    is_active = Column("is_active", YesNo(), ("Aktiv", "Active"), is_kept=True, example="1")
    login = Column("user__username", Text(), ("Portal-Login", "Portal login"), is_shown_only=True)

    def prepare(self, rows: Sequence[Mapping[str, str]]) -> None:
        """The customers that the rows name, and the contacts there."""
        self._customers = CustomerDirectory(str(row["customer"]) for row in rows)
        self.fields["customer"].widget.find = self._customers.find
        customers = {one.pk for one in self.all_parsed(rows, "customer")}
        ids = self.all_parsed(rows, "id")
        names, emails = self.all_parsed(rows, "name"), self.all_parsed(rows, "email")
        wanted = Q(pk__in=ids) | Q(customer__in=customers) & (Q(name__in=names) | Q(email__in=emails))
        found = Contact.objects.filter(wanted).select_related("customer").prefetch_related("phones")
        self._found: list[Contact] = [_with_values(row) for row in found]
        self._by_id = {row.pk: row for row in self._found}
        self._addresses = {(row.customer_id, row.email): row.pk for row in self._found if row.email}

    def find(self, row: Mapping[str, str]) -> Contact | None:
        """By number, else by the address at the customer, else by the name there."""
        number, customer = self.parsed(row, "id"), self.parsed(row, "customer")
        if number is not None:
            return _known(self._by_id, number)
        if customer is None:
            return None
        email, name = self.parsed(row, "email"), self.parsed(row, "name")
        there = [one for one in self._found if one.customer_id == customer.pk]
        if email:
            by_address = [one for one in there if one.email == email]
            # Somebody of this name whose address is another one is somebody else.
            return (
                by_address[0]
                if by_address
                else _only([one for one in there if one.name == name and not one.email])
            )
        return _only([one for one in there if one.name == name])

    def identity(self, instance: Contact) -> Any:
        """The contact; a new one is an address or a name at a customer."""
        return instance.pk or (instance.customer_id, instance.email or instance.name)

    def check(self, instance: Contact) -> None:
        """A contact stays with the customer; an address is one person there."""
        was = self._was.get("customer")
        if was is not None and was.pk != instance.customer_id:
            raise ValidationError({"customer": _("A contact cannot change to another customer.")})
        owner = self._addresses.get((instance.customer_id, instance.email), instance.pk)
        if instance.email and owner != instance.pk:
            raise ValidationError({"email": _("This customer has a contact with this address already.")})

    def write(self, instance: Contact) -> None:
        """Through the action."""
        customer_actions.save_contact(
            contact=instance, by=self.by, phone_numbers=getattr(instance, "phone_numbers", None)
        )

    def export_set(self, rows: QuerySet[Contact]) -> QuerySet[Contact]:
        """With customers and numbers."""
        return rows.select_related("customer", "user").prefetch_related("phones")

    def dehydrate_phone_numbers(self, contact: Contact) -> str:
        """The numbers."""
        return "; ".join(row.number for row in contact.phones.all())


def _with_values(row: Any) -> Any:
    """A row that knows the values of the columns that stand in tables of their own."""
    row.phone_numbers = [phone.number for phone in row.phones.all()]
    if isinstance(row, Customer):
        row.domain_names = [each.domain for each in row.domains.all()]  # type: ignore[attr-defined]
    return row


def _known(rows: Mapping[int, Row], number: int) -> Row:
    """Error: ValidationError where a number was given that nothing has."""
    if number not in rows:
        raise ValidationError({"id": _("Nothing has this number. Leave the cell empty for something new.")})
    return rows[number]


def _only(rows: Sequence[Row]) -> Row | None:
    """The one; None for none. Error: ValidationError where there are several."""
    if len(rows) > 1:
        raise ValidationError({"id": _("Several fit this line. Give the number of the one that is meant.")})
    return rows[0] if rows else None
