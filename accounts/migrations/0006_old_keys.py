# Keys of before lay in the database as they are. Each becomes an API key that may do all that its person may, by its
# digest only, so whoever uses one goes on; their table goes, since it would keep people from being deleted too.
from django.db import migrations

TABLE = "authtoken_token"
COPY = """
INSERT INTO accounts_apikey (id, person_id, name, prefix, digest, actions, stations, created_at)
SELECT gen_random_uuid(), user_id, 'Key from before', left(key, 12), encode(sha256(convert_to(key, 'UTF8')), 'hex'),
       ARRAY['write'], ARRAY[]::uuid[], created
FROM authtoken_token
ON CONFLICT (prefix) DO NOTHING
"""


def take_over(apps, schema_editor):
    if TABLE not in schema_editor.connection.introspection.table_names():
        return
    apps.get_model("contenttypes", "ContentType").objects.filter(app_label="authtoken").delete()
    schema_editor.execute(COPY)
    schema_editor.execute(f"DROP TABLE {TABLE}")
    schema_editor.execute("DELETE FROM django_migrations WHERE app = 'authtoken'")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_vouch_for_addresses'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [migrations.RunPython(take_over, migrations.RunPython.noop)]
