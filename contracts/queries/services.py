"""Reading services: which there are, and whether something names one."""

from django.db.models import ForeignObjectRel

from contracts.models import Service


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
