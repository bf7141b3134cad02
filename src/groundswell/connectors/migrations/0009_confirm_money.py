"""Keep with each question how much money somebody lets it spend."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connectors", "0008_connect_again")]

    operations = [
        migrations.AddField(
            model_name="watch",
            name="cents_left",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
