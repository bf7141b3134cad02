import django.db.models.deletion
from django.db import migrations, models

import groundswell.workspaces.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("workspaces", "0001_make_workspaces"),
    ]

    operations = [
        migrations.CreateModel(
            name="IdempotencyKey",
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
                ("caller", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=255)),
                ("operation", models.CharField(max_length=300)),
                ("request_hash", models.BinaryField()),
                ("status", models.PositiveSmallIntegerField()),
                ("answer", models.BinaryField()),
                ("made_at", models.DateTimeField()),
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
                "indexes": [
                    models.Index(fields=["workspace", "made_at"], name="idempotency_key_by_time")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "id"), name="workspaces_idempotencykey_workspace_id"
                    ),
                    groundswell.workspaces.tenancy.RowLevelSecurity(
                        column="workspace_id",
                        force=True,
                        grants=("SELECT", "INSERT", "UPDATE", "DELETE"),
                        name="workspaces_idempotencykey_rls",
                    ),
                    models.UniqueConstraint(
                        fields=("workspace", "caller", "key"), name="idempotency_key_once"
                    ),
                ],
            },
        ),
    ]
