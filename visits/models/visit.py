"""Visits: one team, one plan; planned, held, confirmed."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache, reduce
from operator import or_
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.addresses import address_of
from cadres.models import (
    Account,
    Bigrams,
    Cadre,
    District,
    Labelled,
    Placed,
    Unit,
)
from cadres.models.condition import (
    Condition,
    among,
    keys_of,
    one_of,
    written_once,
)
from cadres.models.statement import Slot, each
from visits.rules.activities import Activity
from visits.rules.briefing import briefed_until
from visits.rules.visit_states import (
    BOOKED,
    EDITABLE,
    HELD,
    TO_COME,
    Mode,
    Part,
    VisitState,
)

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """A random name for a record: gaps and order tell nothing to a stranger."""
    return "".join(secrets.choice(ALPHABET) for _i in range(8))


def _team(**of: Any) -> Exists:
    return Exists(VisitOfficial.objects.filter(visit=OuterRef("pk"), **of))


def plannable_by(user: Account) -> RawSQL:
    """Keys of the officials for whom this person may plan today."""
    return written_once(
        user,
        "plannable",
        lambda: keys_of(Cadre.objects.plannable_by(user, on=timezone.localdate())),
    )


def _own(user: Account, **of: Any) -> Q:
    """Of officials one acts for, and one's own plans; `of` says in which part."""
    ids, plans = user.acts_for_ids(), user.has_perm("visits.plan_visit")
    if not ids and not plans:
        return Q(pk__in=[])

    def mine() -> Condition:
        plannable = plannable_by(user) if plans else None
        form = _own_form(plans=plans, **of)
        return form.filled(officials=each(ids), plannable=plannable, planner=user.pk)

    return Q(written_once(user, " ".join(["own visits", *of.values()]), mine))


@cache
def _own_form(*, plans: bool, **of: Any) -> Condition:
    """With slots for the account: written once for a process."""
    officials, plannable = (
        Slot(name, models.BigIntegerField()) for name in ("officials", "plannable")
    )
    team = VisitOfficial.objects.filter(official__in=officials, **of)
    rows = among("pk", keys_of(team, "visit"))
    if plans:
        # What stands in the row goes first: PostgreSQL keeps to the order.
        mine = Q(planned_by=Slot("planner", models.BigIntegerField()))
        rows |= mine & Q(_team(official__in=plannable, **of))
    return Condition(Visit.objects.filter(rows))


def _led_by(user: Account) -> Q:
    return Q(_team(official=user.cadre_id, part=Part.LEAD))


def _revealed() -> Q:
    return Q(hidden_until__isnull=True) | Q(hidden_until__lte=timezone.now())


def _in_scopes(user: Account, permission: str, *, with_places: bool = False) -> list[Q]:
    """Visits of the units in one's scopes and, if wanted, to the places there."""
    parts = _parts(user, permission, with_places=with_places)
    if all(it.is_narrow for it in user.scopes(permission)):
        return [Q(pk__in=keys_of(it, "visit")) for it in parts]
    return [Q(Exists(it.filter(visit=OuterRef("pk")))) for it in parts]


def _parts(
    user: Account, permission: str, *, with_places: bool
) -> "list[models.QuerySet[Any]]":
    """What a visit has there: officials, and stops."""
    scopes = user.scopes(permission)
    parts: list[models.QuerySet[Any]] = []
    if any(scope.place or scope.unit_id for scope in scopes):
        theirs = user.reach(permission, place="unit__place", unit="unit")
        parts.append(VisitOfficial.objects.filter(theirs))
    if with_places and any(scope.place for scope in scopes):
        parts.append(Stop.objects.filter(user.reach(permission, place="")))
    return parts


def sees_few_visits(user: Account) -> bool:
    return all(it.is_narrow for it in user.scopes("visits.view_visit"))


def _any_of(user: Account, permission: str, ways: Iterable[Q]) -> Q:
    if all(it.is_narrow for it in user.scopes(permission)):
        return one_of(*(Visit.objects.filter(way) for way in ways))
    return reduce(or_, ways)


