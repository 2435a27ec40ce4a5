"""Why billing refused something, as people read it."""

from django.utils.translation import gettext as _


def in_words(why: str) -> str:
    """One sentence for a code of CannotClose, CannotDecide or a failed closing."""
    said = {
        "no_seller": _("Our own firm is not filled in as seller yet: name, address, tax or VAT number."),
        "no_address": _("The billing address is incomplete."),
        "not_over": _("This month is not over yet."),
        "unexpected": _("Something went wrong that is written in the log."),
        "not_held": _("Somebody else has decided about this already."),
        "nothing_left": _("There is nothing left to waive."),
        "closed": _("This stands on a closed statement by now. Waive it instead."),
        "not_by_hand": _("This cannot be entered or taken out by hand."),
        "too_dear": _("The amount is too high for one charge: it has to stay below 100 million."),
    }
    return said[why]
