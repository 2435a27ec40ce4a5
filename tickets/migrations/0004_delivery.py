import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0001_initial'),
        ('tickets', '0003_internal_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Delivery',
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
                ('kind', models.CharField(choices=[('receipt', 'Receipt'), ('reply', 'Reply'), ('status', 'Change of status')], max_length=10, verbose_name='kind')),
                ('params', models.JSONField(default=dict, editable=False)),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='customers.contact', verbose_name='contact')),
                ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='tickets.message')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='tickets.ticket', verbose_name='ticket')),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
                'ordering': ['-id'],
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='delivery_due'), models.Index(condition=models.Q(('failed_at__isnull', False)), fields=['failed_at'], name='delivery_failed')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('failed_at__isnull', True), ('next_attempt_at__isnull', False), ('sent_at__isnull', True)), models.Q(('failed_at__isnull', True), ('next_attempt_at__isnull', True), ('sent_at__isnull', False)), models.Q(('failed_at__isnull', False), ('next_attempt_at__isnull', True), ('sent_at__isnull', True)), _connector='OR'), name='tickets_delivery_one_state'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'reply'), _negated=True), ('message__isnull', False), _connector='OR'), name='a_reply_has_its_message')],
            },
        ),
    ]
