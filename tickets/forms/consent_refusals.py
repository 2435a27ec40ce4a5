"""Why a consent or a remote session was not recorded, in the words of pages and the API."""

from django.utils.translation import gettext as _

from tickets.actions.consent_refusals import ConsentRefused


def consent_refusal(error: ConsentRefused) -> str:
    """Why, for the person who tried."""
    return {
        "name_needed": _("Please say who is concerned: choose a contact or type a name."),
        "foreign_person": _("The contact belongs to another customer."),
        "has_consents": _("This person has consented once. They stay on the list with their consents."),
        "nobody_named": _("Name at least one person first."),
        "nothing_permitted": _("Please choose what the consent permits."),
        "given_in_future": _("This lies in the future. A consent is recorded after it was given."),
        "given_too_early": _("This lies before the ticket arrived. A consent is for this case."),
        "proof_needed": _("Please say where the proof lies."),
        "confirmation_needed": _("Please say who at the customer has agreed to the session."),
        "tool_not_in_use": _("This program is not in use any more. Choose another one."),
        "case_closed": _("The ticket is closed. Reopen it first."),
        "session_running": _("Another session of yours is running on this ticket. End it first."),
        "nothing_done": _("Please say what was done. The customer reads it."),
    }[error.code]
