"""Mail domains and addresses: as people write them, and as they are compared.

A domain with letters beyond ASCII has two spellings, `müller.example` and `xn--mller-kva.example`. The second
is what mail servers talk about, so it is the one that is kept.
"""

from django.core.validators import DomainNameValidator


def as_domain(text: str) -> str:
    """A domain as it is kept, without what somebody wrote before an @. Error: ValidationError."""
    domain = text.strip().lower().rpartition("@")[2].rstrip(".")
    validate = DomainNameValidator(accept_idna=True)
    validate(domain)
    kept = in_ascii(domain)
    validate(kept)  # not every letter that looks like one has a spelling that mail servers know
    return kept


def in_ascii(domain: str) -> str:
    """The spelling that is compared; what has none stays as it is."""
    try:
        return domain.lower().encode("idna").decode("ascii").lower()
    except UnicodeError:
        return domain.lower()


def readable(domain: str) -> str:
    """The spelling for people; what has none stays as it is."""
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


def domain_of(address: str) -> str:
    """The domain of a mail address as it is kept; empty where there is none."""
    return in_ascii(address.strip().rpartition("@")[2]) if "@" in address else ""


def as_address(text: str) -> str:
    """A mail address in small letters, with its domain as it is kept."""
    name, at, domain = text.strip().lower().rpartition("@")
    return f"{name}{at}{in_ascii(domain)}"


def spellings(address: str) -> set[str]:
    """How a mail address may have been written down, in small letters."""
    written, kept = address.strip().lower(), as_address(address)
    name, at, domain = kept.rpartition("@")
    return {written, kept, f"{name}{at}{readable(domain)}"}
