from django.db import migrations, models


class Migration(migrations.Migration):
    """A scan may show who wrote: then it is opened like an identity, by reason."""

    dependencies = [("visits", "0005_letter_steps_more")]
    operations = [
        migrations.AddField(
            model_name="attachment",
            name="shows_identity",
            field=models.BooleanField(default=True),
        ),
    ]
