"""Whoever has an account from before was given it by the station: their addresses count as confirmed."""

from django.conf import settings
from django.db import migrations


def vouch(apps, schema_editor):
    """Give each person without an address row one, in batches; those who have one are left alone."""
    person_model = apps.get_model("accounts", "User")
    address_model = apps.get_model("account", "EmailAddress")
    known = address_model.objects.values("user_id")
    rows = (
        address_model(user_id=pk, email=email.lower(), verified=True, primary=True)
        for pk, email in person_model.objects.exclude(pk__in=known).values_list("pk", "email")
    )
    address_model.objects.bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0004_phone_purpose"),
        ("account", "0009_emailaddress_unique_primary_email"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(vouch, migrations.RunPython.noop, elidable=True),
    ]
