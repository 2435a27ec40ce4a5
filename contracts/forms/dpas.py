"""What leads and admins do with a data-processing agreement: one form a step."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from accounts.models import User
from contracts.actions import data_returns, processing
from contracts.actions.processing_refusals import DpaRefused
from contracts.models import DataReturn, DpaDocument, ProcessingAgreement
from contracts.queries.data_returns import is_over, return_of
from contracts.queries.dpa_offers import offered_sha256
from contracts.rules.dpa_lifecycle import Actor, Verb, verbs_for
from contracts.rules.dpa_wording import say_refusal
from lib.languages import page_language
from lib.signed_pdf import SignedPdfField

Text = str | StrPromise


def _day_field(label: Text, help_text: Text) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, help_text=help_text, widget=widget)


def _reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), strip=True
    )


class DpaActForm(forms.Form):
    """One step of one data-processing agreement."""

    slug: ClassVar[str]
    verb: ClassVar[Verb]
    title: ClassVar[Text]
    icon: ClassVar[str]
    hint: ClassVar[Text]
    done: ClassVar[Text]
    is_danger: ClassVar[bool] = False
    takes_files: ClassVar[bool] = False
    do_not_call_in_templates: ClassVar[bool] = True

    def __init__(self, *args: Any, dpa: ProcessingAgreement, user: User, ip: str = "", **kwargs: Any) -> None:
        self.dpa, self.user, self.ip = dpa, user, ip
        super().__init__(*args, **kwargs)

    @classmethod
    def is_offered(cls, dpa: ProcessingAgreement) -> bool:
        """Whether the life cycle has this step now; the action decides."""
        return cls.verb in verbs_for(dpa.state, Actor.FIRM)

    def act(self) -> None:
        """Make the call."""
        raise NotImplementedError

    def went_well(self) -> bool:
        """Whether it is done; what was refused stands in the form."""
        if not self.is_valid():
            return False
        try:
            self.act()
        except DpaRefused as refusal:
            self.add_error(None, say_refusal(refusal.reason, page_language()))
            return False
        return True


class BeginReview(DpaActForm):
    """Begin the mutual review."""

    slug, verb, icon, title = (
        "begin-review",
        Verb.BEGIN_REVIEW,
        "clipboard-document-check",
        _("Begin the review"),
    )
    hint = _("Both sides get a list of questions. The customer’s company admins answer theirs in the portal.")
    done = _("The review has begun.")

    def act(self) -> None:
        processing.begin_review(dpa=self.dpa, by=self.user)


class Offer(DpaActForm):
    """Offer a published document."""

    slug, verb, icon, title = "offer", Verb.OFFER, "paper-airplane", _("Offer")
    hint = _(
        "The customer’s company admins are told by e-mail, read the text with its annexes in the portal and"
        " sign it there. The answers of the review become part of it."
    )
    done = _("The agreement is offered.")
    document = forms.ModelChoiceField(DpaDocument.objects.none(), label=_("Document"), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        published = DpaDocument.objects.filter(published_at__isnull=False).order_by("-published_at")
        self.fields["document"].queryset = published  # type: ignore[attr-defined]
        if not published:
            self.fields["document"].help_text = _("No document is published yet. Admins publish one.")

    @classmethod
    def is_offered(cls, dpa: ProcessingAgreement) -> bool:
        is_settled = all(item.is_done for item in dpa.review_items.all())
        return super().is_offered(dpa) and is_settled and dpa.document is None

    def act(self) -> None:
        processing.offer(dpa=self.dpa, document=self.cleaned_data["document"], by=self.user)


class OfferAnother(Offer):
    """Offer another version while nobody has signed."""

    slug, icon, title = "offer-another", "arrow-path", _("Offer another version")

    @classmethod
    def is_offered(cls, dpa: ProcessingAgreement) -> bool:
        return (
            cls.verb in verbs_for(dpa.state, Actor.FIRM) and bool(dpa.document) and not dpa.signatures.all()
        )


class _Sign(DpaActForm):
    """A signature: by name and role, of the text that was shown."""

    verb, icon = Verb.SIGN, "pencil-square"
    party: ClassVar[str]
    takes_files = True
    name = forms.CharField(label=_("Name"), max_length=200)
    role = forms.CharField(label=_("Role"), max_length=200, help_text=_("Such as managing director."))
    file = SignedPdfField(label=_("Signed document (PDF)"), required=False)
    document_sha256 = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["document_sha256"] = offered_sha256(self.dpa)

    @classmethod
    def is_offered(cls, dpa: ProcessingAgreement) -> bool:
        signed = {one.party for one in dpa.signatures.all()}
        return super().is_offered(dpa) and cls.party not in signed

    def act(self) -> None:
        given = self.cleaned_data
        processing.sign(
            dpa=self.dpa,
            party=self.party,
            method="upload" if given["file"] else "click",
            name=given["name"],
            role=given["role"],
            file=given["file"],
            ip=None if given["file"] else self.ip or None,
            document_sha256=given["document_sha256"] or None,
            by=self.user,
        )


class SignForUs(_Sign):
    """Sign for the firm."""

    slug, title, party = "sign", _("Sign for us"), "firm"
    hint = _(
        "With the second signature the agreement is in force at that moment. Kept with it: name, role, time"
        " and the hash of the text."
    )
    done = _("Signed for us.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("name", self.user.display_name)
        self.fields["file"].help_text = _(
            "Only where it was signed on paper. Else your press of the button counts."
        )


class SignForCustomer(_Sign):
    """Bring what the customer signed on paper."""

    slug, title, party = "sign-customer", _("Customer’s signature"), "customer"
    icon = "document-arrow-up"
    hint = _(
        "For an agreement that the customer signed on paper or sent as a PDF. In the portal they sign"
        " themselves."
    )
    done = _("The customer’s signature is kept.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = True


class Refuse(DpaActForm):
    """One side does not want to conclude it."""

    slug, verb, icon, title = "refuse", Verb.REFUSE, "x-circle", _("Refuse")
    hint = _("The agreement does not come about. The customer reads the reason in the portal.")
    done = _("The agreement is refused.")
    is_danger = True
    reason = _reason_field()

    def act(self) -> None:
        processing.refuse(dpa=self.dpa, reason=self.cleaned_data["reason"], by=self.user)


class Withdraw(DpaActForm):
    """The customer took its wish back."""

    slug, verb, icon, title = "withdraw", Verb.WITHDRAW, "arrow-uturn-left", _("Note withdrawal")
    hint = _("The customer has told us that they do not want the agreement any more.")
    done = _("The withdrawal is noted.")
    is_danger = True

    def act(self) -> None:
        processing.withdraw(dpa=self.dpa, by=self.user)


class Terminate(DpaActForm):
    """End one that is in force."""

    slug, verb, icon, title = "terminate", Verb.TERMINATE, "x-circle", _("Terminate")
    hint = _(
        "With its end the gates close at that instant: no remote session, no log analysis, no installation,"
        " no monitoring, no access on site without the consent of everybody concerned."
    )
    done = _("The termination is noted.")
    is_danger = True
    last_day = _day_field(_("Last day"), _("It holds until midnight. Empty: it ends at once."))
    reason = _reason_field()

    def act(self) -> None:
        given = self.cleaned_data
        processing.terminate(dpa=self.dpa, last_day=given["last_day"], reason=given["reason"], by=self.user)


class TakeBackTermination(DpaActForm):
    """Let a terminated one go on."""

    slug, verb, icon, title = (
        "take-back",
        Verb.TAKE_BACK,
        "arrow-uturn-left",
        _("Take the termination back"),
    )
    hint = _("The agreement goes on without an end, and the customer’s company admins are told.")
    done = _("The termination is taken back.")

    @classmethod
    def is_offered(cls, dpa: ProcessingAgreement) -> bool:
        is_terminated = dpa.ends_at is not None and dpa.ended_because == ProcessingAgreement.Cause.TERMINATED
        return super().is_offered(dpa) and is_terminated

    def act(self) -> None:
        processing.take_back_termination(dpa=self.dpa, by=self.user)


class DecideReview(DpaActForm):
    """Decide how long it holds without a service agreement."""

    slug, verb, icon, title = "decide", Verb.DECIDE_REVIEW, "scale", _("Decide the review")
    hint = _("The last service agreement is over. How long does the agreement hold without one?")
    done = _("The decision is kept.")
    holds_until = _day_field(_("Holds until"), _("The last day. Empty: it goes on without an end."))

    @classmethod
    def is_offered(cls, dpa: ProcessingAgreement) -> bool:
        return super().is_offered(dpa) and dpa.review_due_at is not None

    def act(self) -> None:
        processing.decide_review(dpa=self.dpa, holds_until=self.cleaned_data["holds_until"], by=self.user)


class ChooseData(DpaActForm):
    """Note what the customer told us to do with its data."""

    slug, icon, title = "data-choice", "inbox-arrow-down", _("Note the customer’s choice")
    hint = _(
        "The agreement is over: the customer chooses whether we return or delete its data (Art. 28 (3) (g)"
        " GDPR). Company admins choose in the portal; here you note what you were told."
    )
    done = _("The customer’s choice is noted.")
    choice = forms.ChoiceField(
        label=_("What is to become of the data"), choices=DataReturn.Choice.choices, widget=forms.RadioSelect
    )
    wish_on = _day_field(_("Wished until"), _("Empty: 30 days after the end."))
    chosen_by_name = forms.CharField(label=_("Who at the customer said so"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(_stored(self.dpa, "choice", "wish_on", "chosen_by_name"))

    @classmethod
    def is_offered(cls, dpa: ProcessingAgreement) -> bool:
        row = return_of(dpa)
        return is_over(dpa, timezone.now()) and (row is None or row.settled_at is None)

    def act(self) -> None:
        data_returns.choose(dpa=self.dpa, by=self.user, **self.cleaned_data)


class NoteData(DpaActForm):
    """Note what was done with the data."""

    slug, icon, title = "data-done", "archive-box", _("Note return or deletion")
    hint = _(
        "The customer reads it in the portal, and it stands in the register as proof. It is settled once"
        " everything is returned and deleted as chosen, or kept because the law demands it."
    )
    done = _("It is noted; the customer reads it in the portal.")
    returned_on = _day_field(_("Returned on"), "")
    deleted_on = _day_field(_("Deleted on"), "")
    kept = forms.CharField(
        label=_("What is kept by law, and why"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Such as invoices for eight years (§ 147 AO)."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(_stored(self.dpa, "returned_on", "deleted_on", "kept"))

    @classmethod
    def is_offered(cls, dpa: ProcessingAgreement) -> bool:
        return is_over(dpa, timezone.now())

    def act(self) -> None:
        data_returns.note_done(dpa=self.dpa, by=self.user, **self.cleaned_data)


def _stored(dpa: ProcessingAgreement, *names: str) -> dict[str, Any]:
    row = return_of(dpa)
    return {name: getattr(row, name) for name in names} if row else {}


ACTS: dict[str, type[DpaActForm]] = {
    form.slug: form
    for form in (
        BeginReview,
        Offer,
        SignForUs,
        SignForCustomer,
        OfferAnother,
        DecideReview,
        TakeBackTermination,
        Terminate,
        Withdraw,
        Refuse,
        ChooseData,
        NoteData,
    )
}


class ItemForm(forms.Form):
    """An answer to a question of the review."""

    note = forms.CharField(required=False, max_length=4_000, strip=True)
    is_done = forms.BooleanField(required=False)
    seen = forms.CharField(required=False, max_length=64)
