from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("discovery", "0001_save_searches"),
    ]

    operations = [
        migrations.AddField(
            model_name="savedsearch",
            name="like",
            field=models.JSONField(default=list),
        ),
    ]
