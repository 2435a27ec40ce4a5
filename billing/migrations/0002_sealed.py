"""What was closed stays as it was: the database itself refuses changes to statements and their lines."""

from django.db import migrations

SEAL = """
CREATE FUNCTION billing_guard_statement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.digest <> '' THEN
      RAISE EXCEPTION 'statement % is closed and cannot be deleted', OLD.number;
    END IF;
    RETURN OLD;
  END IF;
  IF OLD.digest = '' THEN
    RETURN NEW;
  END IF;
  IF OLD.handed_over_at IS NULL
     AND (to_jsonb(NEW) - 'handed_over_at' - 'handed_over_by_name')
       = (to_jsonb(OLD) - 'handed_over_at' - 'handed_over_by_name') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'statement % is closed and cannot be changed', OLD.number;
END $$;

CREATE TRIGGER billing_statement_sealed BEFORE UPDATE OR DELETE ON billing_statement
FOR EACH ROW EXECUTE FUNCTION billing_guard_statement();

CREATE FUNCTION billing_guard_charge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.statement_id IS NOT NULL THEN
    RAISE EXCEPTION 'charge % stands on a statement and cannot be changed', OLD.key;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF NEW.statement_id IS NOT NULL
     AND NOT EXISTS (SELECT FROM billing_statement WHERE id = NEW.statement_id AND digest = '') THEN
    RAISE EXCEPTION 'charge % comes too late for a closed statement', NEW.key;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER billing_charge_sealed BEFORE INSERT OR UPDATE OR DELETE ON billing_charge
FOR EACH ROW EXECUTE FUNCTION billing_guard_charge();
"""

UNSEAL = """
DROP TRIGGER billing_charge_sealed ON billing_charge;
DROP FUNCTION billing_guard_charge();
DROP TRIGGER billing_statement_sealed ON billing_statement;
DROP FUNCTION billing_guard_statement();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_statements")]

    operations = [migrations.RunSQL(SEAL, UNSEAL)]
