"""Remember for which connection somebody left, when it is to be mended."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import groundswell.workspaces.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("connectors", "0007_listen_by_itself"),
        ("workspaces", "0002_keep_answers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="departure",
            name="connection",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="connectors.connection",
            ),
        ),
        migrations.AddConstraint(
            model_name="departure",
            constraint=groundswell.workspaces.tenancy.SameWorkspace(
                "connection", name="connectors_departure_connection_fk"
            ),
        ),
    ]
