import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_mail_steps'),
        ('tickets', '0006_ratings'),
    ]

    operations = [
        migrations.CreateModel(
            name='TicketMute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='since')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mutes', to='customers.contact', verbose_name='contact')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mutes', to='tickets.ticket', verbose_name='ticket')),
            ],
            options={
                'verbose_name': 'ticket without e-mail',
                'verbose_name_plural': 'tickets without e-mail',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(fields=('ticket', 'contact'), name='one_mute_of_a_contact')],
            },
        ),
        migrations.AddField(
            model_name='assignment',
            name='recorded_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('kind', 'receipt')), fields=['contact', 'created_at'], name='receipts_of_contact'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='kind',
            field=models.CharField(choices=[('receipt', 'Receipt'), ('reply', 'Reply'), ('status', 'Change of status'), ('taken', 'In hand'), ('severity', 'Change of severity')], max_length=10, verbose_name='kind'),
        ),
    ]
