import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0004_numbers_and_providers'),
        ('customers', '0005_erased'),
        ('tickets', '0017_sounds'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='voicemail', name='unique_voicemail_sound'),
        migrations.RemoveIndex(model_name='callchore', name='call_chores_due'),
        migrations.RemoveField(model_name='voicemail', name='file'),
        migrations.RemoveField(model_name='voicemail', name='peaks'),
        migrations.RemoveField(model_name='voicemail', name='tries'),
        migrations.AddField(
            model_name='callchore',
            name='failed_at',
            field=models.DateTimeField(null=True, verbose_name='given up'),
        ),
        migrations.AddField(
            model_name='callpolicy',
            name='unknown_callers',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.customer', verbose_name='tickets of unknown callers are filed under'),
        ),
        migrations.AddField(
            model_name='voicemail',
            name='attachment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='voicemails', to='tickets.attachment'),
        ),
        migrations.AlterField(
            model_name='voicemail',
            name='state',
            field=models.CharField(choices=[('expected', 'to be fetched'), ('stored', 'stored'), ('empty', 'nothing said'), ('missing', 'not to be had'), ('deleted', 'deleted')], default='expected', max_length=8, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='voicemail',
            name='recording',
            field=models.CharField(blank=True, max_length=2000, verbose_name='recording'),
        ),
        migrations.AddIndex(
            model_name='callchore',
            index=models.Index(condition=models.Q(('done_at__isnull', True), ('failed_at__isnull', True)), fields=['due_at'], name='call_chores_due'),
        ),
        migrations.AddIndex(
            model_name='voicemail',
            index=models.Index(condition=models.Q(('sha256', ''), _negated=True), fields=['sha256'], name='voicemail_sound'),
        ),
    ]
