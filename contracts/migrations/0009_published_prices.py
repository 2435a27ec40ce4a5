"""Own prices name their currency; what was published of the price list stays as it is, whoever writes."""

from django.db import migrations, models

FIX = """
CREATE FUNCTION contracts_price_list_is_fixed() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'price list % is published and cannot be changed', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'published_price_list_is_fixed';
END
$$ LANGUAGE plpgsql;

CREATE TRIGGER published_price_list_is_fixed BEFORE UPDATE OR DELETE ON contracts_pricelist
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION contracts_price_list_is_fixed();

CREATE FUNCTION contracts_price_item_is_fixed() RETURNS trigger AS $$
DECLARE
    lists bigint[];
BEGIN
    lists := CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.price_list_id]
        WHEN 'DELETE' THEN ARRAY[OLD.price_list_id]
        ELSE ARRAY[OLD.price_list_id, NEW.price_list_id]
    END;
    IF EXISTS (SELECT FROM contracts_pricelist WHERE id = ANY(lists) AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the prices of a published list cannot be changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_price_is_fixed';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$ LANGUAGE plpgsql;

CREATE TRIGGER published_price_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON contracts_priceitem
    FOR EACH ROW EXECUTE FUNCTION contracts_price_item_is_fixed();
"""

LOOSEN = """
DROP TRIGGER published_price_is_fixed ON contracts_priceitem;
DROP FUNCTION contracts_price_item_is_fixed();
DROP TRIGGER published_price_list_is_fixed ON contracts_pricelist;
DROP FUNCTION contracts_price_list_is_fixed();
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0004_services_and_hours")]

    operations = [
        migrations.AddField(
            model_name="customerprice",
            name="currency",
            field=models.CharField(
                default="EUR",
                help_text="It holds in lists of this currency.",
                max_length=3,
                verbose_name="currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(ceiling__gt=0), name="standing_approval_ceiling_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="standingapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="standing_approval_ends_after_start",
                violation_error_message="The last day cannot be before the first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="customerprice",
            constraint=models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
                name="own_price_ends_after_start",
                violation_error_message="The last day cannot be before the first.",
            ),
        ),
        migrations.RunSQL(FIX, LOOSEN),
    ]
