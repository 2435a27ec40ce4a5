"""Reading services: which there are, and whether something names one."""

from dataclasses import dataclass

from django.db.models import ForeignObjectRel

from contracts.models import OUT_OF_HOURS, Service

NOT_BY_DEFAULT = frozenset({"on-site", "travel", OUT_OF_HOURS})
"""Which services a new level does not include until somebody says so."""


@dataclass(frozen=True)
class Included:
    """The services by name: what a level includes, and what is billed by the price list."""

    names: list[str]
    left_out: list[str]


def default_services() -> list[Service]:
    """What a new level includes: every active service but those that cost a way or an evening."""
    return list(Service.objects.filter(is_active=True).exclude(code__in=NOT_BY_DEFAULT))


def included_services(level_id: int, language: str) -> Included:
    """What a level includes in "de" or "en"; of what is not rendered any more only what it includes."""
    ids = set(Service.objects.filter(levels=level_id).values_list("pk", flat=True))
    services = list(Service.objects.all())
    return Included(
        names=[one.name_in(language) for one in services if one.pk in ids],
        left_out=[one.name_in(language) for one in services if one.pk not in ids and one.is_active],
    )


def is_used(service: Service) -> bool:
    """Whether a level, a price, an entry of work or anything else names this service."""
    relations = (
        relation
        for relation in Service._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel)
    )
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: service}).exists()
        for relation in relations
    )
