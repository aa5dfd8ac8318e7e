from django.db import migrations, models


class Migration(migrations.Migration):
    """A scan may show who wrote: then it is opened like an identity, by reason."""

    dependencies = [("visits", "0008_letter_queue_number")]
    operations = [
        migrations.AddField(
            model_name="attachment",
            name="shows_identity",
            field=models.BooleanField(default=True),
        ),
    ]
