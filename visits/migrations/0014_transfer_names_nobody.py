from django.db import migrations, models


class Migration(migrations.Migration):
    """A letter goes on without a named party only if two officers say it has none."""

    dependencies = [("visits", "0013_letter_late_requests")]
    operations = [
        migrations.AddField(
            model_name="sealtransfer",
            name="names_nobody",
            field=models.BooleanField(default=False),
        ),
    ]
