import django.db.models.deletion
import lib.crypto
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_throttle'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mail_id', models.CharField(editable=False, max_length=200, unique=True, verbose_name='Message-ID')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('next_attempt_at', models.DateTimeField(blank=True, null=True, verbose_name='next attempt')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('interruptions', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('leased_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('failed_at', models.DateTimeField(blank=True, null=True, verbose_name='given up')),
                ('error', models.CharField(blank=True, max_length=250, verbose_name='what went wrong')),
                ('kind', models.CharField(choices=[('password_reset', 'New password'), ('invitation', 'Invitation'), ('mail_test', 'Trial mail')], max_length=20, verbose_name='kind')),
                ('address', models.EmailField(blank=True, help_text="Empty: the user's own.", max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(choices=[('de', 'Deutsch'), ('en', 'English')], max_length=5, verbose_name='language')),
                ('params', lib.crypto.EncryptedJSONField(default=dict, editable=False)),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'ordering': ['-id'],
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='notice_due'), models.Index(condition=models.Q(('failed_at__isnull', False)), fields=['failed_at'], name='notice_failed')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('failed_at__isnull', True), ('next_attempt_at__isnull', False), ('sent_at__isnull', True)), models.Q(('failed_at__isnull', True), ('next_attempt_at__isnull', True), ('sent_at__isnull', False)), models.Q(('failed_at__isnull', False), ('next_attempt_at__isnull', True), ('sent_at__isnull', True)), _connector='OR'), name='accounts_notice_one_state')],
            },
        ),
    ]
