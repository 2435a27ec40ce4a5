"""Access exports in the matrix, one that A1 asked for and one that an admin made; and who was erased."""

from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.utils import timezone

from customers.models import Contact
from privacy.models import PrivacyJob
from privacy.rules.retention import KINDS
from tests.factories.cast import make_contact

if TYPE_CHECKING:
    from tests.matrix.world import World

RULES = {f"{kind.code}-days": kind.days + 1 for kind in KINDS.values()}
"""As the page of retention sends them."""


def make_export(contact: Contact, text: str, *, is_own: bool) -> PrivacyJob:
    now = timezone.now()
    job = PrivacyJob(
        kind=PrivacyJob.Kind.EXPORT, subject_id=contact.pk, is_own=is_own, asked_at=now, started_at=now
    )
    job.ended_at = now
    job.file.save("matrix.zip", ContentFile(text.encode()), save=True)
    return job


def add_exports(world: "World") -> None:
    """Finished, and not fetched yet."""
    from tests.matrix.world import Thing

    for name, is_own in (("export of A1", True), ("export by the desk", False)):
        text = world.keep(name, f"{name.replace(' ', '-')}-zq")
        job = make_export(world.contacts["A1"], text, is_own=is_own)
        world.things[name] = Thing({"pk": job.pk}, text, job)
    _add_erased(world)


def _add_erased(world: "World") -> None:
    """A contact of D as an erasure leaves the row: shown still, but with no field to write in."""
    from tests.matrix.world import Thing

    erased = make_contact(world.customers["D"], "Erased-name-zq", email="")
    erased.is_active, erased.erased_at = False, timezone.now()
    erased.save()
    world.keep("fields for what is only shown", f'value="{erased.name}"')
    world.things["erased contact"] = Thing({"pk": erased.pk, "object_id": erased.pk}, erased.name, erased)
