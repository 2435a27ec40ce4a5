"""The directory of sub-processors: what was announced stays; who was told by mail, row by row."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Dropping a change before it takes effect is all that may happen to an announced version; that a person of
# the firm is gone is theirs to say. TRUNCATE is no row's business.
STAYS = """
CREATE FUNCTION contracts_guard_directory_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  people text[] := ARRAY['created_by_id', 'announced_by_id'];
  dropped text[] := ARRAY['withdrawn_at', 'withdrawn_because'];
BEGIN
  IF OLD.announced_at IS NULL THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'UPDATE'
     AND (NEW.created_by_id IS NULL OR NEW.created_by_id = OLD.created_by_id)
     AND (NEW.announced_by_id IS NULL OR NEW.announced_by_id = OLD.announced_by_id)
     AND (to_jsonb(NEW) - people = to_jsonb(OLD) - people
          OR (OLD.withdrawn_at IS NULL
              AND to_jsonb(NEW) - people - dropped = to_jsonb(OLD) - people - dropped)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'version % of the directory is announced and cannot be changed', OLD.number
    USING ERRCODE = 'check_violation', CONSTRAINT = 'announced_directory_stays';
END $$;

CREATE TRIGGER announced_directory_stays BEFORE UPDATE OR DELETE ON contracts_directoryversion
FOR EACH ROW EXECUTE FUNCTION contracts_guard_directory_version();

CREATE FUNCTION contracts_guard_directory_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM contracts_directoryversion
    WHERE announced_at IS NOT NULL
      AND id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END,
                 CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END)
  ) THEN
    RAISE EXCEPTION 'the entries of an announced version of the directory cannot be changed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'announced_entries_stay';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER announced_entries_stay BEFORE INSERT OR UPDATE OR DELETE ON contracts_subprocessorentry
FOR EACH ROW EXECUTE FUNCTION contracts_guard_directory_entry();
"""
FREE = """
DROP TRIGGER announced_entries_stay ON contracts_subprocessorentry;
DROP FUNCTION contracts_guard_directory_entry();
DROP TRIGGER announced_directory_stays ON contracts_directoryversion;
DROP FUNCTION contracts_guard_directory_version();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_data_protection"),
        ("contracts", "0016_dpa_texts"),
        ("customers", "0004_domains_in_ascii"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ToldContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("address", models.CharField(max_length=254, verbose_name="e-mail")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="given up")),
            ],
            options={
                "verbose_name": "person told by e-mail",
                "verbose_name_plural": "people told by e-mail",
                "ordering": ["id"],
            },
        ),
        migrations.RemoveField(
            model_name="breachnotice",
            name="recipients",
        ),
        migrations.RemoveField(
            model_name="changenotice",
            name="recipients",
        ),
        migrations.AddField(
            model_name="breachnotice",
            name="acknowledged_by_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="acknowledged by"),
        ),
        migrations.AddField(
            model_name="breachnotice",
            name="text",
            field=models.TextField(blank=True, verbose_name="what it means for this customer"),
        ),
        migrations.AddField(
            model_name="changenotice",
            name="acknowledged_by_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="acknowledged by"),
        ),
        migrations.AddField(
            model_name="changenotice",
            name="objected_by_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="objected by"),
        ),
        migrations.AddField(
            model_name="changenotice",
            name="objections_until_on",
            field=models.DateField(default="2026-01-01", verbose_name="objections until"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="directoryversion",
            name="announced_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="directoryversion",
            name="withdrawn_at",
            field=models.DateTimeField(null=True, verbose_name="dropped"),
        ),
        migrations.AddField(
            model_name="directoryversion",
            name="withdrawn_because",
            field=models.TextField(blank=True, verbose_name="why it was dropped"),
        ),
        migrations.AlterField(
            model_name="breachnotice",
            name="sent_at",
            field=models.DateTimeField(verbose_name="told"),
        ),
        migrations.AddConstraint(
            model_name="changenotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome", ""),
                    models.Q(("decided_at__isnull", False), ("objected_at__isnull", False)),
                    _connector="OR",
                ),
                name="outcome_of_an_objection",
            ),
        ),
        migrations.AddConstraint(
            model_name="directoryversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("announced_at__isnull", True)),
                fields=("announced_at",),
                name="one_draft_of_the_directory",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="directoryversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("announced_at__isnull", True), ("objections_until_on__isnull", False), _connector="OR"
                ),
                name="announced_with_period_to_object",
            ),
        ),
        migrations.AddConstraint(
            model_name="directoryversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True), ("announced_at__isnull", False), _connector="OR"
                ),
                name="only_announced_is_dropped",
            ),
        ),
        migrations.AddConstraint(
            model_name="subprocessorentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on__isnull", True), ("until_on__gte", models.F("since_on")), _connector="OR"
                ),
                name="subprocessor_until_after_since",
                violation_error_message="The last day lies before the first.",
            ),
        ),
        migrations.AddField(
            model_name="toldcontact",
            name="breach_notice",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="told",
                to="contracts.breachnotice",
            ),
        ),
        migrations.AddField(
            model_name="toldcontact",
            name="change_notice",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="told",
                to="contracts.changenotice",
            ),
        ),
        migrations.AddField(
            model_name="toldcontact",
            name="contact",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="customers.contact",
            ),
        ),
        migrations.AddField(
            model_name="toldcontact",
            name="mail",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.notice",
            ),
        ),
        migrations.AddIndex(
            model_name="toldcontact",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", True)), fields=["mail"], name="told_but_not_sent_yet"
            ),
        ),
        migrations.AddConstraint(
            model_name="toldcontact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("change_notice__isnull", True), ("breach_notice__isnull", True), _connector="XOR"
                ),
                name="told_of_one_thing",
            ),
        ),
        migrations.RunSQL(STAYS, FREE),
    ]
