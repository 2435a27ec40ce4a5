"""What allauth says on our pages, to be said in our own German: its catalogue says "du", ours "Sie".

Nothing imports this module: it is read when the catalogues are updated.
"""

from django.utils.translation import gettext_noop as _

WORDS = (
    _("Be patient, you are sending too many requests."),
    _("Incorrect code."),
    _("Incorrect password."),
    _("Invalid login."),
    _("Password successfully changed."),
    _("Please type your current password."),
    _("Successfully signed in as %(name)s."),
    _("The email address and/or password you specified are not correct."),
    _("The password reset token was invalid."),
    _("The username and/or password you specified are not correct."),
    _("This account is currently inactive."),
    _("Too many failed login attempts. Try again later."),
    _("You have signed out."),
    _("You must type the same password each time."),
)
