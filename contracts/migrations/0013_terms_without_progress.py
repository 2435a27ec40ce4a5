"""How far a recalculation is, its own row says (tickets)."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("contracts", "0012_allowance_shares")]

    operations: ClassVar = [
        migrations.RemoveField("termschange", "total"),
        migrations.RemoveField("termschange", "done"),
        migrations.RemoveField("termschange", "last_id"),
    ]
