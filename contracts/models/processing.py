"""Data-processing agreements (GDPR Art. 28): documents, the way from the wish to the end, signatures."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.models.agreements import Agreement
from contracts.rules.gates import DpaFact
from customers.models import Customer


class DpaDocument(models.Model):
    """A version of the text that is offered, with its annexes, in German and English.

    Published it stays as it is; `sha256` is of the texts as they were published; whoever signs, signs this.
    """

    version = models.CharField(_("version"), max_length=40, unique=True)
    body_de = models.TextField(_("text (German)"))
    body_en = models.TextField(_("text (English)"), blank=True)
    measures_de = models.TextField(_("technical and organisational measures (German)"))
    measures_en = models.TextField(_("technical and organisational measures (English)"), blank=True)
    created_at = models.DateTimeField(_("created"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("DPA document")
        verbose_name_plural = _("DPA documents")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.version


class ProcessingAgreementQuerySet(models.QuerySet["ProcessingAgreement"]):
    """The vocabulary for picking data-processing agreements."""

    def in_force_at(self, at: datetime) -> Self:
        """Those that open gates at this moment, whatever the sweep has noted by then."""
        begun = self.filter(state__in=["in_force", "ended"], in_force_at__lte=at)
        return begun.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))

    def pending(self) -> Self:
        """Asked for, and neither in force nor ended."""
        return self.filter(state__in=["requested", "under_review", "offered"])


class ProcessingAgreement(models.Model):
    """One data-processing agreement of one customer, from the wish to its end.

    It holds over [in_force_at, ends_at); an end that is set for later is written in `ends_at` at once, and
    the sweep turns `state` when it has come. `review_due_at`: its basis, the service agreement, is gone; it
    holds until `holds_until_at` unless somebody decides.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        UNDER_REVIEW = "under_review", _("under review")
        OFFERED = "offered", _("offered")
        IN_FORCE = "in_force", _("in force")
        ENDED = "ended", _("ended")

    class Cause(models.TextChoices):
        TERMINATED = "terminated", _("terminated")
        SUPERSEDED = "superseded", _("superseded by a new version")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn by the customer")
        LAPSED = "lapsed", _("lapsed without a service agreement")

    class Source(models.TextChoices):
        AGREEMENT = "agreement", _("a service agreement started")
        PORTAL = "portal", _("asked for in the portal")
        AGENT = "agent", _("asked for by an agent")

    customer = models.ForeignKey(
        Customer,
        verbose_name=_("customer"),
        related_name="processing_agreements",
        on_delete=models.PROTECT,
    )
    state = models.CharField(_("state"), max_length=14, choices=State.choices, default=State.REQUESTED)
    source = models.CharField(_("how it came about"), max_length=10, choices=Source.choices)
    agreement = models.ForeignKey(
        Agreement,
        verbose_name=_("service agreement"),
        related_name="+",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
    )
    document = models.ForeignKey(
        DpaDocument,
        verbose_name=_("document"),
        related_name="processing_agreements",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
    )
    directory_version = models.PositiveIntegerField(_("version of the sub-processor directory"), null=True)
    offered_text = models.TextField(_("text as it was offered"), blank=True)
    requested_at = models.DateTimeField(_("requested"))
    requested_by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    offered_at = models.DateTimeField(_("offered"), null=True)
    in_force_at = models.DateTimeField(_("in force since"), null=True)
    ends_at = models.DateTimeField(_("in force until"), null=True)
    ended_because = models.CharField(_("why it ended"), max_length=12, choices=Cause.choices, blank=True)
    end_reason = models.TextField(_("reason for the end"), blank=True)
    review_due_at = models.DateTimeField(_("due for review since"), null=True)
    holds_until_at = models.DateTimeField(_("holds without a decision until"), null=True)
    review_decided_at = models.DateTimeField(_("review decided"), null=True)
    reminded_days = models.PositiveSmallIntegerField(_("reminded so many days ahead"), null=True)

    objects = ProcessingAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("data-processing agreement")
        verbose_name_plural = _("data-processing agreements")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(state="in_force"),
                name="one_dpa_in_force",
                violation_error_message=_("This customer has a data-processing agreement in force already."),
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(state__in=["requested", "under_review", "offered"]),
                name="one_dpa_on_its_way",
                violation_error_message=_(
                    "A data-processing agreement is on its way for this customer already."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(state="in_force") | Q(in_force_at__isnull=False, document__isnull=False),
                name="dpa_in_force_has_document",
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | (Q(ends_at__isnull=False) & ~Q(ended_because="")),
                name="dpa_end_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True)
                | Q(in_force_at__isnull=True)
                | Q(ends_at__gte=F("in_force_at")),
                name="dpa_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "in_force_at"], name="dpa_of_customer"),
            models.Index(fields=["ends_at"], condition=Q(state="in_force"), name="dpa_to_end"),
        ]

    def __str__(self) -> str:
        return self.called

    @property
    def called(self) -> str:
        """What a sentence calls it by."""
        return f"AV-{self.pk:05d}" if self.pk else "AV"

    def as_fact(self) -> DpaFact:
        """This agreement as the rule of the gates knows it."""
        return DpaFact(
            id=self.pk,
            reference=self.called,
            state=self.state,
            in_force_at=self.in_force_at,
            ends_at=self.ends_at,
            ended_because=self.ended_because,
        )


