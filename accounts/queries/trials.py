"""How mail goes out here, and what became of the last trial mail."""

from dataclasses import dataclass

from django.conf import settings

from accounts.models import Notice

BY_SERVER, IN_LOG, ELSEWHERE = "server", "log", "elsewhere"
_WAYS = {"smtp": BY_SERVER, "console": IN_LOG}


@dataclass(frozen=True)
class MailWay:
    """What EMAIL_URL and EMAIL_FROM say, without the password. `kind`: server, log or elsewhere."""

    kind: str
    host: str
    port: int
    user: str
    security: str
    sender: str


def mail_way() -> MailWay:
    """Where mail goes with the settings of this process."""
    room = str(settings.EMAIL_BACKEND).removesuffix(".EmailBackend").rpartition(".")[2]
    security = "TLS" if settings.EMAIL_USE_SSL else "STARTTLS" if settings.EMAIL_USE_TLS else ""
    return MailWay(
        kind=_WAYS.get(room, ELSEWHERE),
        host=str(settings.EMAIL_HOST or ""),
        port=int(settings.EMAIL_PORT or 25),
        user=str(settings.EMAIL_HOST_USER or ""),
        security=security,
        sender=str(settings.DEFAULT_FROM_EMAIL),
    )


def last_trial(address: str = "") -> Notice | None:
    """The last trial mail (to this address, if one is given)."""
    trials = Notice.objects.filter(kind=Notice.Kind.MAIL_TEST)
    return (trials.filter(address__iexact=address) if address else trials).order_by("-pk").first()
