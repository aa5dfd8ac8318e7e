import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Who opened, changed and closed accounts, and who gave and ended roles."""

    dependencies = [("cadres", "0003_three_administrators")]

    operations = [
        migrations.CreateModel(
            name="AccountEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "Account opened"),
                            ("changed", "Account changed"),
                            ("closed", "Account closed"),
                            ("reopened", "Account reopened"),
                            ("password_reset", "Password reset"),
                            ("role_granted", "Role given"),
                            ("role_ended", "Role ended"),
                            ("mandate_given", "Mandate given"),
                            ("mandate_ended", "Mandate ended"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("about", models.JSONField(default=dict)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "event"},
        ),
        migrations.AddIndex(
            model_name="accountevent",
            index=models.Index(fields=["account", "-at"], name="account_event_latest"),
        ),
    ]
