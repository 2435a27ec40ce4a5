from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_branding")]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("password_reset", "New password"),
                    ("invitation", "Invitation"),
                    ("mail_test", "Trial mail"),
                    ("sign_in_link", "Sign-in link"),
                    ("security_change", "Change of the sign-in"),
                    ("sign_up", "Sign-up"),
                    ("newcomer", "New colleague in the portal"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
    ]
