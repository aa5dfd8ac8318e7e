import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visits_filedreportplace
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON visits_filedreportplace
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
"""
UNGUARD = """
DROP TRIGGER append_only ON visits_filedreportplace;
DROP TRIGGER never_emptied ON visits_filedreportplace;
"""
OF_A_PLACE = Q(kind="officials", place__isnull=True) | (
    ~Q(kind="officials") & Q(place__isnull=False)
)


class Migration(migrations.Migration):
    """The country, or several places, is no row of a list: a report keeps its parts."""

    dependencies = [
        ("cadres", "0009_audit_log"),
        ("visits", "0012_notices_of_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="FiledReportPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cadres.district")),
                ("report", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="places_in_it", to="visits.filedreport")),
            ],
            options={
                "verbose_name": "place of a filed report",
                "constraints": [
                    models.UniqueConstraint(fields=("report", "place"), name="filed_report_place_once"),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RemoveConstraint("filedreport", "filed_report_of_a_place_or_of_officials"),
        migrations.AddConstraint(
            "filedreport",
            models.CheckConstraint(
                name="filed_report_of_a_place_or_of_officials",
                condition=OF_A_PLACE
                | Q(kind__in=("districts", "burden"), place__isnull=True),
            ),
        ),
    ]
