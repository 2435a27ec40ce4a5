"""The services every installation begins with, included as before: what nobody priced stays included."""

from django.conf import settings
from django.db import migrations

SERVICES = (
    ("phone", "Telefon und schriftlich", "Phone and in writing"),
    ("remote", "Fernwartung", "Remote support"),
    ("installation", "Installation", "Installation"),
    ("monitoring", "Überwachung", "Monitoring"),
    ("on-site", "Vor Ort", "On site"),
    ("travel", "Anfahrt", "Travel"),
    ("out-of-hours", "Außerhalb der Geschäftszeiten", "Outside service hours"),
)
NOT_INCLUDED = {"on-site", "travel", "out-of-hours"}


def lay(apps, schema_editor):
    Service = apps.get_model("contracts", "Service")
    ServiceLevel = apps.get_model("contracts", "ServiceLevel")
    ServiceHours = apps.get_model("contracts", "ServiceHours")
    for position, (code, german, english) in enumerate(SERVICES):
        Service.objects.get_or_create(
            code=code, defaults={"name_de": german, "name_en": english, "position": position}
        )
    included = Service.objects.exclude(code__in=NOT_INCLUDED)
    for level in ServiceLevel.objects.all():
        level.services.set(included)
    if not ServiceHours.objects.filter(is_default=True).exists():
        ServiceHours.objects.create(name="Standard", is_default=True, weekly=settings.SERVICE_HOURS)


class Migration(migrations.Migration):
    dependencies = [("contracts", "0003_what_a_contract_gives")]

    operations = [migrations.RunPython(lay, migrations.RunPython.noop)]
