from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0004_one_word_each'),
    ]

    operations = [
        migrations.AddField(
            model_name='article',
            name='is_live',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('archived_at__isnull', True), ('is_live', True)), fields=['category', '-id'], name='article_on_shelf'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('archived_at__isnull', True), ('is_live', True)), fields=['reach', 'category'], name='article_counted'),
        ),
        migrations.AddIndex(
            model_name='articletext',
            index=models.Index(condition=models.Q(('live__isnull', False)), fields=['language', '-published_at', '-id'], name='article_newest'),
        ),
    ]
