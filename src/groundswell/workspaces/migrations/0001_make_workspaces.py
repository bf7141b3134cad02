import django.db.models.deletion
from django.db import migrations, models

import groundswell.workspaces.models
import groundswell.workspaces.tenancy

MAKE_ROLE = """
DO $$
BEGIN
    CREATE ROLE groundswell_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- roles belong to the server: another database of ours made it
END $$;
GRANT groundswell_app TO CURRENT_USER;
GRANT USAGE ON SCHEMA public TO groundswell_app;
CREATE FUNCTION groundswell_workspace() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT NULLIF(current_setting('groundswell.workspace', true), '')::uuid $$;
"""
FORGET_ROLE = """
DROP FUNCTION groundswell_workspace();
REVOKE USAGE ON SCHEMA public FROM groundswell_app;
"""
KEEP_JOURNAL = """
CREATE FUNCTION groundswell_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal only grows: % of % refused', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER journal_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE
    ON workspaces_journalentry FOR EACH STATEMENT EXECUTE FUNCTION groundswell_refuse_change();
"""
RELEASE_JOURNAL = """
DROP TRIGGER journal_only_grows ON workspaces_journalentry;
DROP FUNCTION groundswell_refuse_change();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(MAKE_ROLE, FORGET_ROLE),
        migrations.CreateModel(
            name="Workspace",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=groundswell.workspaces.tenancy.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=200)),
                ("currency", models.CharField(default="USD", max_length=3)),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                ("is_synthetic", models.BooleanField(default=False)),
                (
                    "tier_set",
                    models.JSONField(default=groundswell.workspaces.models.default_tier_set),
                ),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    groundswell.workspaces.tenancy.RowLevelSecurity(
                        column="id",
                        force=False,
                        grants=("SELECT", "UPDATE"),
                        name="workspaces_workspace_rls",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=groundswell.workspaces.tenancy.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=200)),
                ("event", models.CharField(max_length=100)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("rows", models.PositiveBigIntegerField(default=1)),
                ("details", models.JSONField(default=dict)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "journal entries",
                "abstract": False,
                "indexes": [models.Index(fields=["workspace", "at"], name="journal_by_time")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "id"), name="workspaces_journalentry_workspace_id"
                    ),
                    groundswell.workspaces.tenancy.RowLevelSecurity(
                        column="workspace_id",
                        force=True,
                        grants=("SELECT", "INSERT"),
                        name="workspaces_journalentry_rls",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP_JOURNAL, RELEASE_JOURNAL),
    ]
