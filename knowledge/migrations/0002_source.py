from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Where an imported article came from."""

    dependencies = [("knowledge", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="article",
            name="source",
            field=models.CharField(blank=True, editable=False, max_length=500),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.UniqueConstraint(
                condition=~Q(source=""), fields=("source",), name="one_article_for_each_source"
            ),
        ),
    ]
