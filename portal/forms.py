"""What contacts write: a new ticket and messages to it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from contracts.models import DataReturn
from customers.models import Contact
from knowledge.models import Feedback
from lib.refused_files import FormWithFiles
from lib.signed_pdf import SignedPdfField
from lib.uploads import FilesField
from lib.verbatim import VerbatimField
from tickets.models import Rating, Ticket
from tickets.models.ratings import COMMENT_LIMIT

BODY_LIMIT = 50_000

# A customer says what is broken for whom; which severity that is, is ours to know.
SEVERITIES_IN_A_CUSTOMERS_WORDS = [
    (Ticket.Severity.CRITICAL.value, _("Nothing works any more, everybody is affected")),
    (Ticket.Severity.HIGH.value, _("One person or one department cannot work")),
    (Ticket.Severity.NORMAL.value, _("Something is in the way, but we can work")),
    (Ticket.Severity.LOW.value, _("A question or a wish")),
]


class TicketForm(FormWithFiles):
    """A new ticket."""

    subject = VerbatimField(
        label=_("What is it about?"),
        max_length=Ticket._meta.get_field("subject").max_length,
        help_text=_("One line, for example: Outlook loses its connection since the update."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-draft-key": "new-ticket:subject"}),
    )
    body = VerbatimField(
        label=_("What exactly happens?"),
        max_length=BODY_LIMIT,
        help_text=_("Since when, on which devices, what does the message on the screen say?"),
        widget=forms.Textarea(
            attrs={"rows": 7, "data-draft-key": "new-ticket", "data-draft-with": "severity"}
        ),
    )
    severity = forms.TypedChoiceField(
        label=_("How much are you held up?"),
        choices=SEVERITIES_IN_A_CUSTOMERS_WORDS,
        coerce=lambda value: Ticket.Severity(int(value)),
        widget=forms.RadioSelect,
        help_text=_("We look at your answer and change it if need be."),
    )
    attachments = FilesField()


class ReplyForm(FormWithFiles):
    """A message to a ticket: text, files or both."""

    body = VerbatimField(
        label=_("Add a message"),
        required=False,
        max_length=BODY_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    attachments = FilesField()

    def __init__(self, *args: Any, number: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.attrs["data-draft-key"] = f"reply:{number}"

    def clean(self) -> dict[str, Any]:
        """Refuse what holds neither text nor a file."""
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("body", "").strip() and not cleaned.get("attachments"):
            self.add_error("body", _("Please write something or choose a file."))
        return cleaned


class RatingForm(forms.Form):
    """How the contact found the work on a finished ticket. `given`: what they said before."""

    verdict = forms.TypedChoiceField(
        label=_("How did we do?"),
        choices=Rating.Verdict.choices,
        coerce=Rating.Verdict,
        widget=forms.RadioSelect,
    )
    comment = VerbatimField(
        label=_("What should we know?"),
        required=False,
        max_length=COMMENT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, number: str, given: Rating | None = None, **kwargs: Any) -> None:
        if given is not None:
            kwargs["initial"] = {"verdict": given.verdict, "comment": given.comment}
        super().__init__(*args, **kwargs)
        self.fields["comment"].widget.attrs["data-draft-key"] = f"rating:{number}"


class OfferForm(forms.Form):
    """The wish for a service agreement. Nothing has to be filled in: we know who asks."""

    message = VerbatimField(
        label=_("What is important to you?"),
        required=False,
        max_length=5_000,
        help_text=_("For example how many workplaces you have and when you need us."),
        widget=forms.Textarea(attrs={"rows": 4, "data-draft-key": "offer"}),
    )
    phone = forms.CharField(
        label=_("Phone number for questions"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


class ApprovalForm(forms.Form):
    """Yes or no to what work may cost; the buttons are the answer."""

    answer = forms.ChoiceField(choices=[("approve", _("Approve")), ("decline", _("Decline"))])
    note = VerbatimField(
        label=_("Remark"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @property
    def is_approved(self) -> bool:
        """What was answered."""
        return bool(self.cleaned_data["answer"] == "approve")


class MailForm(forms.Form):
    """How much mail a contact wants, and in which language."""

    mail_steps = forms.TypedChoiceField(
        label=_("What shall we write to you about?"),
        choices=Contact.MailSteps.choices,
        coerce=Contact.MailSteps,
        widget=forms.RadioSelect,
        help_text=_("You can also end the e-mails about a single ticket, on its page or in each of them."),
    )
    language = forms.TypedChoiceField(
        label=_("Language of the e-mails"), choices=User.Language.choices, coerce=User.Language
    )


SEES = [("own", _("Only their own tickets")), ("all", _("All tickets of the company"))]


class InviteForm(forms.Form):
    """A colleague who is to get an access."""

    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The invitation goes there. Later only we can change the address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices)
    sees = forms.ChoiceField(
        label=_("What does this colleague see?"), choices=SEES, initial="own", widget=forms.RadioSelect
    )

    def clean_name(self) -> str:
        """On one line, since it will stand in mails."""
        return " ".join(self.cleaned_data["name"].split())

    def wanted(self) -> dict[str, Any]:
        """As the action takes it."""
        typed = self.cleaned_data
        words = {name: typed[name] for name in ("name", "email", "language")}
        return {**words, "sees_company_tickets": typed["sees"] == "all"}

    def refuse(self, why: str) -> None:
        """Say why the action did not do it, and nothing about whose else the address may be."""
        is_known = why == "known"
        said = (
            _("This colleague is on your list and has access already.")
            if is_known
            else _("We could not invite this address. Please ask us.")
        )
        self.add_error("email", said)


class RightsForm(forms.Form):
    """What a colleague sees, and whether they manage colleagues, too."""

    sees = forms.ChoiceField(label=_("What does this colleague see?"), choices=SEES, widget=forms.RadioSelect)
    is_company_admin = forms.BooleanField(
        label=_("Company admin"),
        required=False,
        help_text=_("Manages colleagues as you do: invites them, closes their access, says who sees what."),
    )
    is_confirmed = forms.BooleanField(label=_("Yes, I give up this right."), required=False)

    def __init__(self, data: Any, *, of: Contact) -> None:
        sees = "all" if of.sees_company_tickets else "own"
        super().__init__(data, initial={"sees": sees, "is_company_admin": of.is_company_admin})
        self.is_asking = False

    def wanted(self) -> dict[str, Any]:
        """As the action takes it."""
        typed = self.cleaned_data
        rights = {name: bool(typed[name]) for name in ("is_company_admin", "is_confirmed")}
        return {**rights, "sees_company_tickets": typed["sees"] == "all"}

    def ask(self, *, is_last: bool) -> None:
        """Have somebody say that they know what giving up their right means."""
        self.is_asking = True
        meaning = (
            _("Nobody at your company can manage colleagues then. Only we can give the right back.")
            if is_last
            else _("You cannot manage colleagues then. Another company admin can give the right back.")
        )
        self.add_error("is_confirmed", meaning)


class FeedbackForm(forms.Form):
    """A reader's word on an article."""

    kind = forms.ChoiceField(
        label=_("Did this article help you?"),
        choices=[
            (Feedback.Kind.HELPFUL.value, _("Yes, it helped")),
            (Feedback.Kind.NOT_HELPFUL.value, _("No, it did not help")),
            (Feedback.Kind.OUTDATED.value, _("Something in it is out of date")),
        ],
        widget=forms.RadioSelect,
    )
    comment = VerbatimField(
        label=_("What should be better?"),
        required=False,
        max_length=COMMENT_LIMIT,
        help_text=_("Only our editors read it. If you need help, file a ticket, so that somebody answers."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class SigningForm(FormWithFiles):
    """Who signs a data-processing agreement; `document_sha256` stands for the text that they have seen."""

    name = forms.CharField(
        label=_("First and last name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    role = forms.CharField(
        label=_("Role in the company"),
        max_length=200,
        help_text=_("For example managing director or authorised signatory."),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    is_entitled = forms.BooleanField(
        label=_("I am entitled to sign this agreement for my company."),
        error_messages={"required": _("Only somebody who is entitled to may sign.")},
    )
    document_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def clean_name(self) -> str:
        """On one line, as it will stand on the page of signatures."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_role(self) -> str:
        """On one line."""
        return " ".join(self.cleaned_data["role"].split())


class SignedPaperForm(SigningForm):
    """A signed paper as a PDF. What it is, is told from what is in it."""

    file = SignedPdfField(label=_("Signed document (PDF)"))
    field_order = ("file", "name", "role", "is_entitled", "document_sha256")


class DeclineForm(forms.Form):
    """Why a data-processing agreement is not wanted; asked only where it was offered."""

    reason = VerbatimField(
        label=_("Why do you not want to conclude it?"),
        max_length=2_000,
        help_text=_("We read it and can make you another offer."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReviewForm(forms.Form):
    """The customer's answers to the questions of the review. `questions`: (id, words, answer, settled)."""

    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, questions: Sequence[tuple[int, str, str, bool]], seen: str
    ) -> None:
        super().__init__(data, initial={"seen": seen})
        self.ids = [key for key, *_rest in questions]
        self._seen_now = seen
        for key, words, answer, is_done in questions:
            self.fields[f"note_{key}"] = VerbatimField(
                label=words,
                required=False,
                max_length=4_000,
                initial=answer,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
            self.fields[f"done_{key}"] = forms.BooleanField(
                label=_("This is our complete answer"), required=False, initial=is_done
            )

    def rows(self) -> list[tuple[Any, Any]]:
        """The two fields of each question."""
        return [(self[f"note_{key}"], self[f"done_{key}"]) for key in self.ids]

    def answers(self) -> dict[int, tuple[str, bool]]:
        """What was typed, by the question's id: answer, settled."""
        typed = self.cleaned_data
        return {key: (typed[f"note_{key}"], typed[f"done_{key}"]) for key in self.ids}

    def clean(self) -> dict[str, Any]:
        """Refuse what is settled without a word, and answers to what a colleague has changed meanwhile."""
        cleaned = super().clean() or {}
        for key in self.ids:
            if cleaned.get(f"done_{key}") and not cleaned.get(f"note_{key}", "").strip():
                self.add_error(f"note_{key}", _("Please write an answer, even a short one such as “none”."))
        if cleaned.get("seen") != self._seen_now:
            self.add_error(None, _("A colleague has changed answers meanwhile: see below each question."))
            for key in self.ids:
                stored = self.fields[f"note_{key}"].initial or ""
                if stored != cleaned.get(f"note_{key}"):
                    said = _("Stored now: %(answer)s") % {"answer": stored or "–"}
                    self[f"note_{key}"].help_text = said
            self.data = {**dict(self.data.items()), "seen": self._seen_now}
        return cleaned


class ObjectionForm(forms.Form):
    """Why a customer objects to a change of the sub-processors."""

    text = VerbatimField(
        label=_("Why do you object?"),
        max_length=5_000,
        help_text=_("For example because of the place of processing or of the kind of data."),
        widget=forms.Textarea(attrs={"rows": 4, "data-draft-key": "objection"}),
    )


class InstructionForm(forms.Form):
    """What we are to do or to leave with a customer's data."""

    instruction = VerbatimField(
        label=_("What are we to do, or to leave?"),
        max_length=5_000,
        help_text=_("Say which data you mean, and by when."),
        widget=forms.Textarea(attrs={"rows": 4, "data-draft-key": "instruction"}),
    )


class DataChoiceForm(forms.Form):
    """What is to become of a customer's data after the end of the agreement."""

    choice = forms.ChoiceField(
        label=_("What shall we do with your data?"),
        choices=[
            (DataReturn.Choice.RETURN, _("Return them to us, then delete all copies")),
            (DataReturn.Choice.DELETE, _("Delete them")),
            (DataReturn.Choice.BOTH, _("Return them, delete all copies and confirm the deletion")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose.")},
    )
    wish_on = forms.DateField(
        label=_("Until when?"),
        required=False,
        help_text=_("Without a day: within 30 days of the end."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class AuditWishForm(forms.Form):
    """What a customer wants to examine."""

    subject = VerbatimField(
        label=_("What do you want to examine, and when?"),
        max_length=5_000,
        help_text=_("For example our technical measures, on the spot or by documents."),
        widget=forms.Textarea(attrs={"rows": 4, "data-draft-key": "audit"}),
    )
