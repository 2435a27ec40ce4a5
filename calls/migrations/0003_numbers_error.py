from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0005_what_is_to_assign"),
    ]

    operations = [
        migrations.AddField(
            model_name="phonesystem",
            name="numbers_error",
            field=models.CharField(
                blank=True, editable=False, max_length=200, verbose_name="last failure to send numbers"
            ),
        ),
    ]