def keys_seen_by(user: Account) -> RawSQL:
    """Of the visits that are `visible_to` this person, to be read as one set."""
    told = _revealed() & ~Q(state=VisitState.DRAFT)
    parts = _parts(user, "visits.view_visit", with_places=True)
    ways = [_own(user), *(Q(pk__in=keys_of(it, "visit")) & told for it in parts)]
    first, *others = (Visit.objects.filter(way).values("pk") for way in ways)
    return keys_of(first.union(*others, all=True))


def open_to_brief(own: Any, *, now: datetime) -> Q:
    """Of visits one sees; `own` is what makes one their own."""
    open_now = Q(starts_on__lte=briefed_until(timezone.localtime(now)))
    return Q(own, state__in=EDITABLE) | Q(open_now, state__in=TO_COME)


class VisitQuerySet(models.QuerySet["Visit"]):
    def own_of(self, user: Account) -> Self:
        """Visits of officials one acts for; and one's own plans, while one may plan.

        A liaison whose mandate has ended loses the visits with it.
        """
        return self.filter(_own(user))

    def revealed(self) -> Self:
        """Without the unannounced ones that are not over yet (handbook 4.3)."""
        return self.filter(_revealed())

    def visible_to(self, user: Account) -> Self:
        """Own visits; and revealed ones at one's places or of one's units.

        A hidden visit is seen by its team, its liaisons and its planner, by nobody
        else: not by the visited place, not by the offices above it.
        """
        if not user.has_perm("visits.view_visit"):
            return self.none()
        permission, told = "visits.view_visit", _revealed() & ~Q(state=VisitState.DRAFT)
        others = _in_scopes(user, permission, with_places=True)
        ways = [_own(user), *(way & told for way in others)]
        return self.filter(_any_of(user, permission, ways))

    def countable_by(self, user: Account) -> Self:
        """What counts and ages may rest on: revealed, or one's own."""
        return self.filter(_revealed() | _own(user))

    def changeable_by(self, user: Account) -> Self:
        """Whose plan and log this account may write: as for planning."""
        if not user.has_perm("visits.plan_visit"):
            return self.none()
        permission = "visits.plan_for_scope"
        others = (way & _revealed() for way in _in_scopes(user, permission))
        ways = [_own(user, part=Part.LEAD), *others]
        return self.filter(_any_of(user, permission, ways))

    def approvable_by(self, user: Account) -> Self:
        """The lead's own visits; revealed ones of the units one heads."""
        if not user.has_perm("visits.approve_visit"):
            return self.none()
        permission = "visits.approve_for_scope"
        others = (way & _revealed() for way in _in_scopes(user, permission))
        return self.filter(_any_of(user, permission, [_led_by(user), *others]))

    def confirmable_by(self, user: Account) -> Self:
        """Only the lead confirms what was written for them."""
        if not user.has_perm("visits.confirm_visit"):
            return self.none()
        return self.filter(_led_by(user))

    def to_log_by(self, user: Account, *, now: datetime) -> Self:
        """Over, and not logged: own ones that this account may log."""
        if not user.has_perm("visits.log_visit"):
            return self.none()
        return self.own_of(user).changeable_by(user).unlogged(now=now)

    def unlogged(self, *, now: datetime) -> Self:
        return self.to_come().filter(ends_at__lte=now)

    def to_confirm_by(self, user: Account) -> Self:
        """Logged by others, and waiting for the lead's word."""
        return self.confirmable_by(user).filter(state=VisitState.LOGGED)

    def to_approve_by(self, user: Account, *, now: datetime) -> Self:
        waiting = self.filter(state=VisitState.PLANNED, starts_at__gt=now)
        return waiting.approvable_by(user)

    def drafts_of(self, user: Account) -> Self:
        """Drafts that this account may finish."""
        mine = self.own_of(user).changeable_by(user)
        return mine.filter(state=VisitState.DRAFT)

    def to_brief(self, user: Account, *, now: datetime) -> Self:
        """Whose briefing may be read: from the evening before; own ones at any time."""
        return self.visible_to(user).filter(open_to_brief(_own(user), now=now))

    def booked(self) -> Self:
        """Those that take (or took) their officials' time."""
        return self.filter(state__in=BOOKED)

    def held(self) -> Self:
        """Those that took place, as far as their log says."""
        return self.filter(state__in=HELD)

    def to_come(self) -> Self:
        return self.filter(state__in=TO_COME)

    def between(self, first: date, last: date) -> Self:
        """Visits of which some day lies in the period; both days included.

        Those that begin in it, and those of several days that began before: each by an
        index of its own.
        """
        begin = Q(starts_on__gte=first, starts_on__lte=last)
        go_on = Q(starts_on__lt=first, ends_on__gte=first, ends_on__gt=F("starts_on"))
        return self.filter(begin | go_on)


