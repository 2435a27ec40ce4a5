import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('accounts', '0001_initial'),
        ('tickets', '0004_delivery'),
    ]

    operations = [
        migrations.CreateModel(
            name='RecordedWait',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('band', models.PositiveSmallIntegerField()),
                ('severity', models.PositiveSmallIntegerField()),
                ('arrived_at', models.DateTimeField()),
                ('ahead', models.PositiveIntegerField()),
                ('low', models.PositiveIntegerField(null=True)),
                ('middle', models.PositiveIntegerField(null=True)),
                ('high', models.PositiveIntegerField(null=True)),
                ('taken_at', models.DateTimeField(null=True)),
                ('ended', models.CharField(blank=True, choices=[('served', 'taken from the queue'), ('changed', 'taken after it had moved'), ('own', 'taken by who filed it')], max_length=8)),
                ('seconds', models.PositiveIntegerField(null=True)),
                ('filed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.team')),
                ('ticket', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='recorded_wait', to='tickets.ticket')),
            ],
            options={
                'verbose_name': 'recorded wait',
                'verbose_name_plural': 'recorded waits',
                'indexes': [models.Index(condition=models.Q(models.Q(('ended', 'own'), _negated=True), ('seconds__isnull', False)), fields=['band', 'severity', '-taken_at'], name='wait_examples'), models.Index(condition=models.Q(('seconds__isnull', False)), fields=['taken_at'], name='wait_measured'), models.Index(condition=models.Q(('seconds__isnull', True), ('taken_at__isnull', False)), fields=['id'], name='wait_unmeasured')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended', ''), ('seconds__isnull', True), ('taken_at__isnull', True)), models.Q(('taken_at__isnull', False), models.Q(('ended', ''), _negated=True)), _connector='OR'), name='wait_ends_when_taken'), models.CheckConstraint(condition=models.Q(models.Q(('high__isnull', True), ('low__isnull', True), ('middle__isnull', True)), models.Q(('high__isnull', False), ('low__isnull', False), ('middle__isnull', False)), _connector='OR'), name='wait_told_as_a_whole')],
            },
        ),
    ]
