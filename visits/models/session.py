"""Reception sessions (接访): published ahead, booked at the desk, with results."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cadres.addresses import address_of
from cadres.models import Account, Cadre, Labelled, Placed, Unit
from cadres.models.encrypted import SealedTexts, read_sealed, write_sealed
from visits.models.visit import Stop, new_reference
from visits.rules.masking import masked
from visits.rules.sessions import (
    PUBLIC,
    Outcome,
    SessionForm,
    SessionState,
    SessionStep,
)


class ReceptionSessionQuerySet(models.QuerySet["ReceptionSession"]):
    def visible_to(self, user: Account) -> Self:
        """Sessions of the desks one serves, and those of officials one acts for.

        What is public of a session stands on its public page; here stand bookings.
        """
        if not user.has_perm("visits.view_session"):
            return self.none()
        reach = self._at_desk(user, "visits.view_session")
        return self.filter(reach | _led_for(user))

    def changeable_by(self, user: Account) -> Self:
        """Whose plan one may change: for one's desk, or for one's own officials."""
        if not user.has_perm("visits.plan_session"):
            return self.none()
        return self.filter(self._at_desk(user, "visits.plan_session") | _led_for(user))

    def bookable_by(self, user: Account) -> Self:
        if not user.has_perm("visits.book_session"):
            return self.none()
        return self.filter(self._at_desk(user, "visits.book_session"))

    def published(self) -> Self:
        return self.filter(published_at__isnull=False, state__in=PUBLIC)

    def for_list(self) -> Self:
        return self.select_related("place", "office").prefetch_related(
            "leaders__official", "leaders__replaces__official"
        )

    @staticmethod
    def _at_desk(user: Account, permission: str) -> Q:
        reach = Q(pk__in=[])
        for scope in user.scopes(permission):
            reach |= scope.q(place="office__place", unit="office")
        return reach


def _led_for(user: Account) -> Q:
    led = SessionLeader.objects.filter(
        session=OuterRef("pk"), official__in=user.acts_for_ids()
    )
    return Q(Exists(led))


class ReceptionSession(Placed):
    """One or more leaders receive people at a place that was made known before."""

    reference = models.CharField(
        max_length=8, unique=True, default=new_reference, editable=False
    )
    form = models.CharField(
        _("form"), max_length=10, choices=SessionForm, default=SessionForm.FIXED
    )
    state = models.CharField(
        max_length=9, choices=SessionState, default=SessionState.PLANNED
    )
    # The desk at which people book.
    office = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("booked at"), related_name="sessions"
    )
    stop = models.ForeignKey(
        Stop, models.SET_NULL, null=True, blank=True, related_name="sessions"
    )
    venue = models.CharField(_("venue"), max_length=100)
    on = models.DateField(_("day"), editable=False)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    # The day it was first meant for, and why it is another: both are public.
    moved_from = models.DateField(null=True, blank=True, editable=False)
    moved_because = models.CharField(max_length=200, blank=True)
    topic = models.CharField(_("topic"), max_length=100, blank=True)
    units_present = models.CharField(_("units present"), max_length=200, blank=True)
    note = models.CharField(_("note for the public"), max_length=300, blank=True)
    slots = models.PositiveSmallIntegerField(_("places to book"), default=20)
    booked = models.PositiveSmallIntegerField(default=0, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    late_reason = models.CharField(max_length=200, blank=True)
    cancelled_because = models.CharField(max_length=200, blank=True)
    groups = models.PositiveIntegerField(_("groups"), null=True, blank=True)
    person_visits = models.PositiveIntegerField(
        _("person-visits"), null=True, blank=True
    )
    # When what was kept of those who had booked was deleted.
    cleared_at = models.DateTimeField(null=True, editable=False)
    planned_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=timezone.now, editable=False)
    client_key = models.UUIDField(editable=False)

    objects = ReceptionSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("reception session")
        indexes = [
            models.Index(fields=["on", "id"], name="session_by_day"),
            models.Index(
                fields=["ends_at"],
                condition=Q(cleared_at__isnull=True),
                name="session_to_clear",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["planned_by", "client_key"], name="session_sent_once_per_person"
            ),
            models.CheckConstraint(
                name="session_begins_before_it_ends",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The end must lie after the beginning."),
            ),
            models.CheckConstraint(
                name="session_no_place_booked_twice",
                condition=Q(booked__lte=F("slots")),
                violation_error_code="full",
                violation_error_message=_("All places are booked."),
            ),
            models.CheckConstraint(
                name="session_public_once_published",
                condition=Q(
                    state__in=[SessionState.PUBLISHED, SessionState.HELD],
                    published_at__isnull=False,
                )
                | Q(state=SessionState.PLANNED, published_at__isnull=True)
                | Q(state=SessionState.CANCELLED),
            ),
            models.CheckConstraint(
                name="session_cancelled_with_reason",
                condition=Q(state=SessionState.CANCELLED) & ~Q(cancelled_because="")
                | ~Q(state=SessionState.CANCELLED) & Q(cancelled_because=""),
                violation_error_message=_("Say why the session is cancelled."),
            ),
            models.CheckConstraint(
                name="session_moved_with_reason",
                condition=Q(moved_from__isnull=True) | ~Q(moved_because=""),
                violation_error_message=_("Say why the session is moved."),
            ),
            models.CheckConstraint(
                name="session_totals_iff_held",
                condition=Q(
                    state=SessionState.HELD,
                    groups__isnull=False,
                    person_visits__gte=F("groups"),
                )
                | ~Q(state=SessionState.HELD) & Q(groups__isnull=True),
                violation_error_message=_("A group has at least one person."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address_of("visits:session_detail", self.reference)

    @property
    def printed_reference(self) -> str:
        return f"{self.reference[:4]}-{self.reference[4:]}"

    @property
    def places_left(self) -> int:
        return self.slots - self.booked

    @cached_property
    def team(self) -> "list[SessionLeader]":
        """All leaders named so far, who steps out before who comes in."""
        return sorted(self.leaders.all(), key=lambda it: it.pk)


class SessionLeader(models.Model):
    """A leader who receives, with the post and remit that were made known."""

    session = models.ForeignKey(
        ReceptionSession, models.CASCADE, related_name="leaders"
    )
    official = models.ForeignKey(Cadre, models.PROTECT, related_name="sessions")
    post = models.CharField(max_length=100, blank=True)
    remit = models.CharField(max_length=200, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    left_at = models.DateTimeField(null=True, blank=True)
    left_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "official"],
                condition=Q(left_at__isnull=True),
                name="session_leader_once",
                violation_error_message=_("This official is already named."),
            ),
            models.CheckConstraint(
                name="session_leader_left_with_reason",
                condition=Q(left_at__isnull=True) | ~Q(left_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official_id} at {self.session_id}"


class SessionBooking(models.Model):
    """A place on the list: what it is about and, if wished, whom to call back.

    The contact is for one purpose, to tell that the session moves, and is deleted when
    it is over. No identity number, and no look-up by person.
    """

    session = models.ForeignKey(
        ReceptionSession, models.PROTECT, related_name="bookings"
    )
    number = models.PositiveSmallIntegerField()
    seal_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.CharField(_("what it is about"), max_length=60)
    # name, contact; empty when nobody wanted to be called, or the session is over
    identity = SealedTexts(null=True)
    booked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField(default=timezone.now)
    client_key = models.UUIDField(editable=False)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "number"], name="session_booking_number_once"
            ),
            models.UniqueConstraint(
                fields=["booked_by", "client_key"],
                name="session_booking_sent_once_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}.{self.number}"

    def write(self, *, name: str, contact: str) -> None:
        self.identity = write_sealed(
            {"name": name, "contact": contact}, purpose="booking", seal_id=self.seal_id
        )

    def read(self) -> dict[str, str]:
        """In clear; only behind an `Access` written in the same transaction."""
        if not self.identity:
            return {}
        return read_sealed(
            bytes(self.identity), purpose="booking", seal_id=self.seal_id
        )

    @property
    def masked(self) -> dict[str, str]:
        return masked(self.read(), kind="person")


class SessionResult(Labelled):
    """What became of one matter at the session, in one short minute."""

    session = models.ForeignKey(
        ReceptionSession, models.PROTECT, related_name="results"
    )
    number = models.PositiveSmallIntegerField()
    subject = models.CharField(_("what it is about"), max_length=100)
    outcome = models.CharField(_("result"), max_length=8, choices=Outcome)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_on = models.DateField(_("until"), null=True, blank=True)
    minute = models.CharField(_("minute"), max_length=500)
    recorded_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    client_key = models.UUIDField(editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "number"], name="session_result_number_once"
            ),
            models.UniqueConstraint(
                fields=["recorded_by", "client_key"],
                name="session_result_sent_once_per_person",
            ),
            models.CheckConstraint(
                name="session_assigned_with_unit_and_date",
                condition=Q(
                    outcome=Outcome.ASSIGNED, unit__isnull=False, due_on__isnull=False
                )
                | ~Q(outcome=Outcome.ASSIGNED)
                & Q(unit__isnull=True, due_on__isnull=True),
                violation_error_message=_(
                    "What is assigned, and only that, has a unit and a date."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}.{self.number}"


class SessionEvent(Labelled):
    """One row of a session's history; a trigger refuses to change or delete any.

    `record` holds what was changed, with the earlier version, and no one's name who
    booked.
    """

    session = models.ForeignKey(
        ReceptionSession, models.PROTECT, related_name="events", db_index=False
    )
    step = models.CharField(max_length=8, choices=SessionStep)
    at = models.DateTimeField(default=timezone.now)
    # Nobody: the queue did it.
    by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)
    record = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["session", "id"], name="session_event_order"),
            # What is new since a moment.
            models.Index(fields=["at"], name="session_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.step}"
