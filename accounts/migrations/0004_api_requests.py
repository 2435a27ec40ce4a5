import django.db.models.deletion
import lib.crypto
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_notice'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200)),
                ('fingerprint', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(db_index=True)),
                ('status', models.PositiveSmallIntegerField()),
                ('answer', lib.crypto.EncryptedJSONField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'kept answer',
                'verbose_name_plural': 'kept answers',
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='one_answer_per_key')],
            },
        ),
        migrations.CreateModel(
            name='ApiUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('who', models.CharField(max_length=80)),
                ('window', models.DateTimeField()),
                ('requests', models.PositiveIntegerField()),
            ],
            options={
                'verbose_name': 'use of the API',
                'verbose_name_plural': 'use of the API',
                'constraints': [models.UniqueConstraint(fields=('who', 'window'), name='one_count_per_window')],
            },
        ),
        migrations.RunSQL(
            'ALTER TABLE accounts_apiuse SET UNLOGGED', 'ALTER TABLE accounts_apiuse SET LOGGED'
        ),
    ]
