import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contracts', '0003_what_a_contract_gives'),
        ('customers', '0004_domains_in_ascii'),
        ('tickets', '0008_what_a_contract_gives'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StatementCounter',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'statement counter',
                'verbose_name_plural': 'statement counters',
            },
        ),
        migrations.CreateModel(
            name='BillingParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line_one', models.CharField(blank=True, max_length=120, verbose_name='street and number')),
                ('line_two', models.CharField(blank=True, max_length=120, verbose_name='second line')),
                ('postcode', models.CharField(blank=True, max_length=12, verbose_name='postcode')),
                ('city', models.CharField(blank=True, max_length=80, verbose_name='city')),
                ('country', models.CharField(default='DE', max_length=2, validators=[django.core.validators.RegexValidator('\\A[A-Z]{2}\\Z', 'Write a country as two capital letters, such as DE.')], verbose_name='country')),
                ('vat_id', models.CharField(blank=True, help_text='Such as DE123456789.', max_length=20, verbose_name='VAT id')),
                ('legal_name', models.CharField(max_length=200, verbose_name='registered name')),
                ('buyer_reference', models.CharField(blank=True, help_text='Of public customers: the Leitweg-ID. With it the e-invoice is an XRechnung.', max_length=60, verbose_name='buyer reference')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail for statements')),
                ('language', models.CharField(choices=[('de', 'Deutsch'), ('en', 'English')], default='de', max_length=5, verbose_name='Sprache')),
                ('wants_e_invoice', models.BooleanField(default=True, help_text='ZUGFeRD: the PDF carries the invoice as a file.', verbose_name='gets an e-invoice')),
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='billing_party', to='customers.customer', verbose_name='Kunde')),
            ],
            options={
                'verbose_name': 'billing address',
                'verbose_name_plural': 'billing addresses',
                'ordering': ['customer'],
            },
        ),
        migrations.CreateModel(
            name='CloseRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period_starts_on', models.DateField(verbose_name='period from')),
                ('asked_at', models.DateTimeField(verbose_name='angefragt')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'closing of a month',
                'verbose_name_plural': 'closings of months',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Seller',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line_one', models.CharField(blank=True, max_length=120, verbose_name='street and number')),
                ('line_two', models.CharField(blank=True, max_length=120, verbose_name='second line')),
                ('postcode', models.CharField(blank=True, max_length=12, verbose_name='postcode')),
                ('city', models.CharField(blank=True, max_length=80, verbose_name='city')),
                ('country', models.CharField(default='DE', max_length=2, validators=[django.core.validators.RegexValidator('\\A[A-Z]{2}\\Z', 'Write a country as two capital letters, such as DE.')], verbose_name='country')),
                ('vat_id', models.CharField(blank=True, help_text='Such as DE123456789.', max_length=20, verbose_name='VAT id')),
                ('name', models.CharField(max_length=120, verbose_name='registered name')),
                ('tax_number', models.CharField(blank=True, max_length=30, verbose_name='tax number')),
                ('contact_name', models.CharField(blank=True, help_text='A person or a department.', max_length=80, verbose_name='contact for questions')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='E-Mail')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='Telefonnummer')),
                ('iban', models.CharField(blank=True, max_length=34, validators=[django.core.validators.RegexValidator('\\A[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\\Z', 'Write an IBAN without blanks.')], verbose_name='IBAN')),
                ('bic', models.CharField(blank=True, max_length=11, validators=[django.core.validators.RegexValidator('\\A[A-Z0-9]{8}([A-Z0-9]{3})?\\Z', 'A BIC has 8 or 11 characters.')], verbose_name='BIC')),
                ('bank', models.CharField(blank=True, max_length=80, verbose_name='bank')),
                ('payment_days', models.PositiveSmallIntegerField(default=14, validators=[django.core.validators.MaxValueValidator(365)], verbose_name='payable within days')),
                ('register_entry', models.CharField(blank=True, help_text='Stands at the foot of each page.', max_length=160, verbose_name='register entry')),
            ],
            options={
                'verbose_name': 'seller',
                'verbose_name_plural': 'seller',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_seller')],
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='Nummer')),
                ('period_starts_on', models.DateField(verbose_name='period from')),
                ('period_ends_on', models.DateField(verbose_name='period until')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('language', models.CharField(max_length=5, verbose_name='Sprache')),
                ('net', models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name='net')),
                ('vat', models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name='VAT')),
                ('gross', models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name='gross')),
                ('vat_shares', models.JSONField(default=list)),
                ('consumption', models.JSONField(default=list, verbose_name='consumption')),
                ('seller', models.JSONField(default=dict, verbose_name='seller')),
                ('buyer', models.JSONField(default=dict, verbose_name='buyer')),
                ('closed_at', models.DateTimeField(verbose_name='geschlossen')),
                ('closed_by_name', models.CharField(blank=True, max_length=200, verbose_name='closed by')),
                ('closed_on', models.DateField(verbose_name='date')),
                ('due_on', models.DateField(verbose_name='payable until')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='digest')),
                ('handed_over_at', models.DateTimeField(null=True, verbose_name='handed over')),
                ('handed_over_by_name', models.CharField(blank=True, max_length=200, verbose_name='handed over by')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='customers.customer', verbose_name='Kunde')),
            ],
            options={
                'verbose_name': 'statement',
                'verbose_name_plural': 'statements',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='CloseJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Wartend'), ('closed', 'Geschlossen'), ('empty', 'Nothing to bill'), ('failed', 'Failed')], default='waiting', max_length=8, verbose_name='Zustand')),
                ('error', models.CharField(blank=True, max_length=60, verbose_name='error')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='billing.closerun')),
                ('statement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.statement')),
            ],
            options={
                'verbose_name': 'customer of a closing',
                'verbose_name_plural': 'customers of closings',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Charge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80, unique=True)),
                ('kind', models.CharField(choices=[('work', 'Arbeit'), ('manual', 'Entered by hand'), ('correction', 'Correction'), ('waiver', 'Goodwill')], max_length=10, verbose_name='Art')),
                ('ticket_number', models.CharField(blank=True, max_length=20)),
                ('ticket_subject', models.CharField(blank=True, max_length=250)),
                ('service_day', models.DateField(verbose_name='day of the work')),
                ('work_from', models.DateTimeField(null=True, verbose_name='von')),
                ('work_until', models.DateTimeField(null=True, verbose_name='bis')),
                ('title_de', models.CharField(max_length=160, verbose_name='what, German')),
                ('title_en', models.CharField(max_length=160, verbose_name='what, English')),
                ('text', models.TextField(blank=True, verbose_name='text for the customer')),
                ('is_covered', models.BooleanField(default=False, verbose_name='covered')),
                ('reason_code', models.CharField(max_length=40)),
                ('reason_params', models.JSONField(default=dict)),
                ('reason_de', models.CharField(max_length=400, verbose_name='reason, German')),
                ('reason_en', models.CharField(max_length=400, verbose_name='reason, English')),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='quantity')),
                ('unit', models.CharField(choices=[('minute', 'Minutes'), ('incident', 'Störung'), ('piece', 'Piece'), ('kilometre', 'Kilometres')], max_length=10, verbose_name='unit')),
                ('unit_price', models.DecimalField(decimal_places=2, default=0, help_text='Of minutes: per hour.', max_digits=12, verbose_name='price')),
                ('surcharge_percent', models.DecimalField(decimal_places=2, default=0, max_digits=6, verbose_name='surcharge')),
                ('net', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='net')),
                ('vat_percent', models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name='VAT in per cent')),
                ('currency', models.CharField(default='EUR', max_length=3, verbose_name='currency')),
                ('is_flagged', models.BooleanField(default=False, verbose_name='chargeable without approval')),
                ('released_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('released_by_name', models.CharField(blank=True, max_length=200, verbose_name='decided by')),
                ('release_note', models.CharField(blank=True, max_length=250, verbose_name='Grund')),
                ('created_by_name', models.CharField(blank=True, max_length=200, verbose_name='entered by')),
                ('created_at', models.DateTimeField(verbose_name='entered')),
                ('position', models.PositiveIntegerField(null=True, verbose_name='line')),
                ('corrects', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='billing.charge')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='customers.customer', verbose_name='Kunde')),
                ('price_list', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contracts.pricelist')),
                ('slice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='tickets.coverageslice')),
                ('ticket', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='tickets.ticket', verbose_name='Ticket')),
                ('statement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='billing.statement', verbose_name='statement')),
            ],
            options={
                'verbose_name': 'charge',
                'verbose_name_plural': 'charges',
                'ordering': ['service_day', 'id'],
            },
        ),
        migrations.AddConstraint(
            model_name='closerun',
            constraint=models.UniqueConstraint(condition=models.Q(('finished_at__isnull', True)), fields=('period_starts_on',), name='one_closing_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(fields=['period_starts_on', 'id'], name='statement_of_period'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(fields=('customer', 'period_starts_on', 'currency'), name='one_statement_per_period'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('gross', django.db.models.expressions.CombinedExpression(models.F('net'), '+', models.F('vat')))), name='statement_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('period_ends_on__gte', models.F('period_starts_on'))), name='statement_period_runs'),
        ),
        migrations.AddConstraint(
            model_name='closejob',
            constraint=models.UniqueConstraint(fields=('run', 'customer'), name='one_job_per_customer'),
        ),
        migrations.AddIndex(
            model_name='charge',
            index=models.Index(condition=models.Q(('statement__isnull', True)), fields=['customer', 'service_day'], name='open_charge_of_customer'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(('is_covered', False), ('net', 0), _connector='OR'), name='covered_line_is_free'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('position__isnull', True), ('statement__isnull', True)), models.Q(('position__isnull', False), ('statement__isnull', False)), _connector='OR'), name='line_has_a_place'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['correction', 'waiver']), _negated=True), ('corrects__isnull', False), _connector='OR'), name='correction_names_its_line'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.UniqueConstraint(fields=('statement', 'position'), name='one_line_per_place'),
        ),
    ]
