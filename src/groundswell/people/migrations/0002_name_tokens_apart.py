"""Tell tokens apart that one member gave the same name: by their beginning, as lists show it."""

from django.db import migrations

RENAME = """
UPDATE people_apitoken later SET name = left(later.name, 86) || ' ' || later.start
WHERE later.revoked_at IS NULL AND EXISTS (
    SELECT FROM people_apitoken first
    WHERE first.workspace_id = later.workspace_id AND first.person_id = later.person_id
        AND first.name = later.name AND first.revoked_at IS NULL
        AND (first.made_at, first.id) < (later.made_at, later.id)
);
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_make_people")]

    operations = [migrations.RunSQL(RENAME, migrations.RunSQL.noop)]
