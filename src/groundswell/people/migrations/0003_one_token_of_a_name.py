"""Let a member have one token of a name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_name_tokens_apart")]

    operations = [
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)),
                fields=("workspace", "person", "name"),
                name="one_token_of_a_name",
            ),
        ),
    ]
