from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """One word of each reader on each text; strangers are told apart by a random word in their session."""

    dependencies = [
        ("knowledge", "0003_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="feedback",
            name="visitor",
            field=models.CharField(blank=True, editable=False, max_length=43, default=""),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.UniqueConstraint(
                condition=Q(by__isnull=False), fields=("text", "by"), name="one_word_of_each_user"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.UniqueConstraint(
                condition=~Q(visitor=""), fields=("text", "visitor"), name="one_word_of_each_visitor"
            ),
        ),
    ]
