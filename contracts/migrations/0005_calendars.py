"""Calendars have a version, and changed terms are noted until the deadlines are reckoned anew."""

from typing import ClassVar
from uuid import uuid4

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


def number(apps, schema_editor):
    """A default is worked out once for all rows; each calendar gets a version of its own."""
    for row in apps.get_model("contracts", "ServiceHours").objects.all():
        row.version = uuid4()
        row.save(update_fields=["version"])


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("contracts", "0006_warn_shares"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.AddField("servicehours", "version", models.UUIDField(default=uuid4, editable=False)),
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.CreateModel(
            name="TermsChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        primary_key=True, serialize=False, auto_created=True, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True, verbose_name="at")),
                ("total", models.PositiveIntegerField(editable=False, null=True, verbose_name="how many")),
                ("done", models.PositiveIntegerField(default=0, editable=False, verbose_name="done")),
                ("last_id", models.BigIntegerField(default=0, editable=False, verbose_name="done up to")),
                (
                    "applied_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="applied"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "hours",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="contracts.servicehours",
                        verbose_name="service hours",
                    ),
                ),
                (
                    "level",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="contracts.servicelevel",
                        verbose_name="service level",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of terms",
                "verbose_name_plural": "changes of terms",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(hours__isnull=False) ^ Q(level__isnull=False),
                        name="terms_of_hours_or_level",
                    )
                ],
            },
        ),
    ]
