"""Calendars can be subscribed to, at an address that can be withdrawn."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("contracts", "0007_allowance_ledger")]

    operations: ClassVar = [
        migrations.AddField("servicehours", "feed_key", models.UUIDField(editable=False, null=True)),
    ]
