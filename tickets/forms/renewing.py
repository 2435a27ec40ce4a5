"""What leads do with an agreement: renew it, note notice, take notice back."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from accounts.models import User
from contracts.actions import renewing
from contracts.actions.renewing import CannotGiveNotice, CannotRenew
from contracts.models import Agreement, ServiceLevel
from contracts.queries.renewals import suggested_end, today_at

Text = str | StrPromise


def day_field(label: Text, *, required: bool = True, help_text: Text = "") -> forms.DateField:
    """A calendar day of the company."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


class AgreementActForm(forms.Form):
    """One thing to do with one agreement."""

    slug: ClassVar[str]
    title: ClassVar[Text]
    icon: ClassVar[str]
    hint: ClassVar[Text]
    done: ClassVar[Text]
    is_danger: ClassVar[bool] = False
    do_not_call_in_templates: ClassVar[bool] = True

    def __init__(self, *args: Any, agreement: Agreement, user: User, **kwargs: Any) -> None:
        self.agreement, self.user = agreement, user
        super().__init__(*args, **kwargs)

    @classmethod
    def is_offered(cls, agreement: Agreement) -> bool:
        """Whether it makes sense now; the action decides."""
        raise NotImplementedError

    def act(self) -> Agreement:
        """Make the call; returns the agreement whose page comes next."""
        raise NotImplementedError

    def went_well(self) -> Agreement | None:
        """The agreement to go on with; None where what was typed is wrong or the action refused."""
        if not self.is_valid():
            return None
        try:
            return self.act()
        except (CannotRenew, CannotGiveNotice) as refusal:
            self.add_error(None, str(refusal))
        except ValidationError as error:
            self.add_error(None, list(error.messages))
        return None


class Renew(AgreementActForm):
    """Write the agreement that follows."""

    slug, icon, title = "renew", "arrow-path", _("Renew")
    done = _("The agreement is renewed. This is the one that follows.")
    hint = _(
        "A new agreement starts the day after the last day and takes over level, reference, terms and"
        " allowance. The customer’s tickets keep their place."
    )
    until = day_field(_("Last day"), required=False, help_text=_("Empty: it runs on without an end."))
    level = forms.ModelChoiceField(
        ServiceLevel.objects.all(), label=_("Service level"), required=False, empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["until"] = suggested_end(self.agreement)
        self.initial["level"] = self.agreement.level_id
        if self.agreement.level_id is None:
            del self.fields["level"]

    @classmethod
    def is_offered(cls, agreement: Agreement) -> bool:
        return agreement.ends_on is not None and not (agreement.terminated_on or agreement.follower)

    def act(self) -> Agreement:
        return renewing.renew(
            agreement=self.agreement,
            until=self.cleaned_data["until"],
            level=self.cleaned_data.get("level"),
            by=self.user,
        )


class GiveNotice(AgreementActForm):
    """Note that notice was given."""

    slug, icon, title = "notice", "x-circle", _("Note notice")
    done = _("Notice is noted.")
    hint = _(
        "Notice of a day counts from that day. What comes too late is refused, and says when it takes effect."
    )
    is_danger = True
    on = day_field(_("Notice given on"), help_text=_("The day on which it reached us, or the customer."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["on"] = today_at(timezone.now())

    @classmethod
    def is_offered(cls, agreement: Agreement) -> bool:
        if agreement.notice_given_on or agreement.terminated_on:
            return False
        return agreement.ends_on is None or agreement.renews_in_silence

    def act(self) -> Agreement:
        return renewing.give_notice(agreement=self.agreement, on=self.cleaned_data["on"], by=self.user)


class TakeNoticeBack(AgreementActForm):
    """Go on as if notice had never been given."""

    slug, icon, title = "take-back", "arrow-uturn-left", _("Take notice back")
    done = _("Notice is taken back.")
    hint = _("The agreement goes on as if notice had never been given.")

    @classmethod
    def is_offered(cls, agreement: Agreement) -> bool:
        last = agreement.last_day
        return bool(agreement.notice_given_on) and (last is None or last >= today_at(timezone.now()))

    def act(self) -> Agreement:
        return renewing.take_notice_back(agreement=self.agreement, by=self.user)


ACTS: dict[str, type[AgreementActForm]] = {form.slug: form for form in (Renew, GiveNotice, TakeNoticeBack)}
