from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields.ranges import DateRangeField
from django.db import migrations, models

DAYS = models.Func(
    models.F("first"),
    models.F("last"),
    models.Value("[]"),
    function="daterange",
    output_field=DateRangeField(),
)


class Migration(migrations.Migration):
    """Two security administrators granting at once must not make one person two posts."""

    dependencies = [("cadres", "0002_setting_change")]

    operations = [
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=ExclusionConstraint(
                name="role_grant_three_administrators",
                expressions=[
                    (models.F("account"), "="),
                    (DAYS, "&&"),
                    (models.F("role"), "<>"),
                ],
                condition=models.Q(
                    role__in=("system_admin", "security_admin", "auditor")
                ),
                violation_error_code="three_administrators",
                violation_error_message="System administrator, security administrator and auditor must be three different people.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=ExclusionConstraint(
                name="role_grant_security_admin_alone",
                expressions=[
                    (models.F("account"), "="),
                    (DAYS, "&&"),
                    (
                        models.Case(
                            models.When(
                                role="security_admin", then=models.Value(1)
                            ),
                            default=models.Value(0),
                            output_field=models.IntegerField(),
                        ),
                        "<>",
                    ),
                ],
                violation_error_code="security_admin_alone",
                violation_error_message="A security administrator holds no other role.",
            ),
        ),
    ]
