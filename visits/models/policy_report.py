"""What our content security policy kept browsers from doing, each kind once."""

from datetime import date
from typing import Self

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from cadres.models import Account

# Strangers may send what they like: more kinds than this are not kept.
MOST = 200
WRITE = """
INSERT INTO visits_policyreport AS known
  (directive, blocked, view, times, first_on, last_on)
SELECT %(directive)s, %(blocked)s, %(view)s, 1, %(on)s, %(on)s
WHERE (SELECT count(*) FROM visits_policyreport) < %(most)s OR EXISTS (
  SELECT FROM visits_policyreport WHERE directive = %(directive)s
    AND blocked = %(blocked)s AND view = %(view)s)
ON CONFLICT (directive, blocked, view) DO UPDATE SET
  times = least(known.times + 1, 999999), last_on = EXCLUDED.last_on
"""


class PolicyReportQuerySet(models.QuerySet["PolicyReport"]):
    def visible_to(self, user: Account) -> Self:
        return self if user.has_perm("visits.view_operation") else self.none()


class PolicyReport(models.Model):
    """Neither who nor when exactly, nor which record: the name of the page alone."""

    directive = models.CharField(max_length=30)
    blocked = models.CharField(max_length=100)
    view = models.CharField(max_length=80)
    times = models.PositiveIntegerField()
    first_on = models.DateField()
    last_on = models.DateField()

    objects = PolicyReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of the content security policy")
        constraints = [
            models.UniqueConstraint(
                fields=["directive", "blocked", "view"], name="policy_report_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.directive} {self.blocked}"

    @classmethod
    def note(cls, *, directive: str, blocked: str, view: str, on: date) -> None:
        values = {"directive": directive, "blocked": blocked, "view": view[:80]}
        with connection.cursor() as cursor:
            cursor.execute(WRITE, values | {"on": on, "most": MOST})
