"""Problems that investigations found: the three lists, one row each."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.addresses import address_of
from cadres.models import Account, Labelled, Unit
from visits.models.investigation import Investigation, problem_units
from visits.models.matter import Matter
from visits.models.visit import new_reference
from visits.rules.problem_states import (
    AT_WORK,
    UNSETTLED,
    AnswerKind,
    LookBack,
    ProblemActor,
    ProblemLevel,
    ProblemState,
    ProblemStep,
)


class ProblemQuerySet(models.QuerySet["Problem"]):
    def visible_to(self, user: Account) -> Self:
        """Those of investigations near to one; those in one's unit's hands.

        The lead and the supporting units; the unit above that one was passed up to.
        """
        near = Investigation.objects.near_to(user)
        reach = Q(investigation__in=near.values("pk"))
        if units := problem_units(user):
            reach |= Q(unit__in=units) | Q(passed_to__in=units) | _supported_by(units)
        return self.filter(reach)

    def at_unit(self, user: Account) -> Self:
        """That one's own unit leads or supports."""
        return self.filter(_at_unit(user))

    def passed_to(self, user: Account) -> Self:
        return self.filter(passed_to__in=problem_units(user))

    def to_answer(self, user: Account) -> Self:
        return self.filter(to_answer(user))

    def standing(self) -> Self:
        """Without those that were entered by mistake."""
        return self.exclude(state=ProblemState.WITHDRAWN)

    def late(self, *, on: date) -> Self:
        return self.filter(state__in=AT_WORK, due_on__lt=on)

    def for_list(self) -> Self:
        return self.select_related("investigation__leader", "passed_to")


def to_answer(user: Account) -> Q:
    """Passed up to one's unit, and not answered."""
    return Q(passed_to__in=problem_units(user), state=ProblemState.PASSED_UP)


def due(user: Account, *, by: date) -> Q:
    """At work with a date up to `by`: one leads it, or one's unit leads or supports."""
    mine = Q(investigation__leader__in=user.acts_for_ids())
    return Q(mine | _at_unit(user), state__in=AT_WORK, due_on__lte=by)


def to_look_back(user: Account, *, on: date) -> Q:
    """Settled in an investigation one leads, and to be looked back on by now."""
    return Q(
        investigation__leader__in=user.acts_for_ids(),
        state=ProblemState.SETTLED,
        look_back="",
        look_back_on__lte=on,
    )


def _at_unit(user: Account) -> Q:
    units = problem_units(user)
    return Q(unit__in=units) | _supported_by(units)


def _supported_by(units: set[int]) -> Q:
    through = Problem.supporting_units.through.objects
    return Q(Exists(through.filter(problem=OuterRef("pk"), unit__in=units)))


class Problem(Labelled):
    """One row of the three lists: what is wrong, what is done, who is responsible."""

    reference = models.CharField(
        max_length=8, unique=True, default=new_reference, editable=False
    )
    investigation = models.ForeignKey(
        Investigation, models.PROTECT, related_name="problems"
    )
    text = models.CharField(_("problem"), max_length=300)
    root_cause = models.CharField(_("root cause"), max_length=500, blank=True)
    level = models.CharField(
        _("where it can be solved"), max_length=5, choices=ProblemLevel
    )
    measure = models.CharField(_("measure"), max_length=500, blank=True)
    # The name as typed; `unit` where it is a unit of this system.
    lead_unit = models.CharField(_("lead unit"), max_length=100, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="problems"
    )
    supporting = models.CharField(_("supporting units"), max_length=200, blank=True)
    supporting_units = models.ManyToManyField(Unit, blank=True, related_name="+")
    person = models.CharField(_("person in charge"), max_length=50, blank=True)
    due_on = models.DateField(_("deadline"), null=True, blank=True)
    first_due_on = models.DateField(null=True, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=11, choices=ProblemState)
    evidence = models.CharField(_("evidence"), max_length=500, blank=True)
    passed_to = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("passed up to"),
        related_name="passed_up",
    )
    passed_on = models.DateField(null=True, blank=True, editable=False)
    asked = models.CharField(_("asked of it"), max_length=500, blank=True)
    answer_kind = models.CharField(
        _("kind of answer"), max_length=8, choices=AnswerKind, blank=True
    )
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_on = models.DateField(null=True, blank=True, editable=False)
    handed_to = models.CharField(_("handed over to"), max_length=100, blank=True)
    look_back_on = models.DateField(_("look back on"), null=True, blank=True)
    look_back = models.CharField(
        _("found on looking back"), max_length=5, choices=LookBack, blank=True
    )
    look_back_text = models.CharField(max_length=500, blank=True)
    looked_back_on = models.DateField(null=True, blank=True, editable=False)
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="problems"
    )
    recorded_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    client_key = models.UUIDField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = _("problem")
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=Q(state__in=AT_WORK),
                name="problem_open_by_limit",
            ),
            models.Index(
                fields=["passed_to", "passed_on", "id"],
                condition=Q(state=ProblemState.PASSED_UP),
                name="problem_passed_up",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="problem_known_words",
                condition=Q(
                    state__in=ProblemState.values,
                    level__in=ProblemLevel.values,
                    answer_kind__in=["", *AnswerKind.values],
                    look_back__in=["", *LookBack.values],
                ),
            ),
            models.CheckConstraint(
                name="problem_under_way_has_measure_unit_and_date",
                condition=~Q(state=ProblemState.UNDER_WAY)
                | Q(matter__isnull=False)
                | (~Q(measure="") & ~Q(lead_unit="") & Q(due_on__isnull=False)),
                violation_error_message=_("Name the measure, the unit and the date."),
            ),
            models.CheckConstraint(
                name="problem_first_deadline_kept",
                condition=Q(due_on__isnull=True, first_due_on__isnull=True)
                | Q(due_on__isnull=False, first_due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="problem_passed_up_to_a_unit",
                condition=~Q(state__in=[ProblemState.PASSED_UP, ProblemState.ANSWERED])
                | (Q(passed_to__isnull=False, passed_on__isnull=False) & ~Q(asked="")),
            ),
            models.CheckConstraint(
                name="problem_answered_in_words",
                condition=~Q(state=ProblemState.ANSWERED)
                | (Q(answered_on__isnull=False) & ~Q(answer="") & ~Q(answer_kind="")),
            ),
            models.CheckConstraint(
                name="problem_settled_with_evidence_and_look_back",
                condition=~Q(state=ProblemState.SETTLED)
                | (~Q(evidence="") & Q(look_back_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="problem_handed_over_to_someone",
                condition=~Q(state=ProblemState.HANDED_OVER) | ~Q(handed_to=""),
            ),
            models.UniqueConstraint(
                fields=["recorded_by", "client_key"],
                name="problem_sent_once_per_person",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address_of("visits:problem_detail", self.reference)

    @property
    def is_unsettled(self) -> bool:
        return self.state in UNSETTLED

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK


class ProblemEvent(Labelled):
    """One row of a problem's history; a trigger refuses to change or delete any.

    `record` is what the step recorded, with the earlier version of what it changed.
    """

    problem = models.ForeignKey(
        Problem, models.PROTECT, related_name="events", db_index=False
    )
    step = models.CharField(max_length=10, choices=ProblemStep)
    from_state = models.CharField(max_length=11, choices=ProblemState, blank=True)
    to_state = models.CharField(max_length=11, choices=ProblemState)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    acted_as = models.CharField(max_length=7, choices=ProblemActor)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+"
    )
    record = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["problem", "id"], name="problem_event_order"),
            # What is new since a moment.
            models.Index(fields=["at"], name="problem_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.step}"
