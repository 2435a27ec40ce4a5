"""What was offered is kept word by word, and a published document stays: the database says so, too."""

from django.db import migrations, models

SEAL = """
CREATE FUNCTION contracts_guard_dpa_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.published_at IS NOT NULL THEN
    RAISE EXCEPTION 'DPA document % is published and stays as it is', OLD.version
      USING ERRCODE = 'check_violation', CONSTRAINT = 'dpa_document_sealed';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER dpa_document_sealed BEFORE UPDATE OR DELETE ON contracts_dpadocument
FOR EACH ROW EXECUTE FUNCTION contracts_guard_dpa_document();
"""
UNSEAL = """
DROP TRIGGER dpa_document_sealed ON contracts_dpadocument;
DROP FUNCTION contracts_guard_dpa_document();
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0015_dpa_history_stays")]

    operations = [
        migrations.AddField(
            "processingagreement",
            "offered_text",
            models.TextField(blank=True, default="", verbose_name="text as it was offered"),
            preserve_default=False,
        ),
        migrations.RunSQL(SEAL, UNSEAL),
    ]
