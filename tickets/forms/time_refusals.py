"""Why work was not entered, decided anew or taken back, in the words of pages and the API."""

from django.utils.translation import gettext as _

from lib.languages import page_language
from lib.money import say_money
from tickets.access import Denied
from tickets.actions.time_refusals import AllowanceRefuses, TimeRefused, Unapproved


def time_refusal(error: TimeRefused | Denied) -> str:
    """Why, for the person who tried."""
    if isinstance(error, Denied):
        return _("You may not do this with this ticket.")
    if isinstance(error, AllowanceRefuses):
        return _(
            "The allowance of the agreement is used up, and it refuses more: %(minutes)s of these minutes "
            "lie beyond it. Nothing was entered. Enter less, or let a lead decide with the customer."
        ) % {"minutes": error.minutes}
    if isinstance(error, Unapproved):
        if not error.amount:
            return _("This work is chargeable, and the price list has no price for it. Nothing was entered.")
        return _(
            "The customer has not approved %(amount)s (net). Ask for the approval first; nothing was entered."
        ) % {"amount": say_money(error.amount, error.currency, page_language())}
    return {
        "ends_before_start": _("Work lasts at least a minute: it ends after it starts."),
        "ends_in_future": _("This end lies in the future. Only what was done can be entered."),
        "too_long": _("An entry lasts 24 hours at most. Divide it."),
        "too_early": _("This lies too far back."),
        "already_entered": _("You have entered exactly this already."),
        "reason_required": _("Please say why. The reason is kept with the entry."),
        "taken_back": _("The entry was taken back. There is nothing to decide any more."),
        "customer_changed": _("The ticket went to another customer at this moment. Please look again."),
    }[error.code]
