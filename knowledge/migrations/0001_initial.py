import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import knowledge.models.files
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("accounts", "0006_editors"),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visibility', models.PositiveSmallIntegerField(choices=[(1, 'Everybody'), (2, 'Whoever is signed in'), (3, 'Customers with a service agreement'), (4, 'Only we ourselves')], default=1, help_text='The category may narrow this further.', verbose_name='visible to')),
                ('reach', models.PositiveSmallIntegerField(editable=False)),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('archived_at', models.DateTimeField(editable=False, null=True, verbose_name='archived')),
                ('related', models.ManyToManyField(blank=True, to='knowledge.article', verbose_name='related articles')),
            ],
            options={
                'verbose_name': 'article',
                'verbose_name_plural': 'articles',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ArticleFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, max_length=43, unique=True)),
                ('file', models.FileField(max_length=120, upload_to=knowledge.models.files.storage_name)),
                ('name', models.CharField(max_length=200, verbose_name='file name')),
                ('size', models.PositiveBigIntegerField(verbose_name='size')),
                ('content_type', models.CharField(max_length=100, verbose_name='type')),
                ('sha256', models.CharField(max_length=64)),
                ('is_live', models.BooleanField(default=False, editable=False)),
                ('added_at', models.DateTimeField(verbose_name='added')),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='knowledge.article')),
            ],
            options={
                'verbose_name': 'file of an article',
                'verbose_name_plural': 'files of articles',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ArticleText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('de', 'Deutsch'), ('en', 'English')], max_length=5, verbose_name='language')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('review', 'In review'), ('published', 'Published')], default='draft', max_length=10, verbose_name='state')),
                ('title', models.CharField(blank=True, max_length=150, verbose_name='title')),
                ('slug', models.CharField(blank=True, max_length=80)),
                ('summary', models.CharField(blank=True, max_length=300, verbose_name='summary')),
                ('html', models.TextField(blank=True)),
                ('plain', models.TextField(blank=True)),
                ('search', django.contrib.postgres.search.SearchVectorField(null=True)),
                ('published_at', models.DateTimeField(null=True, verbose_name='published')),
                ('changed_at', models.DateTimeField(verbose_name='changed')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='knowledge.article')),
            ],
            options={
                'verbose_name': 'text of an article',
                'verbose_name_plural': 'texts of articles',
                'ordering': ['article_id', 'language'],
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_de', models.CharField(max_length=80, verbose_name='German name')),
                ('name_en', models.CharField(max_length=80, verbose_name='English name')),
                ('description_de', models.CharField(blank=True, max_length=200, verbose_name='German description')),
                ('description_en', models.CharField(blank=True, max_length=200, verbose_name='English description')),
                ('position', models.PositiveSmallIntegerField(default=100, verbose_name='position')),
                ('visibility', models.PositiveSmallIntegerField(choices=[(1, 'Everybody'), (2, 'Whoever is signed in'), (3, 'Customers with a service agreement'), (4, 'Only we ourselves')], default=1, verbose_name='visible to')),
                ('reach', models.PositiveSmallIntegerField(editable=False)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='knowledge.category', verbose_name='in')),
            ],
            options={
                'verbose_name': 'category',
                'verbose_name_plural': 'categories',
                'ordering': ['position', 'name_de', 'id'],
            },
        ),
        migrations.AddField(
            model_name='article',
            name='category',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='knowledge.category', verbose_name='category'),
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('helpful', 'Helpful'), ('not_helpful', 'Not helpful'), ('outdated', 'Outdated')], max_length=12, verbose_name='kind')),
                ('comment', models.TextField(blank=True, verbose_name='comment')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('handled_at', models.DateTimeField(editable=False, null=True, verbose_name='handled')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('text', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='knowledge.articletext')),
            ],
            options={
                'verbose_name': 'feedback',
                'verbose_name_plural': 'feedback',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('title', models.CharField(max_length=150, verbose_name='title')),
                ('summary', models.CharField(blank=True, help_text='One or two sentences for lists and search.', max_length=300, verbose_name='summary')),
                ('body', models.TextField(verbose_name='text')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='what changed')),
                ('author_name', models.CharField(max_length=200, verbose_name='author')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('text', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='knowledge.articletext')),
            ],
            options={
                'verbose_name': 'revision',
                'verbose_name_plural': 'revisions',
                'ordering': ['-number'],
            },
        ),
        migrations.AddField(
            model_name='articletext',
            name='live',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='knowledge.revision'),
        ),
        migrations.AddField(
            model_name='articletext',
            name='working',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='knowledge.revision'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.CheckConstraint(condition=models.Q(('visibility__range', (1, 4))), name='category_visibility_1_to_4'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.CheckConstraint(condition=models.Q(('reach__gte', models.F('visibility')), ('reach__lte', 4)), name='category_reach_only_narrows'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('visibility__range', (1, 4))), name='article_visibility_1_to_4'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('reach__gte', models.F('visibility')), ('reach__lte', 4)), name='article_reach_only_narrows'),
        ),
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(fields=['text', 'kind'], name='feedback_of_text'),
        ),
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(condition=models.Q(('handled_at__isnull', True)), fields=['-at'], name='feedback_unhandled'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('text', 'number'), name='revisions_are_numbered'),
        ),
        migrations.AddIndex(
            model_name='articletext',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='article_search'),
        ),
        migrations.AddConstraint(
            model_name='articletext',
            constraint=models.UniqueConstraint(fields=('article', 'language'), name='one_text_for_each_language'),
        ),
        migrations.AddConstraint(
            model_name='articletext',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('html', ''), ('live__isnull', True), ('plain', ''), ('search__isnull', True), ('title', '')), models.Q(('live__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='readers_see_only_what_is_live'),
        ),
    ]
