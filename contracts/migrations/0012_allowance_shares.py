"""The shares of an allowance at which is told are checked, and may be none."""

from django.db import migrations, models

import contracts.models.allowances


class Migration(migrations.Migration):
    dependencies = [("contracts", "0010_hours_feed")]

    operations = [
        migrations.AlterField(
            model_name="allowance",
            name="alert_at",
            field=models.CharField(
                blank=True,
                default="75, 100",
                help_text="Such as 50, 75, 100. Empty: nobody is told.",
                max_length=40,
                validators=[contracts.models.allowances.check_shares],
                verbose_name="tell at per cent",
            ),
        ),
        migrations.AlterField(
            model_name="allowance",
            name="is_pro_rata",
            field=models.BooleanField(
                default=True,
                help_text="A period that the agreement covers in part, such as its first,"
                " gets its share by days.",
                verbose_name="short periods pro rata",
            ),
        ),
    ]
