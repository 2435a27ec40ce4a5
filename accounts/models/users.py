"""Who acts: one user model for contacts, agents, leads and admins."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.teams import Team


class UserQuerySet(models.QuerySet["User"]):
    """The vocabulary for picking users."""

    def agents(self) -> "UserQuerySet":
        """Everybody who works tickets: agents, leads and admins."""
        return self.exclude(role=User.Role.CONTACT)

    def on_duty(self) -> "UserQuerySet":
        """Active agents who take tickets now."""
        return self.agents().filter(is_active=True, is_on_duty=True)


class UserManager(DjangoUserManager["User"]):
    """Django's manager with the words above, creating superusers as admins."""

    def get_queryset(self) -> UserQuerySet:
        """All users, with the vocabulary."""
        return UserQuerySet(self.model, using=self._db)

    def agents(self) -> UserQuerySet:
        """See `UserQuerySet.agents`."""
        return self.get_queryset().agents()

    def on_duty(self) -> UserQuerySet:
        """See `UserQuerySet.on_duty`."""
        return self.get_queryset().on_duty()

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: object
    ) -> "User":
        """Create an admin (used by `manage.py createsuperuser`)."""
        extra.setdefault("role", User.Role.ADMIN)
        return super().create_superuser(username, email, password, **extra)


class User(AbstractUser):
    """A person who signs in."""

    class Role(models.TextChoices):
        CONTACT = "contact", _("Customer contact")
        AGENT = "agent", _("Agent")
        LEAD = "lead", _("Lead")
        ADMIN = "admin", _("Admin")

    class Language(models.TextChoices):
        GERMAN = "de", "Deutsch"
        ENGLISH = "en", "English"

    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.CONTACT)
    language = models.CharField(
        _("language"),
        max_length=5,
        choices=Language.choices,
        blank=True,
        help_text=_("Empty: as the browser asks for."),
    )
    teams: models.ManyToManyField[Team, "models.Model"] = models.ManyToManyField(
        Team, verbose_name=_("teams"), related_name="members", blank=True
    )
    is_on_duty = models.BooleanField(
        _("on duty"), default=True, help_text=_("Off duty, an agent holds no tickets that wait for us.")
    )
    edits_articles = models.BooleanField(
        _("writes articles"), default=False, help_text=_("Leads and admins do so in any case.")
    )

    looker: "User | None" = None
    """For one request: the admin who looks with this person's eyes, and answers for it."""

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("email"), condition=~Q(email=""), name="unique_user_email"
            )
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The full name, or the user name where there is none."""
        return self.get_full_name() or self.username

    @property
    def is_agent(self) -> bool:
        """Whether this person works tickets (agent, lead or admin)."""
        return self.role != self.Role.CONTACT

    @property
    def is_lead(self) -> bool:
        """Whether this person may re-prioritise (lead or admin)."""
        return self.role in (self.Role.LEAD, self.Role.ADMIN)

    @property
    def is_editor(self) -> bool:
        """Whether this person writes and publishes articles."""
        return self.is_lead or (self.is_agent and self.edits_articles)

    @property
    def is_admin(self) -> bool:
        """Whether this person keeps contracts and users."""
        return self.role == self.Role.ADMIN
