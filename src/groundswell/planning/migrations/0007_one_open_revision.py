"""Let a version of a plan be revised by one at a time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("planning", "0006_end_parallel_revisions")]

    operations = [
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["queued", "planning"])),
                fields=("workspace", "revises"),
                name="one_open_revision",
            ),
        ),
    ]
