"""Consents end with the customer for whom they were given; two programs for remote sessions to begin with."""

from django.db import migrations, models

TOOLS = {
    "TeamViewer": "teamviewer10://control?device={id}",
    "RustDesk": "rustdesk://connection/new/{id}",
}


def add_tools(apps, schema_editor):
    tool = apps.get_model("tickets", "RemoteTool")
    for name, link in TOOLS.items():
        tool.objects.get_or_create(name=name, defaults={"link_template": link})


class Migration(migrations.Migration):
    dependencies = [("tickets", "0015_held_files")]

    operations = [
        migrations.AddField(
            model_name="datasubject",
            name="set_aside_at",
            field=models.DateTimeField(null=True, verbose_name="does not count since"),
        ),
        migrations.RunPython(add_tools, migrations.RunPython.noop),
    ]
