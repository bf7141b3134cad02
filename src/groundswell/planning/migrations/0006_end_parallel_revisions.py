"""Cancel what revises a version of a plan that somebody else was having revised first."""

from django.db import migrations

# The tables' owner is held to the policy, and no workspace is entered here.
CANCEL = """
ALTER TABLE planning_draft NO FORCE ROW LEVEL SECURITY;
UPDATE planning_draft later SET state = 'cancelled'
WHERE later.state IN ('queued', 'planning') AND EXISTS (
    SELECT FROM planning_draft first
    WHERE first.revises_id = later.revises_id AND first.state IN ('queued', 'planning')
        AND (first.asked_at, first.id) < (later.asked_at, later.id)
);
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE planning_draft FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("planning", "0005_study_plans")]

    operations = [migrations.RunSQL(CANCEL, migrations.RunSQL.noop)]
