"""The profiles of strictly constant bit rate."""

from django.db import migrations

from catalog.visuals.profiles import add_constant


def add(apps, schema_editor):
    add_constant(apps.get_model("catalog", "EncodingProfile").objects)


class Migration(migrations.Migration):

    dependencies = [("catalog", "0003_titles_and_joins")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
