from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connectors", "0006_remember_what_networks_said")]

    operations = [
        migrations.AlterField(
            model_name="watch",
            name="way",
            field=models.CharField(
                choices=[
                    ("search", "search"),
                    ("hashtag", "hashtag"),
                    ("account", "account"),
                    ("own", "own"),
                    ("orders", "orders"),
                    ("refresh", "refresh"),
                    ("live", "live"),
                ],
                max_length=10,
            ),
        ),
    ]
