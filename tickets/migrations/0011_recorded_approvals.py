"""Approval requests keep the VAT that was said, and the evidence of an answer that an agent recorded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0008_what_a_contract_gives"), ("contracts", "0009_published_prices")]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="kind",
            field=models.CharField(
                choices=[
                    ("receipt", "Receipt"),
                    ("reply", "Reply"),
                    ("status", "Change of status"),
                    ("taken", "In hand"),
                    ("severity", "Change of severity"),
                    ("approval", "Request for approval"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="approvalrequest",
            name="vat_percent",
            field=models.DecimalField(
                decimal_places=2, default=19, max_digits=5, verbose_name="VAT in per cent"
            ),
        ),
        migrations.AddField(
            model_name="approvalrequest",
            name="evidence",
            field=models.CharField(
                blank=True, help_text="Such as: e-mail of 3 March.", max_length=250, verbose_name="evidence"
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.CheckConstraint(
                condition=~models.Q(answered_how="recorded") | ~models.Q(evidence=""),
                name="recorded_approval_has_evidence",
            ),
        ),
    ]
