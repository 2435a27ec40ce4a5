"""Mail domains: as people write them, and as they are kept."""

from django.core.validators import DomainNameValidator


def as_domain(text: str) -> str:
    """A domain, without what somebody wrote before an @. Error: ValidationError."""
    domain = text.strip().lower().rpartition("@")[2]
    DomainNameValidator(accept_idna=True)(domain)
    return domain
