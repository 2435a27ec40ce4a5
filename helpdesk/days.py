"""Settings that are numbers of days: of one that is zero or negative nobody could mean what it does."""

import environ
from django.core.exceptions import ImproperlyConfigured


class Env(environ.Env):  # type: ignore[misc]  # the library has no types
    """The environment, which also reads days."""

    def days(self, name: str, *, default: int) -> int:
        """A number of days, 1 or more. Error: ImproperlyConfigured, by the setting's name."""
        found = int(self.int(name, default=default))
        if found < 1:
            raise ImproperlyConfigured(f"{name} is a number of days, 1 or more; it is {found}.")
        return found
