"""Officials: who they are, what they are in charge of, where they belong."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cadres.models.district import District
from cadres.models.labelled import Labelled
from cadres.models.unit import Unit

if TYPE_CHECKING:
    from cadres.models.account import Account


class RankBand(models.TextChoices):
    PROVINCE = "province", _("Province leader")
    PROVINCE_DEPARTMENT = "province_department", _("Province department leader")
    PREFECTURE = "prefecture", _("Prefecture leader")
    PREFECTURE_DEPARTMENT = "prefecture_department", _("Prefecture department leader")
    COUNTY = "county", _("County leader")
    COUNTY_DEPARTMENT = "county_department", _("County department leader")
    TOWNSHIP = "township", _("Township leader")
    VILLAGE = "village", _("Village leader")


class CadreQuerySet(models.QuerySet["Cadre"]):
    def visible_to(self, user: "Account") -> Self:
        """Oneself, those one acts for, and those of one's places and units."""
        if not user.has_perm("cadres.view_cadre"):
            return self.none()
        return self.in_reach(user, "cadres.view_cadre")

    def plannable_by(self, user: "Account", *, on: date) -> Self:
        """For whom this account may plan: itself, mandates of that day, its scope."""
        if not user.has_perm("visits.plan_visit"):
            return self.none()
        still_here = Q(left_on__isnull=True) | Q(left_on__gte=on)
        return self.filter(still_here).in_reach(user, "visits.plan_for_scope")

    def reportable_by(self, user: "Account") -> Self:
        """On whom this account may read reports."""
        if not user.has_perm("visits.view_official_report"):
            return self.none()
        return self.in_reach(user, "visits.report_on_scope")

    def editable_by(self, user: "Account") -> Self:
        """Those of the units in one's scope, and nobody else: not oneself as such."""
        return self.in_scopes_of(user, "cadres.edit_cadre")

    def in_scopes_of(self, user: "Account", permission: str) -> Self:
        """Those of the units where one holds this permission today."""
        return self.filter(user.reach(permission, place="unit__place", unit="unit"))

    def pickable_by(self, user: "Account") -> Self:
        """Whom an administrator may name: the officials of their scope."""
        reach = Q(pk__in=[])
        for permission in ("cadres.manage_accounts", "cadres.manage_roles"):
            reach |= user.reach(permission, place="unit__place", unit="unit")
        return self.filter(reach)

    def here(self, *, on: date) -> Self:
        """Those who have not left by that day."""
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gte=on))

    def matching(self, text: str) -> Self:
        """Name, or the beginning of its pinyin or initials."""
        typed = text.strip()
        lowered = typed.lower().replace(" ", "")
        return self.filter(
            Q(name__contains=typed)
            | Q(pinyin__startswith=lowered)
            | Q(initials__startswith=lowered)
        )

    def in_reach(self, user: "Account", permission: str) -> Self:
        """Oneself, those one acts for, and all in the scopes of `permission`."""
        own = Q(pk__in=user.acts_for_ids())
        scope = user.reach(permission, place="unit__place", unit="unit")
        return self.filter(own | scope)

    def with_post(self, *, on: date) -> Self:
        """Annotate `post`: the title held on that day."""
        held = (
            Post.objects.filter(cadre=OuterRef("pk"), first__lte=on)
            .filter(Q(last__isnull=True) | Q(last__gte=on))
            .order_by("-first", "pk")
        )
        return self.annotate(post=Subquery(held.values("title")[:1]))


class Cadre(Labelled):
    """A leading official. May have an account; may be planned for by others."""

    name = models.CharField(_("name"), max_length=50)
    pinyin = models.CharField(max_length=150, editable=False)
    initials = models.CharField(max_length=50, editable=False)
    rank_band = models.CharField(_("rank"), max_length=24, choices=RankBand)
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("unit"), related_name="cadres"
    )
    remit = models.CharField(_("remit"), max_length=200, blank=True)
    # Where an official comes from, to see conflicts of interest, never to rank.
    home_places = models.ManyToManyField(
        District, blank=True, verbose_name=_("home places"), related_name="+"
    )
    left_on = models.DateField(_("left on"), null=True, blank=True)
    # Annotated by `with_post`.
    post: str | None

    objects = CadreQuerySet.as_manager()

    class Meta:
        verbose_name = _("official")
        indexes = [models.Index(fields=["unit", "name"], name="cadre_unit_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cadres:cadre_detail", args=[self.pk])


class Post(models.Model):
    """A title that an official holds or held; both days belong to it."""

    cadre = models.ForeignKey(Cadre, models.CASCADE, related_name="posts")
    title = models.CharField(_("post"), max_length=100)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    first = models.DateField(_("from"))
    last = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("post")
        constraints = [
            models.CheckConstraint(
                name="post_first_before_last",
                condition=Q(last__isnull=True) | Q(last__gte=F("first")),
                violation_error_message=_("A post cannot end before it begins."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class ContactPoint(models.Model):
    """A place that an official keeps in touch with (联系点)."""

    cadre = models.ForeignKey(Cadre, models.CASCADE, related_name="contact_points")
    place = models.ForeignKey(
        District, models.PROTECT, verbose_name=_("place"), related_name="contacts"
    )
    first = models.DateField(_("from"))
    last = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact point")
        constraints = [
            models.UniqueConstraint(
                fields=["cadre", "place", "first"], name="contact_point_once"
            ),
            models.CheckConstraint(
                name="contact_point_first_before_last",
                condition=Q(last__isnull=True) | Q(last__gte=F("first")),
                violation_error_message=_("A contact point cannot end so early."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cadre} – {self.place}"
