import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import groundswell.workspaces.tenancy

# In a workspace one sees its members and nobody else, and of them no password.
SHOW_MEMBERS = """
ALTER TABLE people_person ENABLE ROW LEVEL SECURITY;
CREATE POLICY people_person_members ON people_person FOR SELECT TO groundswell_app
    USING (id IN (SELECT person_id FROM people_member));
GRANT SELECT (id, email, name) ON people_person TO groundswell_app;
"""
HIDE_MEMBERS = """
REVOKE SELECT (id, email, name) ON people_person FROM groundswell_app;
DROP POLICY people_person_members ON people_person;
ALTER TABLE people_person DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("workspaces", "0001_make_workspaces"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateCount",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("window_ends_at", models.DateTimeField(db_index=True)),
                ("tries", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=groundswell.workspaces.tenancy.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email", django.db.models.functions.text.Lower("email"))
                        ),
                        name="email_in_lower_case",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
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
                ("name", models.CharField(max_length=100)),
                ("start", models.CharField(max_length=12)),
                ("secret_hash", models.BinaryField(unique=True)),
                ("scopes", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "id"), name="people_apitoken_workspace_id"
                    ),
                    groundswell.workspaces.tenancy.RowLevelSecurity(
                        column="workspace_id",
                        force=False,
                        grants=("SELECT", "INSERT", "UPDATE", "DELETE"),
                        name="people_apitoken_rls",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
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
                ("email", models.EmailField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("viewer", "Viewer"),
                            ("editor", "Editor"),
                            ("approver", "Approver"),
                            ("finance", "Finance"),
                            ("admin", "Admin"),
                            ("owner", "Owner"),
                        ],
                        max_length=10,
                    ),
                ),
                ("secret_hash", models.BinaryField(unique=True)),
                ("invited_by", models.CharField(max_length=200)),
                ("invited_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
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
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "id"), name="people_invitation_workspace_id"
                    ),
                    groundswell.workspaces.tenancy.RowLevelSecurity(
                        column="workspace_id",
                        force=False,
                        grants=("SELECT", "INSERT", "UPDATE", "DELETE"),
                        name="people_invitation_rls",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                        fields=("workspace", "email"),
                        name="one_open_invitation",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Member",
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
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("viewer", "Viewer"),
                            ("editor", "Editor"),
                            ("approver", "Approver"),
                            ("finance", "Finance"),
                            ("admin", "Admin"),
                            ("owner", "Owner"),
                        ],
                        max_length=10,
                    ),
                ),
                ("joined_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "id"), name="people_member_workspace_id"
                    ),
                    groundswell.workspaces.tenancy.RowLevelSecurity(
                        column="workspace_id",
                        force=False,
                        grants=("SELECT", "INSERT", "UPDATE", "DELETE"),
                        name="people_member_rls",
                    ),
                    models.UniqueConstraint(fields=("workspace", "person"), name="member_once"),
                ],
            },
        ),
        migrations.RunSQL(SHOW_MEMBERS, HIDE_MEMBERS),
    ]
