import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_sign_on")]

    operations = [
        migrations.AddField(
            model_name="company",
            name="contract_requests_team",
            field=models.ForeignKey(
                blank=True,
                help_text="Who answers customers who ask for an offer in the portal. Empty: the team that takes new tickets.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.team",
                verbose_name="team for requests of service agreements",
            ),
        ),
    ]
