"""On-the-spot matters (现场办公): what was promised, who does it, by when, said who."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.addresses import address_of
from cadres.models import Account, Cadre, Labelled, Placed, Unit
from cadres.models.condition import among, keys_of
from cadres.models.encrypted import SealedTexts, read_sealed, write_sealed
from visits.models.letter import Letter, letters_naming, letters_seen_by
from visits.models.visit import Stop, Visit, new_reference
from visits.rules.masking import masked_name
from visits.rules.matter_states import (
    AT_UNIT,
    AWAITING,
    OPEN,
    WITH_WORD,
    MatterActor,
    MatterState,
    MatterStep,
    PeopleWord,
    UnitWord,
)


class MatterQuerySet(models.QuerySet["Matter"]):
    def visible_to(self, user: Account) -> Self:
        """Matters that are this person's business, closed to all others (handbook 8).

        Who decided and who acts for them; the lead and the supporting units; the
        district administrator of the area; the petition office from whose letter it
        came; who was drawn to call back. What was decided on an unannounced visit is
        hidden with it from all but the first. Letters that are sealed, or name someone
        this person has a tie to, take their matters along.
        """
        if not user.has_perm("visits.view_matter"):
            return self.none()
        others = self._others(user)
        reach = Q(decided_by__in=user.acts_for_ids()) | (others & _revealed())
        sealed = Letter.objects.filter(pk=OuterRef("letter"), is_sealed=True)
        visible = self.filter(reach, ~Exists(sealed))
        return visible.exclude(letter__in=letters_naming(user))

    def _others(self, user: Account) -> Q:
        units = user.unit_ids("visits.handle_matter")
        reach = Q(pk__in=[])
        if units:
            supports = Matter.supporting_units.through.objects.filter(unit__in=units)
            reach |= Q(unit__in=units) | among("pk", keys_of(supports, "matter"))
        reach |= user.reach("visits.oversee_matter", place="", unit="unit")
        if user.has_perm("visits.route_letter"):
            reach |= among("letter", letters_seen_by(user))
        if user.has_perm("visits.hear_matter"):
            drawn = MatterCall.objects.filter(caller=user, done_at__isnull=True)
            reach |= among("pk", keys_of(drawn, "matter"))
        return reach

    def promised(self) -> Self:
        """Without those that were entered by mistake."""
        return self.exclude(state=MatterState.WITHDRAWN)

    def of_log(self, visit: Visit) -> Self:
        """What its log says was decided; questions asked there have their own pages."""
        return self.filter(stop__visit=visit, source=Matter.Source.VISIT)

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def late(self, *, on: date) -> Self:
        return self.filter(state__in=AT_UNIT, due_on__lt=on)

    def awaiting(self) -> Self:
        return self.filter(state__in=AWAITING)

    def for_list(self) -> Self:
        return self.select_related("place", "decided_by")


def _revealed() -> Q:
    hidden = Visit.objects.filter(hidden_until__gt=timezone.now())
    return Q(~Exists(Stop.objects.filter(pk=OuterRef("stop"), visit__in=hidden)))


class Matter(Placed):
    """Something raised and decided, followed until the people say that it is settled.

    No name of a villager stands here: they speak by a code, in a call, or on a paper
    whose witness is kept with that one event.
    """

    class Source(models.TextChoices):
        VISIT = "visit", _("Visit")
        QUESTION = "question", _("Question at a talk")
        STUDY = "study", _("Investigation")
        LETTER = "letter", _("Letter")

    reference = models.CharField(
        max_length=8, unique=True, default=new_reference, editable=False
    )
    source = models.CharField(
        _("source"), max_length=10, choices=Source, default=Source.VISIT
    )
    # Protected: correcting a log withdraws its matters, and never deletes them.
    stop = models.ForeignKey(
        Stop, models.PROTECT, null=True, blank=True, related_name="matters"
    )
    letter = models.ForeignKey(
        Letter, models.PROTECT, null=True, blank=True, related_name="matters"
    )
    subject = models.CharField(_("matter"), max_length=200)
    decision = models.CharField(_("decision"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        Cadre,
        models.PROTECT,
        verbose_name=_("decided by"),
        related_name="decided",
        db_index=False,
    )
    # The name as typed; `unit` where it is a unit of this system.
    lead_unit = models.CharField(_("lead unit"), max_length=100, blank=True)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="matters",
        db_index=False,
    )
    supporting = models.CharField(_("supporting units"), max_length=200, blank=True)
    supporting_units = models.ManyToManyField(Unit, blank=True, related_name="+")
    person = models.CharField(_("person in charge"), max_length=50, blank=True)
    due_on = models.DateField(_("deadline"), null=True, blank=True)
    first_due_on = models.DateField(null=True, blank=True, editable=False)
    # A later date that was asked for and waits for the decider.
    asked_due_on = models.DateField(null=True, blank=True, editable=False)
    report_due_on = models.DateField(null=True, blank=True, editable=False)
    reported_on = models.DateField(null=True, blank=True, editable=False)
    procedure = models.CharField(_("procedure"), max_length=200, blank=True)
    is_public = models.BooleanField(_("public matter"), default=False)
    state = models.CharField(_("state"), max_length=11, choices=MatterState)
    raised_on = models.DateField(_("raised on"), default=timezone.localdate)
    raised_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    client_key = models.UUIDField(null=True, blank=True, editable=False)
    unit_word = models.CharField(max_length=10, choices=UnitWord, blank=True)
    people_word = models.CharField(max_length=11, choices=PeopleWord, blank=True)
    # Words that it is settled, since it was last said to be.
    heard = models.PositiveSmallIntegerField(default=0, editable=False)
    reopened = models.PositiveSmallIntegerField(default=0, editable=False)
    look_back_on = models.DateField(null=True, blank=True)
    struck_off_on = models.DateField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("on-the-spot matter")
        indexes = [
            models.Index(fields=["county", "raised_on"], name="matter_county_day"),
            models.Index(fields=["raised_on", "id"], name="matter_by_day"),
            models.Index(fields=["decided_by", "due_on", "id"], name="matter_decider"),
            models.Index(fields=["unit", "due_on", "id"], name="matter_of_unit"),
            models.Index(
                fields=["due_on", "id"],
                condition=Q(state__in=AT_UNIT),
                name="matter_open_by_limit",
            ),
            *(
                models.Index(
                    fields=[column, "id"],
                    condition=Q(state=MatterState.STRUCK_OFF),
                    name=f"matter_struck_off_{column}",
                )
                for column in ("due_on", "look_back_on")
            ),
            *(
                models.Index(
                    fields=[column, "due_on", "id"],
                    condition=Q(state__in=[*OPEN, *AWAITING]),
                    name=f"matter_{column}_open",
                )
                for column in ("prefecture", "county", "township", "village")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="matter_assigned_has_unit_and_deadline",
                condition=~Q(state__in=[MatterState.ASSIGNED, MatterState.IN_PROGRESS])
                | (Q(due_on__isnull=False) & ~Q(lead_unit="")),
                violation_error_message=_(
                    "Name the unit and the deadline, or mark it as settled on the spot."
                ),
            ),
            models.CheckConstraint(
                name="matter_decided_once_past_raised",
                condition=Q(state__in=[MatterState.RAISED, MatterState.WITHDRAWN])
                | ~Q(decision=""),
            ),
            models.CheckConstraint(
                name="matter_first_deadline_kept",
                condition=Q(due_on__isnull=True, first_due_on__isnull=True)
                | Q(due_on__isnull=False, first_due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="matter_closed_by_the_peoples_word",
                condition=~Q(state__in=WITH_WORD)
                | Q(is_public=False, heard__gte=1, people_word=PeopleWord.SETTLED)
                | Q(is_public=True, heard__gte=2, people_word=PeopleWord.SETTLED),
                violation_error_message=_("Only the people’s word closes it."),
            ),
            models.CheckConstraint(
                name="matter_struck_off_has_its_day",
                condition=~Q(
                    state__in=[MatterState.STRUCK_OFF, MatterState.LOOKED_BACK]
                )
                | Q(struck_off_on__isnull=False, look_back_on__isnull=False),
            ),
            models.CheckConstraint(
                name="matter_source_is_there",
                condition=Q(source="letter", letter__isnull=False)
                | (~Q(source="letter") & Q(stop__isnull=False)),
            ),
            models.CheckConstraint(
                name="matter_state_known", condition=Q(state__in=MatterState.values)
            ),
            models.UniqueConstraint(
                fields=["raised_by", "client_key"], name="matter_sent_once_per_person"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address_of("visits:matter_detail", self.reference)

    @property
    def printed_reference(self) -> str:
        return f"{self.reference[:4]}-{self.reference[4:]}"

    @property
    def is_awaiting(self) -> bool:
        return self.state in AWAITING

    @property
    def is_at_unit(self) -> bool:
        return self.state in AT_UNIT


class MatterEvent(Labelled):
    """One row of a matter's history; a trigger refuses to change or delete any.

    `record` is what the step recorded, with the earlier version of what it changed.
    """

    matter = models.ForeignKey(
        Matter, models.PROTECT, related_name="events", db_index=False
    )
    seal_id = models.UUIDField(default=uuid.uuid4, editable=False)
    step = models.CharField(max_length=13, choices=MatterStep)
    from_state = models.CharField(max_length=11, choices=MatterState, blank=True)
    to_state = models.CharField(max_length=11, choices=MatterState)
    on = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    # Nobody of the staff: the people spoke themselves, by a code.
    by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    acted_as = models.CharField(max_length=8, choices=MatterActor)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    record = models.JSONField(default=dict)
    sealed_witness = SealedTexts(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["matter", "id"], name="matter_event_order"),
            # What is new since a moment.
            models.Index(fields=["at"], name="matter_event_at"),
        ]
        constraints = [
            # One event of twenty has a witness.
            models.UniqueConstraint(
                fields=["seal_id"],
                condition=Q(sealed_witness__isnull=False),
                name="matter_event_sealed_once",
            ),
            models.CheckConstraint(
                name="matter_event_by_someone_or_code",
                condition=Q(by__isnull=False) | Q(acted_as=MatterActor.PEOPLE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.step}"

    def keep_witness(self, name: str) -> None:
        self.sealed_witness = write_sealed(
            {"name": name}, purpose="witness", seal_id=self.seal_id
        )

    @property
    def witness(self) -> str:
        """Masked, as names are at counters."""
        if not self.sealed_witness:
            return ""
        texts = read_sealed(
            bytes(self.sealed_witness), purpose="witness", seal_id=self.seal_id
        )
        return masked_name(texts["name"])


class MatterSlip(models.Model):
    """A slip of paper with a code by which one villager speaks once.

    Only a keyed hash of the code is kept; new slips make the unused ones void.
    """

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="slips")
    code_hash = models.CharField(max_length=64)
    issued_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)
    void_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["matter", "id"], name="matter_slip_order")]

    def __str__(self) -> str:
        return f"{self.matter_id}"


class MatterSample(models.Model):
    """A draw of struck-off matters for call-back; its seed lets anyone repeat it."""

    place = models.ForeignKey(
        "cadres.District", models.PROTECT, verbose_name=_("area"), related_name="+"
    )
    first = models.DateField(_("struck off from"))
    last = models.DateField(_("to"))
    size = models.PositiveSmallIntegerField(_("how many"))
    seed = models.BigIntegerField(editable=False)
    # What it was drawn from, in order, so that the draw can be repeated.
    candidates = models.JSONField(default=list)
    drawn_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    drawn_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "first", "last"],
                name="matter_sample_once",
                violation_error_message=_("This sample is drawn already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.first}"


class MatterCall(models.Model):
    """A drawn matter, and who calls back; done when they have looked back."""

    sample = models.ForeignKey(MatterSample, models.PROTECT, related_name="calls")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="calls")
    caller = models.ForeignKey(Account, models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "matter"], name="matter_call_once_a_sample"
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}: {self.caller_id}"
