"""The audit trail in two parts: lines that nobody changes, and the names in them, which can be erased."""

import secrets
from itertools import islice
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from accounts.rules.chain import commitment_of

BATCH = 2_000

# TRUNCATE is no row's business. What these refuse can be forced by whoever owns the tables; then
# `manage.py verify_audit` finds it.
APPEND_ONLY = """
CREATE FUNCTION accounts_audit_is_append_only() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.number IS NULL AND NEW.number IS NOT NULL AND NEW.hash <> ''
        AND to_jsonb(NEW) - 'number' - 'hash' = to_jsonb(OLD) - 'number' - 'hash' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM accounts_auditcut WHERE number >= OLD.number) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'line % of the audit trail cannot be changed or deleted', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_is_append_only';
END
$$ LANGUAGE plpgsql;

CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_is_append_only();

CREATE FUNCTION accounts_audit_values_are_only_erased() RETURNS trigger AS $$
BEGIN
    IF NEW.entry_id = OLD.entry_id AND NEW.salt = '' AND NEW.actor_name = '' AND NEW.object_label = ''
        AND NEW.details = '{}'::jsonb THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the names of line % of the audit trail can be erased, not changed', OLD.entry_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_values_are_only_erased';
END
$$ LANGUAGE plpgsql;

CREATE TRIGGER audit_values_are_only_erased BEFORE UPDATE ON accounts_auditvalues
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_values_are_only_erased();

CREATE FUNCTION accounts_audit_cut_is_fixed() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'INSERT' AND EXISTS (
        SELECT FROM accounts_auditentry WHERE number = NEW.number AND hash = NEW.hash
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a cut of the audit trail names a line of it and stays'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_cut_is_fixed';
END
$$ LANGUAGE plpgsql;

CREATE TRIGGER audit_cut_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON accounts_auditcut
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_cut_is_fixed();
"""

COMMIT = """
UPDATE accounts_auditentry entry SET commitment = found.commitment
FROM unnest(%s::bigint[], %s::text[]) AS found (id, commitment) WHERE entry.id = found.id
"""
WHOSE = """
UPDATE accounts_auditentry SET customer_id = object_id::bigint
WHERE object_kind = 'customers.customer' AND object_id ~ '^[0-9]{1,18}$'
"""


def take_apart(apps: Any, schema_editor: Any) -> None:
    """Move the names of every line to a row of their own, and commit the line to them."""
    entries, values = apps.get_model("accounts", "AuditEntry"), apps.get_model("accounts", "AuditValues")
    lines = entries.objects.order_by("id").values_list("id", "actor_name", "object_label", "details")
    waiting = lines.iterator(chunk_size=BATCH)
    with schema_editor.connection.cursor() as cursor:
        while some := list(islice(waiting, BATCH)):
            rows = [
                values(
                    entry_id=pk,
                    salt=secrets.token_hex(16),
                    actor_name=actor,
                    object_label=label,
                    details=details,
                )
                for pk, actor, label, details in some
            ]
            values.objects.bulk_create(rows)
            found = [
                commitment_of(
                    salt=row.salt,
                    actor_name=row.actor_name,
                    object_label=row.object_label,
                    details=row.details,
                )
                for row in rows
            ]
            cursor.execute(COMMIT, [[row.entry_id for row in rows], found])
        cursor.execute(WHOSE)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the tables could not be altered below


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_data_protection")]

    operations = [
        migrations.CreateModel(
            "AuditValues",
            [
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="personal",
                        serialize=False,
                        to="accounts.auditentry",
                    ),
                ),
                (
                    "salt",
                    models.CharField(
                        blank=True, help_text="Empty: erased.", max_length=32, verbose_name="salt"
                    ),
                ),
                ("actor_name", models.CharField(blank=True, max_length=200, verbose_name="actor")),
                ("object_label", models.CharField(blank=True, max_length=250, verbose_name="object")),
                ("details", models.JSONField(blank=True, default=dict, verbose_name="details")),
            ],
            {"verbose_name": "names in the audit trail", "verbose_name_plural": "names in the audit trail"},
        ),
        migrations.CreateModel(
            "AuditCut",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("number", models.BigIntegerField(unique=True, verbose_name="number")),
                ("hash", models.CharField(max_length=64, verbose_name="hash")),
            ],
            {
                "verbose_name": "cut of the audit trail",
                "verbose_name_plural": "cuts of the audit trail",
                "ordering": ["number"],
            },
        ),
        migrations.AlterField(
            "auditentry",
            "actor_id",
            models.BigIntegerField(help_text="Empty: the system itself.", null=True, verbose_name="actor id"),
        ),
        migrations.AddField(
            "auditentry",
            "customer_id",
            models.BigIntegerField(
                help_text="Whom it is about, where it is about one customer.",
                null=True,
                verbose_name="customer id",
            ),
        ),
        migrations.AddField(
            "auditentry",
            "commitment",
            models.CharField(default="", editable=False, max_length=64, verbose_name="commitment"),
            preserve_default=False,
        ),
        migrations.AddField(
            "auditentry",
            "number",
            models.BigIntegerField(editable=False, null=True, unique=True, verbose_name="number"),
        ),
        migrations.AddField(
            "auditentry",
            "hash",
            models.CharField(blank=True, default="", editable=False, max_length=64, verbose_name="hash"),
            preserve_default=False,
        ),
        migrations.RunPython(take_apart),
        migrations.RemoveField("auditentry", "actor_name"),
        migrations.RemoveField("auditentry", "object_label"),
        migrations.RemoveField("auditentry", "details"),
        migrations.AddIndex("auditentry", models.Index(fields=["actor_id", "at"], name="audit_actor")),
        migrations.AddIndex("auditentry", models.Index(fields=["customer_id", "at"], name="audit_customer")),
        migrations.AddIndex(
            "auditentry", models.Index(condition=Q(("number", None)), fields=["id"], name="audit_unsealed")
        ),
        migrations.RunSQL(APPEND_ONLY),
    ]
