"""The mail to somebody with whose eyes an admin has looked at the portal: who, when, why, and how much."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Impersonation, Notice
from accounts.queries.company import company_name
from lib.languages import page_language
from lib.reasons import say_day
from mail.queries.letters import AUTOMATIC, Letter, NotOwed, Words
from mail.rules.headers import header_text

KINDS = frozenset({Notice.Kind.IMPERSONATED})


def look_letter(notice: Notice, now: datetime) -> Letter:
    """Write the mail. Error: NotOwed for who cannot sign in any more."""
    user = notice.user
    look = Impersonation.objects.filter(pk=int(notice.params["look"])).first()
    if user is None or not user.is_active or look is None or look.ended_at is None:
        raise NotOwed("inactive")
    language = user.language or notice.language
    with translation.override(language):
        company = header_text(company_name(), 100)
        words = Words(
            subject=_("Somebody at %(company)s looked at the portal with your eyes") % {"company": company},
            greeting=_("Hello %(name)s,") % {"name": header_text(user.display_name, 100)},
            lines=[_seen(look, company), _("The reason given: %(reason)s") % {"reason": look.reason}],
            notes=[
                _("Nothing could be changed, sent, signed or downloaded; your account stayed closed."),
                _("If the reason puzzles you, please ask us."),
            ],
            link=(_("See all such looks"), settings.SITE_URL + reverse("account_home")),
            footer=company,
        )
    return Letter(user.email, language, notice.mail_id, words, AUTOMATIC)


def _seen(look: Impersonation, company: str) -> str:
    began, ended = timezone.localtime(look.began_at), timezone.localtime(look.ended_at)
    said = ngettext(
        "%(admin)s of %(company)s saw the portal as you see it, on %(day)s from %(began)s to %(ended)s:"
        " %(pages)d page.",
        "%(admin)s of %(company)s saw the portal as you see it, on %(day)s from %(began)s to %(ended)s:"
        " %(pages)d pages.",
        look.pages,
    )
    return said % {
        "admin": header_text(look.admin_name, 100),
        "company": company,
        "day": say_day(began.date(), page_language()),
        "began": f"{began:%H:%M}",
        "ended": f"{ended:%H:%M}",
        "pages": look.pages,
    }
