"""Why a consent or a remote session was not recorded, for the doors to put into words."""


class ConsentRefused(Exception):
    """Nothing was written. `code` names why, `field` what of the form it is about, if it is about one."""

    code = ""
    field = ""


class NameNeeded(ConsentRefused):
    """Whoever is concerned has a name."""

    code, field = "name_needed", "name"


class ForeignPerson(ConsentRefused):
    """The contact belongs to another customer."""

    code, field = "foreign_person", "contact"


class HasConsents(ConsentRefused):
    """Whoever has consented once stays on the list: their consents are kept with the case."""

    code = "has_consents"


class NobodyNamed(ConsentRefused):
    """A list is complete once somebody stands on it."""

    code = "nobody_named"


class NothingPermitted(ConsentRefused):
    """A consent permits something, and only what consents can permit."""

    code, field = "nothing_permitted", "capabilities"


class GivenInFuture(ConsentRefused):
    """A consent was given before it is recorded."""

    code, field = "given_in_future", "given_at"


class GivenTooEarly(ConsentRefused):
    """A consent is for this case, so it was given after the case arrived."""

    code, field = "given_too_early", "given_at"


class ProofNeeded(ConsentRefused):
    """Whoever records a consent says where its proof lies."""

    code, field = "proof_needed", "evidence"


class ConfirmationNeeded(ConsentRefused):
    """Somebody at the customer lets us in: a session says who."""

    code, field = "confirmation_needed", "confirmed_by"


class ToolNotInUse(ConsentRefused):
    """The program for remote sessions is switched off."""

    code, field = "tool_not_in_use", "tool"


class CaseClosed(ConsentRefused):
    """Nobody works on a closed ticket."""

    code = "case_closed"


class SessionRunning(ConsentRefused):
    """This agent has another session running on this ticket."""

    code = "session_running"


class NothingDone(ConsentRefused):
    """Whoever was on a customer's system says what was done there."""

    code, field = "nothing_done", "done"
