"""Held files: what looks like a log from a customer whose gate is closed. Kept encrypted, read by nobody."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from lib.crypto import EncryptedJSONField
from tickets.models.messages import Attachment, Message
from tickets.models.tickets import Ticket


class HeldFileQuerySet(models.QuerySet["HeldFile"]):
    """The vocabulary for picking held files."""

    def held(self) -> Self:
        """Neither released nor deleted."""
        return self.filter(released_at__isnull=True, deleted_at__isnull=True)

    def let_through(self) -> Self:
        """Files of a ticket that stand behind a gate which was open."""
        return self.filter(released_at__isnull=False, attachment__isnull=False)


FOLDER = "held"


def held_name(held: "HeldFile", _name: str) -> str:
    """Where the encrypted bytes lie: by the random key, never by the name that the sender chose."""
    return f"{FOLDER}/{held.key[:2]}/{held.key}"


class HeldFile(models.Model):
    """A file, or a block of pasted text, that looks like a log: held, let through, or deleted.

    Held: the bytes lie encrypted with a key of their own below `held/`; `sealed` holds that key and the
    sender's name for the file, encrypted by the installation. At the deadline both go and the row stays.
    Let through (`released_at`): it is the `attachment`, under the same random key; if the gate closes again,
    it is held again. `codes` are the reasons of the detection, without anything from the content.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("file")
        TEXT = "text", _("pasted text")

    ticket = models.ForeignKey(Ticket, related_name="held_files", on_delete=models.CASCADE)
    message = models.ForeignKey(Message, related_name="held_files", on_delete=models.CASCADE)
    customer = models.ForeignKey(Customer, related_name="held_files", on_delete=models.PROTECT)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices)
    key = models.CharField(max_length=43, unique=True, editable=False)
    file = models.FileField(upload_to=held_name, max_length=120, blank=True, editable=False)
    sealed = EncryptedJSONField(null=True, editable=False)
    size = models.PositiveBigIntegerField(_("size"))
    codes = models.JSONField(_("why it is held"), default=list)
    held_at = models.DateTimeField(_("held since"))
    delete_at = models.DateTimeField(_("deleted on"), null=True)
    released_at = models.DateTimeField(_("released"), null=True)
    attachment = models.OneToOneField(
        Attachment, related_name="held_file", null=True, on_delete=models.SET_NULL
    )
    deleted_at = models.DateTimeField(_("deleted"), null=True)

    objects = HeldFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("held file")
        verbose_name_plural = _("held files")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(sealed__isnull=True), name="deleted_file_has_no_key"
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(sealed__isnull=True, file=""),
                name="released_file_is_not_held",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=False)
                | Q(deleted_at__isnull=False)
                | (Q(delete_at__isnull=False, sealed__isnull=False) & ~Q(file="")),
                name="held_file_has_deadline",
            ),
        ]
        indexes = [
            models.Index(
                fields=["delete_at"],
                condition=Q(released_at__isnull=True, deleted_at__isnull=True),
                name="held_to_delete",
            ),
            models.Index(
                fields=["customer"],
                condition=Q(released_at__isnull=True, deleted_at__isnull=True),
                name="held_of_customer",
            ),
        ]

    @property
    def is_held(self) -> bool:
        """Whether it is held now."""
        return self.released_at is None and self.deleted_at is None

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.held_at:%Y-%m-%d %H:%M}"
