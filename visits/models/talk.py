"""Policy talks (宣讲) and the questions asked there: no names, no attendance sheet."""

import uuid
from datetime import date
from functools import reduce
from operator import or_
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.addresses import address_of
from cadres.models import Account, District, Labelled, Unit
from cadres.models.condition import one_of
from visits.models.letter import Letter, letters_naming
from visits.models.matter import Matter
from visits.models.visit import Stop, Visit, new_reference, sees_few_visits
from visits.rules.question_states import OPEN, QuestionState, QuestionStep


class TalkFormat(models.Model):
    """A form of talk, such as a yard meeting; the office extends the list."""

    name = models.CharField(_("name"), max_length=50, unique=True)
    is_used = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("form of talk")

    def __str__(self) -> str:
        return self.name


class Talk(models.Model):
    """A policy talk at a stop, which says where and on what day.

    No names of listeners, no attendance sheet, no pictures (handbook, section 5).
    """

    reference = models.CharField(
        max_length=8, unique=True, default=new_reference, editable=False
    )
    stop = models.ForeignKey(Stop, models.CASCADE, related_name="talks")
    theme = models.CharField(_("theme"), max_length=200)
    # An estimate: labelled so wherever it is shown (handbook, section 5).
    audience = models.PositiveIntegerField(_("audience (estimate)"))
    format = models.ForeignKey(
        TalkFormat,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("form"),
        related_name="talks",
    )
    documents = models.CharField(_("documents explained"), max_length=300, blank=True)
    speaker = models.CharField(_("speaker"), max_length=50, blank=True)
    speaker_post = models.CharField(
        _("post of the speaker"), max_length=100, blank=True
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    audience_kind = models.CharField(_("kind of audience"), max_length=100, blank=True)
    language = models.CharField(_("language or dialect"), max_length=50, blank=True)
    is_online = models.BooleanField(_("online"), default=False)
    material = models.CharField(_("material left behind"), max_length=200, blank=True)
    feedback = models.CharField(_("short feedback"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("policy talk")

    def __str__(self) -> str:
        return self.theme

    def get_absolute_url(self) -> str:
        return reverse("visits:talk_detail", args=[self.reference])


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, user: Account) -> Self:
        """Those of visits one sees, and those that one's unit is to answer.

        A letter that is sealed, or names someone this person has a tie to, takes the
        question along that it came from.
        """
        if not user.has_perm("visits.view_visit"):
            return self.none()
        visits = Visit.objects.visible_to(user).values("pk")
        ways = [Q(talk__stop__visit__in=visits)]
        if units := user.unit_ids("visits.handle_matter"):
            asked = Talk.objects.filter(pk=OuterRef("talk"))
            hidden = asked.filter(stop__visit__hidden_until__gt=timezone.now())
            ways.append(Q(~Exists(hidden), unit__in=units))
        seen = reduce(or_, ways)
        if sees_few_visits(user):
            seen = one_of(*(Question.objects.filter(way) for way in ways))
        sealed = Letter.objects.filter(pk=OuterRef("letter"), is_sealed=True)
        visible = self.filter(seen).exclude(Exists(sealed))
        return visible.exclude(letter__in=letters_naming(user))

    def standing(self) -> Self:
        """Without those that were entered by mistake."""
        return self.exclude(state=QuestionState.WITHDRAWN)

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def late(self, *, on: date) -> Self:
        return self.open().filter(due_on__lt=on)

    def at(self, place: District) -> Self:
        """Asked there or below, as places were then."""
        return self.filter(**{f"talk__stop__{place.subtree_column}": place.pk})

    def for_list(self) -> Self:
        return self.select_related("talk__stop__place", "talk__stop__visit")


class Question(Labelled):
    """What someone asked at a talk; who asked is not written down.

    Who wants an answer as a petitioner gets it by a letter, where names are encrypted.
    """

    reference = models.CharField(
        max_length=8, unique=True, default=new_reference, editable=False
    )
    # Protected: correcting a log never deletes what was asked.
    talk = models.ForeignKey(Talk, models.PROTECT, related_name="questions")
    text = models.CharField(_("question"), max_length=200)
    state = models.CharField(_("state"), max_length=9, choices=QuestionState)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=100, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    # Who promised to answer, as typed; `unit` where it is a unit of this system.
    unit_name = models.CharField(_("who answers"), max_length=100, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="questions"
    )
    due_on = models.DateField(_("answer by"), null=True, blank=True)
    first_due_on = models.DateField(null=True, blank=True, editable=False)
    letter = models.ForeignKey(
        Letter, models.PROTECT, null=True, blank=True, related_name="questions"
    )
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="questions"
    )
    recorded_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    client_key = models.UUIDField(default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question from the public")
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=Q(state__in=OPEN),
                name="question_open_by_limit",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="question_state_known",
                condition=Q(state__in=QuestionState.values),
            ),
            models.CheckConstraint(
                name="question_answered_by_someone",
                condition=~Q(state=QuestionState.ANSWERED)
                | (~Q(answer="") & ~Q(answered_by="") & Q(answered_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="question_promised_with_unit_and_date",
                condition=~Q(state=QuestionState.PROMISED)
                | (~Q(unit_name="") & Q(due_on__isnull=False)),
                violation_error_message=_("A promise names who answers, and by when."),
            ),
            models.CheckConstraint(
                name="question_first_date_kept",
                condition=Q(due_on__isnull=True, first_due_on__isnull=True)
                | Q(due_on__isnull=False, first_due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="question_turned_keeps_its_link",
                condition=Q(state=QuestionState.LETTER, letter__isnull=False)
                | Q(state=QuestionState.MATTER, matter__isnull=False)
                | (
                    ~Q(state__in=[QuestionState.LETTER, QuestionState.MATTER])
                    & Q(letter__isnull=True, matter__isnull=True)
                ),
            ),
            models.UniqueConstraint(
                fields=["recorded_by", "client_key"],
                name="question_sent_once_per_person",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address_of("visits:question_detail", self.reference)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class QuestionEvent(Labelled):
    """One row of a question's history; a trigger refuses to change or delete any."""

    question = models.ForeignKey(
        Question, models.PROTECT, related_name="events", db_index=False
    )
    step = models.CharField(max_length=8, choices=QuestionStep)
    from_state = models.CharField(max_length=9, choices=QuestionState, blank=True)
    to_state = models.CharField(max_length=9, choices=QuestionState)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    record = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["question", "id"], name="question_event_order"),
            # What is new since a moment.
            models.Index(fields=["at"], name="question_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} {self.step}"
