"""The table behind Django's cache: how often somebody tried to sign in is counted once for all processes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE accounts_throttle (
                cache_key varchar(255) NOT NULL PRIMARY KEY,
                value text NOT NULL,
                expires timestamp with time zone NOT NULL
            );
            CREATE INDEX accounts_throttle_expires ON accounts_throttle (expires);
            """,
            "DROP TABLE accounts_throttle;",
        ),
    ]
