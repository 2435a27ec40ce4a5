"""The one password of the demo's logins, which everybody can read here."""

DEMO_PASSWORD = "vorrang-demo"  # noqa: S105 (meant to be public)
