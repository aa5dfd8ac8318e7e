"""Investigations: a topic led by one official, and what each stop added to it."""

from functools import reduce
from operator import or_
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.addresses import address_of
from cadres.models import Account, Cadre, District, Labelled, Placed, Unit
from cadres.models.condition import one_of
from visits.models.visit import (
    Stop,
    Visit,
    keys_seen_by,
    new_reference,
    sees_few_visits,
)
from visits.rules.investigation_states import (
    ENDED,
    StudyKind,
    StudyMethod,
    StudyState,
)


class StudyArea(models.Model):
    """A subject area of investigations; the office extends the list."""

    name = models.CharField(_("name"), max_length=50, unique=True)
    is_used = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("subject area")

    def __str__(self) -> str:
        return self.name


class InvestigationQuerySet(models.QuerySet["Investigation"]):
    def own_of(self, user: Account) -> Self:
        """Those led by an official one is or acts for."""
        return self.filter(leader__in=user.acts_for_ids())

    def near_to(self, user: Account) -> Self:
        """One's own, and those of one's units and places: all of it is theirs to see.

        What is known of one by a hidden visit alone is hidden with that visit.
        """
        if not user.has_perm("visits.view_investigation"):
            return self.none()
        return self.filter(_near(user))

    def countable_by(self, user: Account) -> Self:
        """What counts may rest on: all but those known by a hidden visit alone."""
        return self.filter(Q(leader__in=user.acts_for_ids()) | _told_to(user))

    def visible_to(self, user: Account) -> Self:
        """Those near to one; those a visit one sees has added to; and those of which a
        problem is in one's unit's hands. The page shows the latter two less.
        """
        if not user.has_perm("visits.view_investigation"):
            return self.none()
        ways = [Investigation.objects.near_to(user)]
        if units := problem_units(user):
            problems = (
                Q(problems__unit__in=units)
                | Q(problems__passed_to__in=units)
                | Q(problems__supporting_units__in=units)
            )
            ways.append(Investigation.objects.filter(problems))
        if user.has_perm("visits.view_visit"):
            found = Finding.objects.filter(stop__visit__in=keys_seen_by(user))
            keys = found.values("investigation")
            ways.append(Investigation.objects.filter(pk__in=keys))
        if sees_few_visits(user):
            return self.filter(one_of(*ways))
        # Most are near to one; the others' keys are read when the first is met.
        others = (Q(pk__in=it.values("pk")) for it in ways[1:])
        return self.filter(reduce(or_, others, _near(user)))

    def changeable_by(self, user: Account) -> Self:
        """Who leads it, and who acts for them."""
        if not user.has_perm("visits.lead_investigation"):
            return self.none()
        return self.own_of(user)

    def at(self, place: District, user: Account) -> Self:
        """Those with a finding there that one may know of; near ones with a plan.

        What means to come unannounced keeps its plans to itself (handbook 4.3).
        """
        here = {f"stop__{place.subtree_column}": place.pk}
        found = _found_on(Visit.objects.visible_to(user), **here)
        planned = InvestigationPlace.objects.filter(
            investigation=OuterRef("pk"), **{place.subtree_column: place.pk}
        )
        near = Q(pk__in=Investigation.objects.near_to(user).values("pk"))
        open_plans = Q(leader__in=user.acts_for_ids()) | ~Q(
            methods__contains=[StudyMethod.UNANNOUNCED]
        )
        return self.filter(Q(found) | (Q(Exists(planned)) & near & open_plans))

    def for_list(self) -> Self:
        return self.select_related("leader__unit", "area")


def _near(user: Account) -> Q:
    permission = "visits.view_investigation"
    reach = user.reach(permission, place="unit__place", unit="unit")
    return Q(leader__in=user.acts_for_ids()) | (reach & _told_to(user))


def _told_to(user: Account) -> Q:
    found = _found_on(Visit.objects.countable_by(user))
    return Q(recorded_by__isnull=False) | Q(found)


def _found_on(visits: "models.QuerySet[Visit]", **of: object) -> Exists:
    found = Finding.objects.filter(
        investigation=OuterRef("pk"), stop__visit__in=visits.values("pk"), **of
    )
    return Exists(found)


def problem_units(user: Account) -> set[int]:
    """The units for which this person works on problems, and answers from above.

    That of their role; where it holds for a place or their own official, the unit they
    belong to, if it lies there.
    """
    found: set[int | None] = set()
    for scope in user.scopes("visits.handle_problem"):
        if scope.unit_id is not None:
            found.add(scope.unit_id)
        elif scope.place is None:
            found.add(user.cadre.unit_id if user.cadre else user.unit_id)
        elif user.unit and scope.covers(unit=user.unit):
            found.add(user.unit_id)
    return {pk for pk in found if pk is not None}


