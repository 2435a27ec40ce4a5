import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0002_source'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchClick',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('count', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='SearchTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('language', models.CharField(choices=[('de', 'Deutsch'), ('en', 'English')], max_length=5, verbose_name='language')),
                ('query', models.CharField(max_length=100, verbose_name='search')),
                ('searches', models.PositiveIntegerField(default=0, verbose_name='searches')),
                ('without_result', models.PositiveIntegerField(default=0, verbose_name='without a result')),
                ('clicks', models.PositiveIntegerField(default=0, verbose_name='articles opened')),
            ],
            options={
                'verbose_name': 'search',
                'verbose_name_plural': 'searches',
                'ordering': ['-day', '-searches'],
            },
        ),
        migrations.CreateModel(
            name='SynonymSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(help_text='Separated by commas: printer, plotter, MFP', max_length=300, unique=True, verbose_name='words')),
            ],
            options={
                'verbose_name': 'set of synonyms',
                'verbose_name_plural': 'synonyms',
                'ordering': ['words'],
            },
        ),
        migrations.CreateModel(
            name='Word',
            fields=[
                ('word', models.CharField(max_length=40, primary_key=True, serialize=False)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='articletext',
            name='readers_see_only_what_is_live',
        ),
        migrations.AddField(
            model_name='articletext',
            name='heading',
            field=django.contrib.postgres.search.SearchVectorField(null=True),
        ),
        migrations.AddIndex(
            model_name='articletext',
            index=django.contrib.postgres.indexes.GinIndex(fields=['heading'], name='article_heading'),
        ),
        migrations.AddConstraint(
            model_name='articletext',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('heading__isnull', True), ('html', ''), ('live__isnull', True), ('plain', ''), ('search__isnull', True), ('title', '')), models.Q(('live__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='readers_see_only_what_is_live'),
        ),
        migrations.AddField(
            model_name='searchclick',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='knowledge.article'),
        ),
        migrations.AddConstraint(
            model_name='searchterm',
            constraint=models.UniqueConstraint(fields=('day', 'language', 'query'), name='one_term_for_each_day'),
        ),
        migrations.AddField(
            model_name='searchclick',
            name='term',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opened', to='knowledge.searchterm'),
        ),
        migrations.AddIndex(
            model_name='word',
            index=django.contrib.postgres.indexes.GinIndex(fields=['word'], name='word_trigrams', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddConstraint(
            model_name='searchclick',
            constraint=models.UniqueConstraint(fields=('term', 'article'), name='one_click_row_for_each'),
        ),
    ]
