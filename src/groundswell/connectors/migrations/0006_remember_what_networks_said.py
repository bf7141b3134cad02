from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connectors", "0005_keep_orders")]

    operations = [
        migrations.AddField("brought", "filled", models.JSONField(null=True)),
        # Of syncs that were before nobody knows: they keep null.
        migrations.AddField("sync", "publications", models.JSONField(null=True)),
        migrations.AlterField("sync", "publications", models.JSONField(default=list, null=True)),
    ]
