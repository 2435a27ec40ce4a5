"""What was said on a ticket, and the files that came with it."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Contact
from tickets.models.tickets import Ticket


class MessageQuerySet(models.QuerySet["Message"]):
    """The vocabulary for picking messages."""

    def for_customer(self) -> Self:
        """What the customer may read: everything but internal notes. Every door to customers uses this."""
        return self.filter(is_internal=False)


class Message(models.Model):
    """One message or internal note. The body is plain text and stored as it came."""

    ticket = models.ForeignKey(Ticket, related_name="messages", on_delete=models.CASCADE)
    author = models.ForeignKey(User, related_name="+", null=True, blank=True, on_delete=models.SET_NULL)
    contact = models.ForeignKey(Contact, related_name="+", null=True, blank=True, on_delete=models.SET_NULL)
    author_name = models.CharField(_("author"), max_length=200)
    body = models.TextField(_("message"))
    is_internal = models.BooleanField(_("internal note"), default=False)
    channel = models.CharField(_("channel"), max_length=12, choices=Ticket.Channel.choices)
    at = models.DateTimeField(_("at"))

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["ticket", "at"], name="message_of_ticket")]

    def __str__(self) -> str:
        return f"{self.author_name} {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_from_customer(self) -> bool:
        """Whether the customer's side wrote it."""
        return self.contact_id is not None


def storage_name(attachment: "Attachment", _name: str) -> str:
    """Where a file lies: by the attachment's random key, never by the name that the sender chose."""
    return f"attachments/{attachment.key[:2]}/{attachment.key}"


class Attachment(models.Model):
    """A file of a message. Its stored name is random; the sender's name is only ever a label."""

    message = models.ForeignKey(Message, related_name="attachments", on_delete=models.CASCADE)
    key = models.CharField(max_length=43, unique=True, editable=False)
    file = models.FileField(upload_to=storage_name, max_length=120)
    name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    content_type = models.CharField(_("type"), max_length=100)
    sha256 = models.CharField(max_length=64)
    sound = models.JSONField(null=True, editable=False)
    """Of a recording that can be listened to: {"seconds": int, "peaks": up to 120 numbers of 0 to 100}."""

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
