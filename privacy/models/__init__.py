"""The tables of data protection."""

from privacy.models.jobs import LegalHold, PrivacyJob, RetentionRule

__all__ = ["LegalHold", "PrivacyJob", "RetentionRule"]
