"""The shares at which is warned are checked, and may be none."""

from typing import ClassVar

from django.db import migrations, models

import contracts.models.levels


class Migration(migrations.Migration):
    dependencies: ClassVar = [("contracts", "0009_published_prices")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="servicelevel",
            name="warn_at",
            field=models.CharField(
                blank=True,
                default="75, 90",
                help_text="Shares of a target at which is warned, such as 75, 90. Empty: no warnings.",
                max_length=40,
                validators=[contracts.models.levels.check_percents],
                verbose_name="warn at per cent",
            ),
        ),
    ]
