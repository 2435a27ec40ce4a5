"""Clocks remember what was promised otherwise; recalculations go through tickets."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0010_time_entries")]

    operations = [
        migrations.AddField("clock", "pauses_for_third_party", models.BooleanField(default=True)),
        migrations.AddField("clock", "changes", models.JSONField(default=list)),
        migrations.RemoveConstraint("clock", "one_clock_of_a_kind"),
        migrations.AddConstraint(
            "clock",
            models.UniqueConstraint(
                fields=["ticket", "kind"],
                condition=models.Q(("stopped_at__isnull", True)),
                name="one_clock_of_a_kind",
            ),
        ),
        migrations.RenameField("recalculation", "after_clock_id", "after_ticket_id"),
        migrations.AlterField(
            "recalculation", "total", models.PositiveIntegerField(null=True, verbose_name="tickets")
        ),
        migrations.AlterField(
            "recalculation", "moved", models.PositiveIntegerField(default=0, verbose_name="moved deadlines")
        ),
        migrations.AddIndex(
            "recalculation",
            models.Index(
                fields=["id"], condition=models.Q(("finished_at__isnull", True)), name="recalculation_open"
            ),
        ),
    ]
