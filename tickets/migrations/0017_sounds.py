from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0016_consents_and_sessions'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='sound',
            field=models.JSONField(editable=False, null=True),
        ),
    ]
