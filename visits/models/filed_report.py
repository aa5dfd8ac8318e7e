"""Reports that were filed: what was asked, by whom, and the figures of that day."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, District, Labelled, Unit
from visits.models.action import Action
from visits.models.visit import new_reference
from visits.rules.report_kinds import OF_SEVERAL, Boundaries, ReportKind


class FiledReportQuerySet(models.QuerySet["FiledReport"]):
    def visible_to(self, user: Account) -> Self:
        """Those whose places or office, or all of whose officials, one may report on.

        While a report counts visits that are still hidden, it is its filer's alone.
        """
        here = _at_places(user, "visits.view_district_report")
        parts = FiledReportPlace.objects.filter(report=OuterRef("pk"))
        place = here | Q(Exists(parts), ~Exists(parts.exclude(here)))
        # Letters are exact in that of an office: it stays there.
        place &= Q(office__isnull=True)
        for scope in user.scopes("visits.route_letter"):
            place |= Q(scope.q(place="office__place", unit="office"))
        # Topics have names, which are for those who may see them all.
        place &= ~Q(kind=ReportKind.TOPICS) | _at_places(
            user, "visits.view_investigation"
        )
        strangers = FiledReportOfficial.objects.filter(report=OuterRef("pk")).exclude(
            official__in=Cadre.objects.reportable_by(user)
        )
        people = Q(~Exists(strangers), kind=ReportKind.OFFICIALS)
        if not user.has_perm("visits.view_official_report"):
            people = Q(pk__in=[])
        is_open = Q(open_from__isnull=True) | Q(open_from__lte=timezone.now())
        return self.filter(place | people).filter(is_open | Q(filed_by=user))


def _at_places(user: Account, permission: str) -> Q:
    found = Q(pk__in=[])
    if user.has_perm(permission):
        for scope in user.scopes(permission):
            if scope.place is not None:
                found |= scope.q(place="place", unit="")
    return found


class FiledReport(Labelled):
    """One report as it stood when it was filed; its reference is its number.

    A trigger refuses UPDATE, DELETE and TRUNCATE. `content` is what
    `visits.reports.filed_report` writes and reads: every figure with its words in
    every language of the product, so that later definitions change nothing of it.
    """

    reference = models.CharField(
        max_length=8, unique=True, default=new_reference, editable=False
    )
    kind = models.CharField(_("report"), max_length=9, choices=ReportKind)
    place = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The petition office whose letters are counted.
    office = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+"
    )
    period = models.CharField(max_length=8)
    action = models.ForeignKey(
        Action, models.PROTECT, null=True, blank=True, related_name="+"
    )
    boundaries = models.CharField(
        max_length=4, choices=Boundaries, default=Boundaries.THEN
    )
    # Today, as the question understood it: what was overdue or unvisited by then.
    as_of = models.DateField()
    unvisited_months = models.PositiveSmallIntegerField()
    # Where the filer's role held, in words.
    reach = models.JSONField(default=list, blank=True)
    note = models.CharField(_("what it is for"), max_length=100, blank=True)
    content = models.JSONField()
    filed_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+"
    )
    filed_at = models.DateTimeField(default=timezone.now)
    # When the last hidden visit in it is no longer hidden.
    open_from = models.DateTimeField(null=True, blank=True, editable=False)
    client_key = models.UUIDField(editable=False)

    objects = FiledReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("filed report")
        indexes = [models.Index(fields=["-filed_at", "-id"], name="filed_report_order")]
        constraints = [
            models.UniqueConstraint(
                fields=["filed_by", "client_key"],
                name="filed_report_sent_once_per_person",
            ),
            models.CheckConstraint(
                name="filed_report_of_a_place_or_of_officials",
                condition=Q(kind=ReportKind.OFFICIALS, place__isnull=True)
                | (~Q(kind=ReportKind.OFFICIALS) & Q(place__isnull=False))
                | Q(kind__in=OF_SEVERAL, place__isnull=True),
            ),
            models.CheckConstraint(
                name="filed_report_of_an_office_is_of_letters",
                condition=Q(kind=ReportKind.PETITION, office__isnull=False)
                | Q(kind=ReportKind.LETTERS)
                | (~Q(kind=ReportKind.PETITION) & Q(office__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.printed_reference

    def get_absolute_url(self) -> str:
        return reverse("visits:filed_detail", args=[self.reference])

    @property
    def borders(self) -> str | Promise:
        """Whose borders it counts by, in words."""
        return Boundaries(self.boundaries).of(self.kind)

    @property
    def printed_reference(self) -> str:
        return f"{self.reference[:4]}-{self.reference[4:]}"


class FiledReportOfficial(models.Model):
    """One official of a filed report; append-only as the report itself."""

    report = models.ForeignKey(
        FiledReport, models.PROTECT, related_name="officials_in_it"
    )
    official = models.ForeignKey(Cadre, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("official of a filed report")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "official"], name="filed_report_official_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.official_id}"


class FiledReportPlace(models.Model):
    """One of several places that a report was filed of together."""

    report = models.ForeignKey(FiledReport, models.PROTECT, related_name="places_in_it")
    place = models.ForeignKey(District, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("place of a filed report")
        constraints = [
            models.UniqueConstraint(
                fields=["report", "place"], name="filed_report_place_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.place_id}"