class DpaSignature(models.Model):
    """That one party signed one offered document: by a press in the portal, or on paper. Never changed."""

    class Party(models.TextChoices):
        CUSTOMER = "customer", _("the customer")
        FIRM = "firm", _("we")

    class Method(models.TextChoices):
        CLICK = "click", _("signed in the portal")
        UPLOAD = "upload", _("signed document")

    processing_agreement = models.ForeignKey(
        ProcessingAgreement, related_name="signatures", on_delete=models.PROTECT
    )
    party = models.CharField(_("party"), max_length=8, choices=Party.choices)
    method = models.CharField(_("how"), max_length=6, choices=Method.choices)
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=200)
    at = models.DateTimeField(_("at"))
    ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    user = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    document_sha256 = models.CharField(_("SHA-256 of what was signed"), max_length=64)
    file = models.FileField(_("signed document"), upload_to="dpa", max_length=120, blank=True)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["processing_agreement", "party"], name="one_signature_a_party")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M}"


class DpaReviewItem(models.Model):
    """A question of the mutual review, for one party, and what was answered."""

    processing_agreement = models.ForeignKey(
        ProcessingAgreement, related_name="review_items", on_delete=models.CASCADE
    )
    party = models.CharField(_("party"), max_length=8, choices=DpaSignature.Party.choices)
    code = models.CharField(_("question"), max_length=40)
    is_done = models.BooleanField(_("settled"), default=False)
    note = models.TextField(_("note"), blank=True)
    done_at = models.DateTimeField(_("settled at"), null=True)
    done_by_name = models.CharField(_("settled by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("question of the review")
        verbose_name_plural = _("questions of the review")
        ordering = ["party", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["processing_agreement", "party", "code"], name="one_answer_a_question"
            )
        ]

    def __str__(self) -> str:
        return self.code


class DpaEvent(models.Model):
    """One step of a data-processing agreement's history, as a code with parameters. Never changed."""

    processing_agreement = models.ForeignKey(
        ProcessingAgreement, related_name="events", on_delete=models.CASCADE
    )
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, related_name="+", null=True, on_delete=models.SET_NULL)
    by_name = models.CharField(_("by"), max_length=200, blank=True)
    code = models.CharField(max_length=60)
    params = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("history")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.code


class GateChange(models.Model):
    """A moment at which a customer's gates may open or close: work for whoever keeps what they guard.

    Written in the transaction that changes a data-processing agreement, for now and for each set end (as
    StandingChange is for agreements). `tickets` flags running sessions, releases and purges held files.
    """

    customer = models.ForeignKey(Customer, related_name="gate_changes", on_delete=models.CASCADE)
    at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "at"],
                condition=Q(applied_at__isnull=True),
                name="one_pending_gate_change",
            )
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(applied_at__isnull=True), name="gate_change_pending")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.at:%Y-%m-%d %H:%M}"
