"""Users as a table, imported through the action and without passwords; the audit trail, to be exported."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actions import users as user_actions
from accounts.models import AuditEntry, Team, User
from accounts.rules.wording import act_words
from lib.sheets.columns import Column, LowerText, Moment, OneOf, Several, Text, YesNo
from lib.sheets.resources import ActionResource

ROLES = {
    "contact": {"de": "Ansprechpartner", "en": "Contact"},
    "agent": {"de": "Mitarbeiter", "en": "Agent"},
    "lead": {"de": "Teamleitung", "en": "Lead"},
    "admin": {"de": "Admin", "en": "Admin"},
}
LANGUAGES = {"de": {"de": "Deutsch", "en": "German"}, "en": {"de": "Englisch", "en": "English"}}


class UserResource(ActionResource):
    """Users. A row means the one of its user name. A new one cannot sign in until they are invited."""

    model = User

    username = Column(
        *("username", Text(), ("Benutzername", "User name")),
        also=("Benutzer", "User"),
        is_required=True,
        example="e.muster",
    )
    first_name = Column("first_name", Text(), ("Vorname", "First name"), example="Erika")
    last_name = Column("last_name", Text(), ("Nachname", "Last name"), example="Muster")
    email = Column("email", LowerText(), ("E-Mail", "E-mail"), also=("Mail",), example="erika@firma.example")
    role = Column("role", OneOf(ROLES, get_language), ("Rolle", "Role"), is_kept=True, example="agent")
    team_names = Column("team_names", Several(), ("Teams", "Teams"), also=("Team",))
    language = Column(
        "language", OneOf(LANGUAGES, get_language), ("Sprache", "Language"), is_kept=True, example="de"
    )
    is_on_duty = Column("is_on_duty", YesNo(), ("Im Dienst", "On duty"), is_kept=True, example="1")
    is_active = Column("is_active", YesNo(), ("Aktiv", "Active"), is_kept=True, example="1")
    last_login = Column("last_login", Moment(), ("Letzte Anmeldung", "Last signed in"), is_shown_only=True)

    def prepare(self, rows: Sequence[Mapping[str, str]]) -> None:
        """The users that the rows mean, whose each address is, and the teams."""
        names = {name.lower() for name in self.all_parsed(rows, "username")}
        emails = self.all_parsed(rows, "email")
        found = User.objects.annotate(lower=Lower("username")).filter(
            Q(lower__in=names) | Q(email__in=emails)
        )
        self._found = {row.username.lower(): row for row in found.prefetch_related("teams")}
        for row in self._found.values():
            row.team_names = [team.name for team in row.teams.all()]  # type: ignore[attr-defined]
        self._addresses = {row.email: row.username for row in self._found.values() if row.email}
        self._teams = {team.name: team for team in Team.objects.all()}

    def find(self, row: Mapping[str, str]) -> User | None:
        """By user name."""
        return self._found.get(str(row["username"]).strip().lower())

    def identity(self, instance: User) -> Any:
        """The user name."""
        return instance.username.lower()

    def check(self, instance: User) -> None:
        """As the user's page does: nobody locks themselves out, and only agents have teams."""
        owner = self._addresses.setdefault(instance.email, instance.username) if instance.email else ""
        if owner and owner != instance.username:
            raise ValidationError({"email": _("Another user has this e-mail address already.")})
        teams = getattr(instance, "team_names", None) or ()
        unknown = [name for name in teams if name not in self._teams]
        if unknown:
            message = _("“{text}” is not known here. Known: {known}.")
            known = ", ".join(self._teams)
            raise ValidationError({"team_names": message.format(text=unknown[0], known=known)})
        if teams and not instance.is_agent:
            raise ValidationError({"team_names": _("Customer contacts belong to no team.")})
        if self.by is not None and instance.pk == self.by.pk:
            self._check_oneself(instance)

    def write(self, instance: User) -> None:
        """Through the action."""
        names: list[str] | None = getattr(instance, "team_names", None)
        user_actions.save(
            user=instance,
            by=self.by,
            teams=None if names is None else [self._teams[name] for name in names],
            password="" if instance._state.adding else None,
        )

    def export_set(self, rows: QuerySet[User]) -> QuerySet[User]:
        """With teams."""
        return rows.prefetch_related("teams")

    def dehydrate_team_names(self, user: User) -> str:
        """The teams."""
        return "; ".join(team.name for team in user.teams.all())

    def _check_oneself(self, instance: User) -> None:
        if not instance.is_active:
            raise ValidationError({"is_active": _("You cannot deactivate yourself.")})
        if instance.role != User.Role.ADMIN:
            raise ValidationError({"role": _("You cannot take your own admin role away.")})


class ActWord(Text):
    """What was done, in words."""

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        """The words of the verb."""
        return act_words(str(value), get_language() or "en")


class AsJson(Text):
    """What more was noted, as one line of JSON."""

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        """JSON; nothing where nothing was noted or it was erased."""
        return json.dumps(value, ensure_ascii=False) if value else ""


class AuditResource(ActionResource):
    """The audit trail: who saw or did what, with what proves it."""

    model = AuditEntry

    at = Column("at", Moment(), ("Zeitpunkt", "At"), is_shown_only=True)
    actor_name = Column("actor_name", Text(), ("Wer", "Who"), is_shown_only=True)
    actor_id = Column("actor_id", Text(), ("Nummer der Person", "Person’s number"), is_shown_only=True)
    verb = Column("verb", ActWord(), ("Was", "What"), is_shown_only=True)
    object_label = Column("object_label", Text(), ("Woran", "To what"), is_shown_only=True)
    object_kind = Column("object_kind", Text(), ("Art", "Kind"), is_shown_only=True)
    object_id = Column("object_id", Text(), ("Kennung", "Id"), is_shown_only=True)
    customer_id = Column(
        "customer_id", Text(), ("Nummer des Kunden", "Customer’s number"), is_shown_only=True
    )
    details = Column("details", AsJson(), ("Einzelheiten", "Details"), is_shown_only=True)
    number = Column("number", Text(), ("Glied der Kette", "Link of the chain"), is_shown_only=True)
    hash = Column("hash", Text(), ("Prüfsumme", "Hash"), is_shown_only=True)

    def export_set(self, rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """With the names that are still there."""
        return rows.select_related("personal")
