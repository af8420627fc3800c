"""Staff of before keep what they could do by the API, which is what a manager may."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def make_managers(apps: Any, _schema_editor: Any) -> None:
    """Put staff who have neither groups nor permissions of their own into the group of managers.

    The group's permissions are filled in after the migrations, from the table of who may what.
    """
    person_table = apps.get_model("accounts", "User")
    people = person_table.objects.filter(
        is_staff=True, is_superuser=False, groups=None, user_permissions=None
    )
    if not people.exists():
        return
    group, _made = apps.get_model("auth", "Group").objects.get_or_create(name="manager")
    for person in people.iterator():
        person.groups.add(group)


class Migration(migrations.Migration):
    """Rows only; nothing to do where nobody is staff without a role."""

    dependencies = [
        ("accounts", "0006_old_keys"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(make_managers, migrations.RunPython.noop)]
