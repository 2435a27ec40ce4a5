"""Links in mail that lead to one paper without a login. They are signed and stored nowhere."""

from datetime import timedelta

from django.core import signing

LASTS = timedelta(days=60)
LONGEST = 400
_SALT = "vorrang.paper_link"


def paper_token(paper: str, address: str) -> str:
    """For the reader of a mail: which paper, and to which address the mail went."""
    return signing.dumps([paper, address.lower()], salt=_SALT)


def paper_and_address(token: str) -> tuple[str, str] | None:
    """What the token was made for; None for one that is too old or none of ours."""
    if len(token) > LONGEST:
        return None
    try:
        paper, address = signing.loads(token, salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    return str(paper), str(address)
