"""The two encoding profiles that every installation starts with."""

from django.db import migrations

from catalog.visuals.profiles import add_standard


def add(apps, schema_editor):
    add_standard(apps.get_model("catalog", "EncodingProfile").objects)


class Migration(migrations.Migration):

    dependencies = [("catalog", "0001_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
