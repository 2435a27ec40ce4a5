from typing import Any

from django.db import migrations


def in_ascii(apps: Any, _schema_editor: Any) -> None:
    """Keep domains in the spelling that is compared since people sign up by them: `xn--mller-kva.example`.

    One that is kept so already is not kept twice; another customer's stays theirs, and the admin sees both.
    """
    domains = apps.get_model("customers", "CustomerDomain").objects
    for row in [each for each in domains.order_by("pk") if not each.domain.isascii()]:
        try:
            spelt = row.domain.lower().encode("idna").decode("ascii").lower()
        except UnicodeError:  # no mail server could send from there
            continue
        twin = domains.filter(domain=spelt).first()
        if twin is None:
            row.domain = spelt
            row.save(update_fields=["domain"])
        elif twin.customer_id == row.customer_id:
            row.delete()


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_mail_steps")]

    operations = [migrations.RunPython(in_ascii, migrations.RunPython.noop, elidable=True)]