class Investigation(Labelled):
    """A study topic (课题); several visits may work on one."""

    reference = models.CharField(
        max_length=8, unique=True, default=new_reference, editable=False
    )
    topic = models.CharField(_("topic"), max_length=200)
    leader = models.ForeignKey(
        Cadre, models.PROTECT, verbose_name=_("led by"), related_name="investigations"
    )
    # The unit the leader belonged to when it was opened.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="investigations")
    opened_on = models.DateField(_("opened on"), default=timezone.localdate)
    ends_on = models.DateField(_("to be finished by"), null=True, blank=True)
    area = models.ForeignKey(
        StudyArea,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("subject area"),
        related_name="investigations",
    )
    kind = models.CharField(_("kind"), max_length=12, choices=StudyKind, blank=True)
    methods = ArrayField(
        models.CharField(max_length=13, choices=StudyMethod),
        verbose_name=_("methods"),
        default=list,
        blank=True,
    )
    # Sources talked to, in numbers: never who.
    talked_residents = models.PositiveIntegerField(default=0)
    talked_cadres = models.PositiveIntegerField(default=0)
    talked_firms = models.PositiveIntegerField(default=0)
    talked_experts = models.PositiveIntegerField(default=0)
    talked_units = models.PositiveIntegerField(default=0)
    state = models.CharField(
        _("state"), max_length=11, choices=StudyState, default=StudyState.OPEN
    )
    report = models.TextField(_("what came of it"), max_length=1000, blank=True)
    follow_up = models.CharField(_("follow-up"), max_length=200, blank=True)
    handed_to = models.CharField(_("handed over to"), max_length=100, blank=True)
    ended_on = models.DateField(null=True, blank=True, editable=False)
    # Kept by every step under the lock of this row; see `write_problem`.
    unsettled = models.PositiveIntegerField(default=0, editable=False)
    # Nobody: the log of a visit named the topic first.
    recorded_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    client_key = models.UUIDField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = InvestigationQuerySet.as_manager()

    class Meta:
        verbose_name = _("investigation")
        indexes = [
            models.Index(fields=["opened_on", "id"], name="investigation_by_day"),
            models.Index(
                fields=["leader", "opened_on", "id"], name="investigation_of_leader"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["leader", "topic"],
                name="investigation_topic_once_per_leader",
                violation_error_code="unique",
                violation_error_message=_("This leader has this topic already."),
            ),
            models.UniqueConstraint(
                fields=["recorded_by", "client_key"],
                name="investigation_sent_once_per_person",
            ),
            models.CheckConstraint(
                name="investigation_known_words",
                condition=Q(
                    state__in=StudyState.values,
                    kind__in=["", *StudyKind.values],
                    methods__contained_by=StudyMethod.values,
                ),
            ),
            models.CheckConstraint(
                name="investigation_ended_with_nothing_unsettled",
                condition=Q(state=StudyState.OPEN, ended_on__isnull=True)
                | Q(state__in=ENDED, unsettled=0, ended_on__isnull=False),
                violation_error_message=_("A problem is not settled yet."),
            ),
            models.CheckConstraint(
                name="investigation_ended_with_words",
                condition=Q(state=StudyState.OPEN)
                | (Q(state=StudyState.FINISHED) & ~Q(report=""))
                | (Q(state=StudyState.HANDED_OVER) & ~Q(handed_to="")),
            ),
            models.CheckConstraint(
                name="investigation_begins_before_it_ends",
                condition=Q(ends_on__isnull=True)
                | Q(ends_on__gte=models.F("opened_on")),
                violation_error_message=_("The end must lie after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return self.topic

    def get_absolute_url(self) -> str:
        return address_of("visits:investigation_detail", self.reference)

    @property
    def is_open(self) -> bool:
        return self.state == StudyState.OPEN

    def hides_plans_from(self, user: Account) -> bool:
        """Whether places that it means to go to are kept from this person."""
        is_quiet = StudyMethod.UNANNOUNCED in self.methods
        return is_quiet and self.leader_id not in user.acts_for_ids()

    @property
    def method_names(self) -> list[str]:
        known = StudyMethod.values
        return [str(StudyMethod(it).label) for it in self.methods if it in known]


class InvestigationPlace(Placed):
    """A place chosen for an investigation, why, and why all the same if warned."""

    investigation = models.ForeignKey(
        Investigation, models.CASCADE, related_name="places"
    )
    reason = models.CharField(_("why this place"), max_length=200)
    is_warned = models.BooleanField(default=False, editable=False)
    despite = models.CharField(
        _("reason to go there all the same"), max_length=200, blank=True
    )
    chosen_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("chosen place")
        indexes = [
            models.Index(fields=[column, "chosen_at"], name=f"chosen_{column}")
            for column in ("county", "township", "village")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["investigation", "place"],
                name="investigation_place_once",
                violation_error_message=_("This place is chosen already."),
            ),
            models.CheckConstraint(
                name="investigation_place_warned_with_reason",
                condition=Q(is_warned=False) | ~Q(despite=""),
                violation_error_message=_("Say why to go there all the same."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.investigation_id} at {self.place_id}"


class Finding(models.Model):
    """What a stop added to an investigation."""

    investigation = models.ForeignKey(
        Investigation, models.PROTECT, related_name="findings"
    )
    stop = models.ForeignKey(Stop, models.CASCADE, related_name="findings")
    text = models.TextField(_("finding"), max_length=500)

    class Meta:
        verbose_name = _("finding")

    def __str__(self) -> str:
        return f"{self.investigation_id} at {self.stop_id}"
