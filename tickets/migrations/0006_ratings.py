import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0001_initial'),
        ('tickets', '0005_waits'),
    ]

    operations = [
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('good', 'Good'), ('fair', 'Could be better'), ('bad', 'Bad')], max_length=8, verbose_name='verdict')),
                ('comment', models.TextField(blank=True, max_length=2000, verbose_name='comment')),
                ('given_at', models.DateTimeField(verbose_name='given')),
                ('changed_at', models.DateTimeField(verbose_name='changed')),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.contact', verbose_name='contact')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='tickets.ticket', verbose_name='ticket')),
            ],
            options={
                'verbose_name': 'rating',
                'verbose_name_plural': 'ratings',
                'indexes': [models.Index(fields=['-changed_at', '-id'], name='rating_latest')],
                'constraints': [models.UniqueConstraint(fields=('ticket', 'contact'), name='one_rating_per_contact'), models.CheckConstraint(condition=models.Q(('verdict__in', ['good', 'fair', 'bad'])), name='rating_has_a_verdict')],
            },
        ),
    ]
