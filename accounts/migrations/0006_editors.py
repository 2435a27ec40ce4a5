from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_company")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="edits_articles",
            field=models.BooleanField(
                default=False, help_text="Leads and admins do so in any case.", verbose_name="writes articles"
            ),
        ),
    ]
