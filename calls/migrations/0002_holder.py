"""Calls keep whose service number was dialled: the number may be given to somebody else later."""

import django.db.models.deletion
from django.db import migrations, models

# Of earlier calls: whose agreement the number has, unless the call is older than that; while it rests, whoever
# had it last.
FILL = """
UPDATE calls_call c SET holder_id = coalesce(a.customer_id, n.former_customer_id)
FROM calls_servicenumber n LEFT JOIN contracts_agreement a ON a.id = n.agreement_id
WHERE n.id = c.number_id AND c.line = 'contract' AND c.holder_id IS NULL
    AND (a.id IS NULL OR a.customer_id = c.customer_id OR c.arrived_at::date >= a.starts_on);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0001_initial"),
        ("customers", "0005_erased"),
    ]

    operations = [
        migrations.AddField(
            model_name="call",
            name="holder",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True),
    ]
