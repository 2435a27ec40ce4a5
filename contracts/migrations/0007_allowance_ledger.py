"""The ledger of allowances: lines name their terms and day, and are never changed and never deleted."""

from django.db import migrations, models

# A user may be forgotten: then their lines stay, without them. TRUNCATE is no row's business.
APPEND_ONLY = """
CREATE FUNCTION contracts_allowance_ledger_is_append_only() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.by_id IS NULL
        AND to_jsonb(NEW) - 'by_id' = to_jsonb(OLD) - 'by_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'line % of the allowance ledger cannot be changed: write a correction', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'allowance_ledger_is_append_only';
END
$$ LANGUAGE plpgsql;

CREATE TRIGGER allowance_ledger_is_append_only BEFORE UPDATE OR DELETE ON contracts_allowanceentry
    FOR EACH ROW EXECUTE FUNCTION contracts_allowance_ledger_is_append_only();
"""
FREE = """
DROP TRIGGER allowance_ledger_is_append_only ON contracts_allowanceentry;
DROP FUNCTION contracts_allowance_ledger_is_append_only();
"""
UNITS = [("minutes", "Minutes"), ("cases", "Cases")]
PERIODS = [
    ("month", "Month"),
    ("quarter", "Quarter"),
    ("year", "Year"),
    ("term", "Term of the agreement"),
]
KINDS = [
    ("grant", "Included"),
    ("changed", "Terms changed"),
    ("moved", "Used under other terms"),
    ("carried", "Carried over"),
    ("expired", "Expired"),
    ("booking", "Used"),
    ("reversal", "Taken back"),
    ("correction", "Correction"),
]


class Migration(migrations.Migration):
    dependencies = [("contracts", "0005_calendars")]

    operations = [
        migrations.AddField(
            "allowanceentry",
            "unit",
            models.CharField(choices=UNITS, default="minutes", max_length=8, verbose_name="unit"),
            preserve_default=False,
        ),
        migrations.AddField(
            "allowanceentry",
            "period",
            models.CharField(choices=PERIODS, default="month", max_length=8, verbose_name="period"),
            preserve_default=False,
        ),
        migrations.AddField(
            "allowanceentry",
            "day",
            models.DateField(default="2026-01-01", verbose_name="day"),
            preserve_default=False,
        ),
        migrations.AlterField(
            "allowanceentry",
            "kind",
            models.CharField(choices=KINDS, max_length=12, verbose_name="kind"),
        ),
        migrations.RunSQL(APPEND_ONLY, FREE),
    ]
