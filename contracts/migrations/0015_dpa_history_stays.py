"""What was signed and what happened to a data-processing agreement is never changed and never deleted."""

from django.db import migrations, models

# People may be forgotten (tickets stay, names go): a login becomes null, a name and an address empty, the
# scan of a paper is let go; that it was signed, when, and which text, stays. TRUNCATE is no row's business.
APPEND_ONLY = """
CREATE FUNCTION contracts_dpa_history_is_append_only() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.by_id IS NULL AND NEW.by_name IN (OLD.by_name, '')
        AND to_jsonb(NEW) - 'by_id' - 'by_name' = to_jsonb(OLD) - 'by_id' - 'by_name' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'step % of a data-processing agreement cannot be changed', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'dpa_history_is_append_only';
END
$$ LANGUAGE plpgsql;

CREATE TRIGGER dpa_history_is_append_only BEFORE UPDATE OR DELETE ON contracts_dpaevent
    FOR EACH ROW EXECUTE FUNCTION contracts_dpa_history_is_append_only();

CREATE FUNCTION contracts_dpa_signature_is_append_only() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.user_id IS NULL
        AND NEW.name IN (OLD.name, '') AND NEW.role IN (OLD.role, '') AND NEW.file IN (OLD.file, '')
        AND (NEW.ip IS NULL OR NEW.ip = OLD.ip)
        AND to_jsonb(NEW) - 'user_id' - 'name' - 'role' - 'file' - 'ip'
            = to_jsonb(OLD) - 'user_id' - 'name' - 'role' - 'file' - 'ip' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'signature % of a data-processing agreement cannot be changed', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'dpa_signature_is_append_only';
END
$$ LANGUAGE plpgsql;

CREATE TRIGGER dpa_signature_is_append_only BEFORE UPDATE OR DELETE ON contracts_dpasignature
    FOR EACH ROW EXECUTE FUNCTION contracts_dpa_signature_is_append_only();
"""
FREE = """
DROP TRIGGER dpa_history_is_append_only ON contracts_dpaevent;
DROP FUNCTION contracts_dpa_history_is_append_only();
DROP TRIGGER dpa_signature_is_append_only ON contracts_dpasignature;
DROP FUNCTION contracts_dpa_signature_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0014_data_protection")]

    operations = [
        migrations.AddField(
            "processingagreement",
            "review_decided_at",
            models.DateTimeField(null=True, verbose_name="review decided"),
        ),
        migrations.AddField(
            "processingagreement",
            "reminded_days",
            models.PositiveSmallIntegerField(null=True, verbose_name="reminded so many days ahead"),
        ),
        migrations.RunSQL(APPEND_ONLY, FREE),
    ]
