from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_api_requests'),
    ]

    operations = [
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('set_up_at', models.DateTimeField(verbose_name='set up')),
            ],
            options={
                'verbose_name': 'company',
                'verbose_name_plural': 'company',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_company')],
            },
        ),
    ]