class Visit(Labelled):
    """One team, one plan: where it goes, why, and what came of it."""

    reference = models.CharField(
        _("reference"), max_length=8, unique=True, default=new_reference, editable=False
    )
    state = models.CharField(
        _("state"), max_length=10, choices=VisitState, default=VisitState.DRAFT
    )
    mode = models.CharField(
        _("mode"), max_length=13, choices=Mode, default=Mode.ANNOUNCED
    )
    purpose = models.CharField(_("purpose or topic"), max_length=200)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        verbose_name=_("organised by"),
        related_name="visits",
        db_index=False,
    )
    action = models.ForeignKey(
        "visits.Action",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("unified action"),
        related_name="visits",
        db_index=False,
    )
    is_contact_point = models.BooleanField(_("to a contact point"), default=False)
    is_emergency = models.BooleanField(_("emergency"), default=False)

    # The span of its stops, kept with them in one transaction; days are local.
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    starts_on = models.DateField(editable=False)
    ends_on = models.DateField(editable=False)
    hidden_until = models.DateTimeField(null=True, editable=False)

    # People who come along, by where they come from; planned, then as it was.
    escorts_own = models.PositiveSmallIntegerField(_("from the own office"), default=0)
    escorts_superior = models.PositiveSmallIntegerField(
        _("from superior departments"), default=0
    )
    escorts_prefecture = models.PositiveSmallIntegerField(
        _("from the prefecture"), default=0
    )
    escorts_county = models.PositiveSmallIntegerField(_("from the county"), default=0)
    escorts_township = models.PositiveSmallIntegerField(
        _("from the township"), default=0
    )
    vehicles = models.PositiveSmallIntegerField(_("vehicles"), default=1)
    press = models.PositiveSmallIntegerField(_("press people"), default=0)
    materials = ArrayField(
        models.CharField(max_length=100),
        verbose_name=_("materials requested from the place"),
        default=list,
        blank=True,
    )
    crowding_reason = models.CharField(
        _("reason for going all the same"), max_length=200, blank=True
    )
    actual_escorts = models.PositiveSmallIntegerField(
        _("escorts in fact"), null=True, blank=True
    )
    summary = models.TextField(
        _("short account"), blank=True, validators=[MaxLengthValidator(500)]
    )
    reason_ended = models.CharField(_("reason"), max_length=200, blank=True)

    planned_by = models.ForeignKey(
        Account, models.PROTECT, related_name="planned_visits", db_index=False
    )
    client_key = models.UUIDField(editable=False)
    logged_by = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", editable=False
    )
    logged_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", editable=False
    )
    confirmed_at = models.DateTimeField(null=True, editable=False)
    # Goes up with every change, so that a stale form is noticed.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        indexes = [
            models.Index(fields=["starts_on", "id"], name="visit_by_day"),
            models.Index(fields=["unit", "starts_on", "id"], name="visit_unit_day"),
            models.Index(fields=["planned_by", "starts_on"], name="visit_planner_day"),
            models.Index(
                fields=["ends_at", "id"],
                condition=Q(state__in=TO_COME),
                name="visit_to_come",
            ),
            models.Index(
                fields=["ends_on"],
                condition=Q(ends_on__gt=F("starts_on")),
                name="visit_of_days",
            ),
            models.Index(
                fields=["hidden_until"],
                condition=Q(hidden_until__isnull=False),
                name="visit_hidden_until",
            ),
            # Few; reports take what they added away.
            models.Index(
                fields=["hidden_until"],
                condition=Q(hidden_until__isnull=False, state__in=HELD),
                name="visit_held_and_hidden",
            ),
            models.Index(
                fields=["action"],
                condition=Q(action__isnull=False),
                name="visit_of_action",
            ),
            GinIndex(Bigrams(F("purpose")), name="visit_purpose_bigrams"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["planned_by", "client_key"], name="visit_sent_once_per_person"
            ),
            models.CheckConstraint(
                name="visit_begins_before_it_ends",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The end must lie after the beginning."),
            ),
            models.CheckConstraint(
                name="visit_ended_with_reason",
                condition=~Q(
                    state__in=[VisitState.CANCELLED, VisitState.NOT_HELD],
                    reason_ended="",
                ),
                violation_error_message=_("Say why the visit does not take place."),
            ),
            models.CheckConstraint(
                name="visit_logged_iff_held",
                condition=Q(state__in=HELD, logged_at__isnull=False)
                | (~Q(state__in=HELD) & Q(logged_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="visit_confirmed_iff_confirmed",
                condition=Q(
                    state=VisitState.CONFIRMED,
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                )
                | (~Q(state=VisitState.CONFIRMED) & Q(confirmed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="visit_hidden_iff_unannounced",
                condition=Q(mode=Mode.UNANNOUNCED, hidden_until__isnull=False)
                | (~Q(mode=Mode.UNANNOUNCED) & Q(hidden_until__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address_of("visits:visit_detail", self.reference)

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def is_hidden(self) -> bool:
        return self.hidden_until is not None and self.hidden_until > timezone.now()

    @property
    def planned_escorts(self) -> int:
        return sum(getattr(self, name) for name in ESCORTS)


ESCORTS = (
    "escorts_own",
    "escorts_superior",
    "escorts_prefecture",
    "escorts_county",
    "escorts_township",
)


class VisitOfficial(Labelled):
    """An official on a visit, with the unit they belonged to then."""

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="team", db_index=False
    )
    official = models.ForeignKey(Cadre, models.PROTECT, related_name="visits")
    part = models.CharField(_("part"), max_length=10, choices=Part, default=Part.LEAD)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "official"],
                name="visit_official_once",
                violation_error_message=_("This official is already in the team."),
            ),
            models.UniqueConstraint(
                fields=["visit"],
                condition=Q(part=Part.LEAD),
                name="visit_one_lead",
                violation_error_message=_("A visit has one lead."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official_id} on {self.visit_id}"


class Stop(Placed):
    """One place of a visit, from when to when, and what is done there.

    `place`, `starts_at` and `ends_at` are as planned until the visit is logged, then
    as it was; the plan stays beside them in the `planned_…` columns.
    """

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="stops", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    venue = models.CharField(_("venue"), max_length=100, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    activities = ArrayField(
        models.CharField(max_length=10, choices=Activity), verbose_name=_("activities")
    )
    # The place it counts for in place-visits, and the half-days it touches.
    point = models.ForeignKey(
        District, models.PROTECT, related_name="+", editable=False
    )
    half_days = ArrayField(models.IntegerField(), editable=False)
    planned_place = models.ForeignKey(
        District, models.PROTECT, null=True, related_name="+", editable=False
    )
    planned_starts_at = models.DateTimeField(null=True, editable=False)
    planned_ends_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("stop")
        indexes = [
            models.Index(fields=[column, "starts_at"], name=f"stop_{column}_start")
            for column in ("province", "prefecture", "county", "township", "village")
        ]
        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="stop_position"),
            models.CheckConstraint(
                name="stop_begins_before_it_ends",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The end must lie after the beginning."),
            ),
            models.CheckConstraint(
                name="stop_has_known_activities",
                condition=Q(
                    activities__contained_by=Activity.values, activities__len__gt=0
                ),
                violation_error_message=_("Choose at least one kind of work."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id}.{self.position}"
