from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='is_company_admin',
            field=models.BooleanField(default=False, help_text='Manages the portal access of colleagues.', verbose_name='company admin'),
        ),
    ]
