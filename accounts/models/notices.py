"""Mail that belongs to no ticket: the outbox of invitations, sign-on mail and trial mail."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from lib.crypto import EncryptedJSONField
from lib.outbox import Outgoing, OutgoingQuerySet


class Notice(Outgoing):
    """One mail to one person that no ticket owes. Links in it are made when it is sent and stored nowhere."""

    class Kind(models.TextChoices):
        PASSWORD_RESET = "password_reset", _("New password")
        INVITATION = "invitation", _("Invitation")
        MAIL_TEST = "mail_test", _("Trial mail")
        SIGN_IN_LINK = "sign_in_link", _("Sign-in link")
        SECURITY_CHANGE = "security_change", _("Change of the sign-in")
        SIGN_UP = "sign_up", _("Sign-up")
        NEWCOMER = "newcomer", _("New colleague in the portal")
        TARGET_WARNING = "target_warning", _("Target in danger")
        TARGET_MISSED = "target_missed", _("Target missed")
        ALLOWANCE_ALERT = "allowance_alert", _("Allowance used")
        AGREEMENT_ENDING = "agreement_ending", _("Agreement ending")
        AGREEMENT_RENEWED = "agreement_renewed", _("Agreement renewed")
        APPROVAL_ANSWER = "approval_answer", _("Price answered")
        STATEMENT_READY = "statement_ready", _("Statement ready")
        DPA_REQUESTED = "dpa_requested", _("DPA requested")
        DPA_OFFERED = "dpa_offered", _("DPA offered")
        DPA_IN_FORCE = "dpa_in_force", _("DPA in force")
        DPA_REVIEW = "dpa_review", _("DPA due for review")
        DPA_ENDED = "dpa_ended", _("DPA ended")
        DIRECTORY_CHANGE = "directory_change", _("Change of a sub-processor")
        OBJECTION = "objection", _("Objection to a change")
        BREACH = "breach", _("Personal-data breach")
        FILE_HELD = "file_held", _("File held")
        SESSION_FLAGGED = "session_flagged", _("Remote session without a gate")
        EXPORT_READY = "export_ready", _("Access export ready")
        IMPERSONATED = "impersonated", _("Somebody looked with your eyes")

    ASKED_FOR = frozenset({Kind.PASSWORD_RESET, Kind.SIGN_IN_LINK})
    """What strangers may ask for: whose address they typed, only the sending looks up."""

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    user = models.ForeignKey(
        User, verbose_name=_("user"), related_name="notices", null=True, blank=True, on_delete=models.CASCADE
    )
    address = models.EmailField(_("e-mail"), blank=True, help_text=_("Empty: the user's own."))
    language = models.CharField(_("language"), max_length=5, choices=User.Language.choices)
    params = EncryptedJSONField(default=dict, editable=False)

    objects = OutgoingQuerySet.as_manager()

    class Meta(Outgoing.Meta):
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.get_kind_display()
