"""Give plans of before the reach that their documents say."""

from django.db import migrations

# The tables' owner is held to the policy, and no workspace is entered here.
FILL = """
ALTER TABLE planning_plan NO FORCE ROW LEVEL SECURITY;
UPDATE planning_plan SET
    reach = (document #>> '{forecast,reach,value}')::float8,
    reach_low = (document #>> '{forecast,reach,low}')::float8,
    reach_high = (document #>> '{forecast,reach,high}')::float8;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE planning_plan FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("planning", "0002_version_and_draft_plans")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
