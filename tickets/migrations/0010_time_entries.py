"""Timers that were stopped wait to be entered; entries say whose they are and how far somebody drove."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0011_recorded_approvals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="timer",
            options={
                "ordering": ["started_at", "id"],
                "verbose_name": "timer",
                "verbose_name_plural": "timers",
            },
        ),
        migrations.AddField(
            model_name="coverageslice",
            name="is_out_of_hours",
            field=models.BooleanField(default=False, verbose_name="outside service hours"),
        ),
        migrations.AddField(
            model_name="timeentry",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="time_entries",
                to="customers.customer",
                verbose_name="customer",
            ),
        ),
        migrations.AddField(
            model_name="timeentry",
            name="kilometres",
            field=models.PositiveIntegerField(
                default=0,
                validators=[django.core.validators.MaxValueValidator(2000)],
                verbose_name="kilometres",
            ),
        ),
        migrations.AddField(
            model_name="timer",
            name="stopped_at",
            field=models.DateTimeField(null=True, verbose_name="stopped"),
        ),
        migrations.AlterField(
            model_name="timer",
            name="agent",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="timers",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="timer",
            name="started_at",
            field=models.DateTimeField(verbose_name="started"),
        ),
        migrations.AddIndex(
            model_name="timeentry",
            index=models.Index(fields=["customer", "started_at"], name="time_entry_of_customer"),
        ),
        migrations.AddIndex(
            model_name="timeentry",
            index=models.Index(
                condition=models.Q(("is_flagged", True), ("voided_at__isnull", True)),
                fields=["started_at"],
                name="time_entry_flagged",
            ),
        ),
        migrations.AddConstraint(
            model_name="timer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stopped_at__isnull", True)), fields=("agent",), name="one_running_timer"
            ),
        ),
        migrations.AddConstraint(
            model_name="timer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stopped_at__isnull", True), ("stopped_at__gte", models.F("started_at")), _connector="OR"
                ),
                name="timer_stops_after_start",
            ),
        ),
    ]
