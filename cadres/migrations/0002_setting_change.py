import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

REFUSE = """
CREATE FUNCTION setting_change_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'changes of settings are kept as they are';
END $$;
CREATE TRIGGER setting_change_append_only
    BEFORE UPDATE OR DELETE ON cadres_settingchange
    FOR EACH ROW EXECUTE FUNCTION setting_change_is_kept();
"""
ALLOW = """
DROP TRIGGER setting_change_append_only ON cadres_settingchange;
DROP FUNCTION setting_change_is_kept();
"""


class Migration(migrations.Migration):
    """Limits decide what people are warned of: who moved one must stay on record."""

    dependencies = [("cadres", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SettingChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="name")),
                ("before", models.PositiveIntegerField(null=True)),
                ("after", models.PositiveIntegerField(null=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a setting",
                "indexes": [
                    models.Index(fields=["-at", "-id"], name="setting_change_newest")
                ],
            },
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
