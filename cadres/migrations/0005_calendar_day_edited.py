import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Loading a calendar must tell its own days from those that an office entered."""

    dependencies = [("cadres", "0004_account_event")]

    operations = [
        migrations.AddField(
            model_name="calendarday",
            name="edited_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="calendarday",
            name="edited_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
