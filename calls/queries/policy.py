"""The rules of the phone: asked for alone, or along with what a step asks anyway."""

from collections.abc import Mapping
from typing import Any

from django.db.models import JSONField, Subquery
from django.db.models.functions import JSONObject

from calls.models import CallPolicy
from lib.compiled_sql import Rows

_POLICY = Rows(lambda _blank: CallPolicy.objects.filter(pk=1)[:1])
_FIELDS = {field.attname: field.attname for field in CallPolicy._meta.concrete_fields}


def policy_row() -> CallPolicy:
    """The rules of the phone; as they are delivered, where nobody has saved any."""
    return _POLICY.first() or CallPolicy()


def policy_along() -> Subquery:
    """A column with the rules of the phone, for `policy_from`: one question less."""
    told = CallPolicy.objects.filter(pk=1).annotate(told=JSONObject(**_FIELDS))
    return Subquery(told.values("told"), output_field=JSONField())


def policy_from(told: Mapping[str, Any] | None) -> CallPolicy:
    """The same as `policy_row`, of what came along."""
    return CallPolicy(**told) if told else CallPolicy()
