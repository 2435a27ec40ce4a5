from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0002_people'),
    ]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='mail_steps',
            field=models.CharField(choices=[('everything', 'Every step of my tickets'), ('answers', 'Only answers, and when something is needed from me'), ('nothing', 'Nothing: I look in the portal')], default='everything', max_length=12, verbose_name='e-mail about tickets'),
        ),
    ]
