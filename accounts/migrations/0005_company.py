import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_api_requests'),
    ]

    operations = [
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('language', models.CharField(choices=[('de', 'Deutsch'), ('en', 'English')], default='de', help_text='Of mail to people who have chosen none of their own.', max_length=5, verbose_name='language')),
                ('set_up_at', models.DateTimeField(editable=False, null=True, verbose_name='set up')),
                ('first_admin', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'company',
                'verbose_name_plural': 'company',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_company')],
            },
        ),
        migrations.CreateModel(
            name='SetUpCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'set-up code',
                'verbose_name_plural': 'set-up codes',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_set_up_code')],
            },
        ),
    ]
