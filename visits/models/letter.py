"""Letters: what people write, say or bring, from registration to the archive."""

import uuid
from datetime import date
from functools import cache
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.addresses import address_of
from cadres.models import Account, Bigrams, Labelled, Placed, Post, Unit
from cadres.models.condition import keys_of, written_once
from cadres.models.encrypted import SealedTexts, read_sealed
from cadres.models.statement import Slot, Statement, each
from visits.models.session import ReceptionSession
from visits.models.visit import Stop, new_reference
from visits.rules.letter_records import Channel, IdentityDocument
from visits.rules.letter_states import (
    AT_OFFICE,
    IN_REVIEW,
    IN_UNIT,
    OFFICE_DECIDES,
    OPEN,
    OVER,
    TO_ARCHIVE,
    Actor,
    Category,
    Clock,
    LetterState,
    Step,
)


class ContentSubject(models.Model):
    """What letters are about; the office extends the list (handbook 7.1)."""

    name = models.CharField(_("name"), max_length=50, unique=True)
    pinyin = models.CharField(max_length=150, editable=False)
    initials = models.CharField(max_length=50, editable=False)
    is_used = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("content subject")

    def __str__(self) -> str:
        return self.name


def _in(user: Account, permission: str, unit: str) -> Q:
    reach: Q = Q(pk__in=[])
    for scope in user.scopes(permission):
        reach |= scope.q(place=f"{unit}__place", unit=unit)
    return reach


def letters_naming(user: Account) -> RawSQL:
    """Keys of the letters that name someone this person has a tie with."""

    def written() -> RawSQL:
        ties = user.ties
        sql, params = _naming().filled(
            {
                "officials": each(ties.officials),
                "units": each(ties.units),
                "today": timezone.localdate(),
            }
        )
        return RawSQL(sql, params)  # noqa: S611  Django wrote it.

    return written_once(user, "named", written)


@cache
def _naming() -> Statement:
    """With slots for the account: written once for a process."""
    officials, units = (
        Slot(name, models.BigIntegerField()) for name in ("officials", "units")
    )
    today = Slot("today", models.DateField())
    named = NamedParty.objects.naming(officials, units, today=today)
    return Statement.of(named.order_by().values("letter"))


def letters_left_by(user: Account) -> RawSQL:
    """Keys of the letters from which this person has stepped back."""
    return written_once(
        user, "left", lambda: keys_of(Recusal.objects.in_force().of(user), "letter")
    )


def letters_seen_by(user: Account) -> RawSQL:
    """Keys of the letters that are this person's business."""
    return written_once(
        user, "letters", lambda: keys_of(Letter.objects.visible_to(user))
    )


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: Account) -> Self:
        """Letters whose present step is this person's business (handbook 12.3).

        The petition office sees what it received; a clerk, what they registered until
        it is routed; a handling unit, what it works on; a review officer, what is
        under review, or may come to it, and was never in their hands; a leader, what
        they hold. Sealed
        letters exist for seal officers and their named handlers alone. Who is named
        in a letter, belongs to a unit named in it, acts for someone named, or has
        stepped back, sees nothing of it (see `Account.ties`).
        """
        in_hand, sealed = _in_hand(user), _under_seal(user)
        reach = Q(in_hand, is_sealed=False)
        if sealed is not None:
            reach |= Q(sealed, is_sealed=True)
        return self.filter(reach).without_conflict(user)

    def without_conflict(self, user: Account) -> Self:
        """Without the letters that name this person's own, or that they left."""
        named, left = letters_naming(user), letters_left_by(user)
        return self.exclude(pk__in=named).exclude(pk__in=left)

    def status_of(self, user: Account) -> Self:
        """What a clerk may still know of what they registered: that it goes on."""
        return self.filter(
            _in(user, "visits.register_letter", "office"),
            registered_by=user,
            is_sealed=False,
        ).without_conflict(user)

    def at_desk(self, user: Account) -> Self:
        """What came to the offices for which this person registers.

        For telling that a matter may be there already; its content is not theirs to
        read (see `visible_to`).
        """
        return self.filter(
            _in(user, "visits.register_letter", "office"), is_sealed=False
        ).without_conflict(user)

    def open(self) -> Self:
        return self.filter(in_open_state=True)

    def unsealed(self) -> Self:
        return self.filter(is_sealed=False)

    def with_provisional_clock(self) -> Self:
        """Those with a running clock whose end no plan of days off has confirmed."""
        return self.filter(
            clocks__is_provisional=True, clocks__stopped_on__isnull=True
        ).distinct()

    def due_by(self, day: date) -> Self:
        """Open letters with an organ's clock that should stop by that day."""
        return self.open().filter(due_on__lte=day)

    def for_list(self) -> Self:
        # Read beside, not joined: a join is made for each row that might be on the
        # page, and thousands might be where the page has fifty.
        return self.prefetch_related("place", "unit", "office", "subject")


def _in_hand(user: Account) -> Q:
    """Letters without a seal that this person's roles put into their hands."""
    seldom = _seldom(user)
    found = Q(pk__in=[])
    routed = user.scopes("visits.route_letter")
    if routed:
        found |= _in(user, "visits.route_letter", "office")
    if any(it not in routed for it in user.scopes("visits.register_letter")):
        found |= Q(
            _in(user, "visits.register_letter", "office"),
            registered_by=user,
            state=LetterState.REGISTERED,
        )
    if user.has_perm("visits.handle_letter"):
        units = user.unit_ids("visits.handle_letter")
        found |= Q(state__in=[*IN_UNIT, *OVER], unit__in=units)
        if SUPPORTED in seldom:
            found |= Q(seldom[SUPPORTED], state__in=IN_UNIT)
    if user.has_perm("visits.name_unit"):
        superiors = user.unit_ids("visits.name_unit")
        found |= Q(state=LetterState.DISPUTE, unit__superior__in=superiors)
    if user.has_perm("visits.review_letter"):
        found |= reviewed_by(user)
    return found | seldom[HELD] if HELD in seldom else found


def reviewed_by(user: Account) -> Q:
    """Letters that this person reviews, or may be asked to: never their own.

    A request may come straight to the organ above the one that has decided last
    (Arts. 35, 36), so its review officers know what was answered there.
    """
    units = user.unit_ids("visits.review_letter")
    below = _one_below(user, units)
    answered = Q(
        state__in=[LetterState.ANSWERED, LetterState.SUPERVISED],
        review_unit__isnull=True,
        unit__in=below,
    ) | Q(
        state__in=[LetterState.REVIEW_ANSWERED, LetterState.SUPERVISED],
        review_unit__in=below,
    )
    return (Q(state__in=IN_REVIEW, review_unit__in=units) | answered) & ~handled_by(
        user
    )


def _one_below(user: Account, units: list[int]) -> list[int]:
    known: list[int] | None = user.__dict__.get("_reviewed_units")
    if known is None:
        rows = Unit.objects.one_below(units).values_list("pk", flat=True)
        known = user.__dict__["_reviewed_units"] = list(rows)
    return known


def handled_by(user: Account) -> Q:
    """Letters that this person, by whatever account, has had a part in before."""
    ids = sorted(user.ties.accounts)
    drafted = Letter.objects.filter(
        Q(drafts__drafted_by__in=ids) | Q(drafts__decided_by__in=ids),
        pk=OuterRef("pk"),
    )
    decided = LetterEvent.decisions_of(ids).filter(letter=OuterRef("pk"))
    return Q(handler__in=ids) | Exists(decided) | Exists(drafted)


def _under_seal(user: Account) -> Q | None:
    """Letters under seal that are theirs to keep or handle; None: surely none."""
    found = _seldom(user).get(HANDLED)
    if user.has_perm("visits.seal_letter"):
        keeps = _in(user, "visits.seal_letter", "office") | Q(
            _in(user, "visits.seal_letter", "unit"), state=LetterState.SEALED
        )
        found = found | keeps if found is not None else keeps
    return found


HANDLED, SUPPORTED, HELD = "handled", "supported", "held"
FEW = 200  # letters that are named one by one


def _seldom(user: Account) -> dict[str, Q]:
    """Ways in which few letters reach someone, each by a row that says so.

    To whom no such row speaks now (asked once for an account at hand), for them the
    way is left out, and for others the letters are named: then indexes answer the
    question. That the row still stands is asked each time all the same.
    """
    known: dict[str, Q] | None = user.__dict__.get("_seldom_letters")
    if known is None:
        known = user.__dict__["_seldom_letters"] = _ask_seldom(user)
    return known


def _ask_seldom(user: Account) -> dict[str, Q]:
    ways: dict[str, Any] = {}
    if user.has_perm("visits.view_letter"):
        ways[HANDLED] = SealedHandler.objects.filter(account=user)
    if user.has_perm("visits.handle_letter"):
        units = user.unit_ids("visits.handle_letter")
        supports: Any = Letter.supporting_units.through.objects
        ways[SUPPORTED] = supports.filter(unit__in=units)
    if user.has_perm("visits.hold_letter"):
        held = LeaderHold.objects.filter(leader__in=user.acts_for_ids())
        ways[HELD] = held.filter(ended_on__isnull=True)
    found: dict[str, list[int]] = {}
    for way, letter in _first_few(ways):
        found.setdefault(way, []).append(letter)
    return {
        way: Q(Exists(ways[way].filter(letter=OuterRef("pk"))))
        & (Q(pk__in=letters) if len(letters) <= FEW else Q())
        for way, letters in found.items()
    }


def _first_few(ways: dict[str, Any]) -> Any:
    """Way and letter of each row, in one query; of each way one more than FEW."""
    parts = []
    for way, rows in ways.items():
        if way == SUPPORTED:
            rows = rows.filter(letter__state__in=IN_UNIT)
        named = rows.order_by("pk").annotate(way=Value(way))
        parts.append(named.values_list("way", "letter")[: FEW + 1])
    return parts[0].union(*parts[1:], all=True) if parts else ()


class Letter(Placed):
    """One subject of request. Who asks stands apart, in `Petitioner`.

    Nothing here is about a person: no count, no link, no history by petitioner
    (handbook 12.1). The text of a sealed letter stands in `sealed_text` alone.
    """

    Channel = Channel
    IdentityDocument = IdentityDocument

    class Outcome(models.TextChoices):
        """Art. 32; and Art. 29 for suggestions."""

        SUPPORTED = "supported", _("Supported")
        EXPLAINED = "explained", _("Explained")
        NOT_SUPPORTED = "not_supported", _("Not supported")
        ADOPTED = "adopted", _("Adopted")
        PARTLY = "partly", _("Partly adopted")
        NOT_ADOPTED = "not_adopted", _("Not adopted")

    reference = models.CharField(
        _("reference"), max_length=8, unique=True, default=new_reference, editable=False
    )
    # Binds encrypted columns to their record, and names it in files and addresses.
    seal_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    received_on = models.DateField(_("received on"))
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    request = models.CharField(_("request"), max_length=200, blank=True)
    facts = models.TextField(_("facts and reasons"), max_length=10_000, blank=True)
    is_oral = models.BooleanField(_("oral statement, written down"), default=False)
    is_read_back = models.BooleanField(_("read back"), default=False)
    identity_document = models.CharField(
        _("identity checked by"), max_length=9, choices=IdentityDocument, blank=True
    )
    identity_checked_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    people = models.PositiveIntegerField(
        _("number of people"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
    )
    category = models.CharField(
        _("category"), max_length=13, choices=Category, blank=True
    )
    subject = models.ForeignKey(
        ContentSubject,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("subject"),
        related_name="letters",
    )
    keep_name_secret = models.BooleanField(_("keep the name secret"), default=False)
    no_phone_calls = models.BooleanField(_("no phone calls"), default=False)
    # A service, not a trait; cleared when the letter closes (handbook 12.5).
    help_wanted = models.CharField(_("help wanted"), max_length=100, blank=True)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    urgent_reason = models.CharField(_("why urgent"), max_length=200, blank=True)
    queue_number = models.PositiveSmallIntegerField(
        _("queue number"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(9_999)],
    )
    external_ref = models.CharField(
        _("number in the official system"), max_length=50, blank=True
    )
    stop = models.ForeignKey(
        Stop,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="letters",
        db_index=False,
    )
    # The reception session at which it was taken down.
    session = models.ForeignKey(
        ReceptionSession,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
        db_index=False,
    )
    split_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="split_off",
        db_index=False,
    )

    is_sealed = models.BooleanField(default=False, editable=False)
    sealed_text = SealedTexts(null=True)

    state = models.CharField(
        _("state"), max_length=15, choices=LetterState, default=LetterState.REGISTERED
    )
    office = models.ForeignKey(
        Unit,
        models.PROTECT,
        verbose_name=_("received by"),
        related_name="+",
        db_index=False,
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("unit in charge"),
        related_name="letters",
    )
    supporting_units = models.ManyToManyField(Unit, blank=True, related_name="+")
    review_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    handler = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Who recorded that the petitioner withdraws, until someone else has called.
    withdrawal_by = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        db_index=False,
    )
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    outcome = models.CharField(max_length=13, choices=Outcome, blank=True)
    ended_on = models.DateField(null=True, blank=True, editable=False)
    retention = models.CharField(_("retention"), max_length=10, blank=True)
    # Since then who wrote is known to the archive copy alone (handbook 14).
    masked_at = models.DateTimeField(null=True, blank=True, editable=False)

    # The organ's clock that ends first: its safe day sorts the lists.
    due_on = models.DateField(null=True, blank=True, editable=False)
    due_legal_on = models.DateField(null=True, blank=True, editable=False)
    due_clock = models.CharField(
        max_length=3, choices=Clock, blank=True, editable=False
    )
    due_is_provisional = models.BooleanField(default=False, editable=False)
    # `is_open` in the database. As a list of states, PostgreSQL would compare it with
    # that of each partial index before it reads anything: ten times the planning.
    in_open_state = models.GeneratedField(
        expression=Q(state__in=OPEN),  # type: ignore[arg-type]  # Django takes it
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # Request, facts and replies of an unsealed letter, for the search.
    search_text = models.TextField(blank=True, editable=False)

    registered_by = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_index=False
    )
    registered_at = models.DateTimeField(default=timezone.now, editable=False)
    client_key = models.UUIDField(editable=False)
    # Of the one-time code on the receipt: its keyed hash, never the code.
    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        indexes = [
            *(
                models.Index(
                    fields=[column, "due_on", "id"],
                    condition=Q(in_open_state=True, is_sealed=False),
                    name=f"letter_open_{column}",
                )
                for column in ("province", "prefecture", "county", "township")
            ),
            # What is at hand is little of what there is: lists read these alone.
            *(
                models.Index(
                    fields=[column, "due_on", "id"],
                    condition=Q(in_open_state=True),
                    name=f"letter_open_{column}",
                )
                for column in ("office", "unit", "handler")
            ),
            models.Index(
                fields=["office", "due_on", "id"],
                condition=Q(state__in=AT_OFFICE),
                name="letter_at_office",
            ),
            models.Index(
                fields=["review_unit", "due_on", "id"],
                condition=Q(state__in=IN_REVIEW),
                name="letter_in_review",
            ),
            models.Index(
                fields=["office", "due_on", "id"],
                condition=Q(state__in=TO_ARCHIVE),
                name="letter_to_archive",
            ),
            models.Index(
                fields=["ended_on", "id"],
                condition=Q(
                    state=LetterState.ARCHIVED, is_sealed=False, masked_at__isnull=True
                ),
                name="letter_to_mask",
            ),
            # Few letters have one.
            *(
                models.Index(
                    fields=[name],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"letter_of_{name}",
                )
                for name in ("stop", "session", "split_from", "review_unit")
            ),
            models.Index(
                fields=["due_on", "id"],
                condition=Q(withdrawal_by__isnull=False),
                name="letter_call_due",
            ),
            models.Index(
                fields=["office", "due_on", "id"],
                condition=Q(is_sealed=True),
                name="letter_sealed_office",
            ),
            models.Index(
                fields=["unit", "due_on", "id"],
                condition=Q(is_sealed=True),
                name="letter_sealed_unit",
            ),
            models.Index(
                fields=["county", "received_on", "id"], name="letter_county_day"
            ),
            models.Index(
                fields=["office", "received_on", "id"], name="letter_office_day"
            ),
            models.Index(
                fields=["registered_by", "registered_at"], name="letter_clerk_day"
            ),
            GinIndex(Bigrams(F("search_text")), name="letter_text_bigrams"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["registered_by", "client_key"],
                name="letter_sent_once_per_person",
            ),
            models.CheckConstraint(
                name="letter_sealed_text_iff_sealed",
                condition=Q(
                    is_sealed=True,
                    sealed_text__isnull=False,
                    request="",
                    facts="",
                    search_text="",
                )
                | Q(is_sealed=False, sealed_text__isnull=True),
            ),
            models.CheckConstraint(
                name="letter_accusation_is_sealed",
                condition=~Q(category=Category.ACCUSATION) | Q(is_sealed=True),
                violation_error_message=_("An accusation is always sealed."),
            ),
            models.CheckConstraint(
                name="letter_urgent_with_reason",
                condition=Q(is_urgent=False) | ~Q(urgent_reason=""),
                violation_error_message=_("Say why it is urgent."),
            ),
            models.CheckConstraint(
                name="letter_unit_while_with_unit",
                condition=~Q(
                    state__in=[
                        LetterState.FORWARDED,
                        LetterState.ASSIGNED,
                        LetterState.OBJECTION,
                        LetterState.ACCEPTED,
                        LetterState.HANDLING,
                        LetterState.EXTENDED,
                        LetterState.ANSWERED,
                    ],
                    unit__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="letter_accepted_on_once_accepted",
                condition=~Q(
                    state__in=[
                        LetterState.ACCEPTED,
                        LetterState.DISPUTE,
                        LetterState.HANDLING,
                        LetterState.EXTENDED,
                        LetterState.ANSWERED,
                    ],
                    accepted_on__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="letter_state_known", condition=Q(state__in=LetterState.values)
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address_of("visits:letter_detail", self.reference)

    @property
    def printed_reference(self) -> str:
        return f"{self.reference[:4]}-{self.reference[4:]}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def text(self) -> dict[str, str]:
        """Request and facts; of a sealed letter nothing, see `open_sealed`."""
        return {"request": self.request, "facts": self.facts}

    def read_sealed_text(self) -> dict[str, str]:
        """In clear; only behind an `Access` written in the same transaction."""
        return read_sealed(
            bytes(self.sealed_text or b""), purpose="letter", seal_id=self.seal_id
        )


class LetterEvent(Labelled):
    """One row of a letter's history; nothing in it is ever changed.

    `record` is what the table of steps says must be recorded; of a sealed letter it
    stands in `sealed_record`.
    """

    letter = models.ForeignKey(
        Letter, models.PROTECT, related_name="events", db_index=False
    )
    step = models.CharField(max_length=20, choices=Step)
    from_state = models.CharField(max_length=15, choices=LetterState, blank=True)
    to_state = models.CharField(max_length=15, choices=LetterState)
    # The day it took effect; clocks are computed from these days.
    on = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    # Nobody: the product itself.
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    drafted_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    acted_as = models.CharField(max_length=10, choices=Actor)
    # Nobody asks for the events of a unit: without an index.
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    to_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # Who was named to handle it.
    handler = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    record = models.JSONField(default=dict)
    sealed_record = SealedTexts(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["letter", "id"], name="letter_event_order"),
            # What is new since a moment.
            models.Index(fields=["at"], name="letter_event_at"),
            # Few of millions of rows name anyone here.
            models.Index(
                fields=["handler"],
                condition=Q(handler__isnull=False),
                name="letter_event_handler",
            ),
            models.Index(
                fields=["drafted_by"],
                condition=Q(drafted_by__isnull=False),
                name="letter_event_drafter",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="letter_event_by_someone_or_itself",
                condition=Q(by__isnull=False) | Q(acted_as=Actor.PRODUCT),
            )
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.step}"

    @classmethod
    def decisions_of(cls, accounts: list[int]) -> models.QuerySet["LetterEvent"]:
        """What these accounts decided, drafted or were named for, in any letter."""
        decided = Q(acted_as__in=[Actor.UNIT, Actor.HEAD, Actor.REVIEWER]) | Q(
            acted_as__in=[Actor.OFFICE, Actor.SUPERIOR], step__in=OFFICE_DECIDES
        )
        # What a reviewer notes belongs to the review that goes on.
        going_on = Q(
            acted_as=Actor.REVIEWER,
            to_state__in=IN_REVIEW,
            to_state=F("letter__state"),
        )
        own = Q(by__in=accounts) | Q(drafted_by__in=accounts)
        return cls.objects.filter((own & decided & ~going_on) | Q(handler__in=accounts))


class NamedPartyQuerySet(models.QuerySet["NamedParty"]):
    def in_force(self) -> Self:
        """Once named, a party stays so until a second officer has agreed."""
        return self.filter(removed_at__isnull=True)

    def tied_to(self, user: Account) -> Self:
        """Those with whom this person has a tie, in whatever letter.

        Also who belongs to a unit where a named official works, or to one below it.
        """
        ties, today = user.ties, timezone.localdate()
        return self.naming(ties.officials, ties.units, today=today)

    def naming(self, officials: Any, units: Any, *, today: Any) -> Self:
        """The officials, or units, or who works in these."""
        posts = Post.objects.filter(
            Q(last__isnull=True) | Q(last__gte=today), unit__in=units
        )
        return self.in_force().filter(
            Q(official__in=officials)
            | Q(official__unit__in=units)
            | Q(official__in=posts.values("cadre"))
            | Q(unit__in=units)
        )

    def shutting_out(self, user: Account, *, letter: str = "pk") -> Self:
        """Those in the outer query's letter with whom this person has a tie."""
        return self.tied_to(user).filter(letter=OuterRef(letter))


class NamedParty(models.Model):
    """An official or a unit that a letter complains about, or has to do with.

    Shuts out the official, those who act for them, and the people of the unit (an
    official's: of every unit they work in) and of the units below it. Taking one out
    needs two seal officers.
    """

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="named")
    official = models.ForeignKey(
        "cadres.Cadre", models.PROTECT, null=True, blank=True, related_name="+"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    removal_asked_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    removal_asked_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = NamedPartyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="named_party_removed_by_two",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(
                    ~Q(removed_by=F("removal_asked_by")),
                    removed_at__isnull=False,
                    removed_by__isnull=False,
                    removal_asked_by__isnull=False,
                ),
                violation_error_message=_("Another seal officer has to confirm."),
            ),
            models.CheckConstraint(
                name="named_party_official_or_unit",
                condition=Q(official__isnull=False, unit__isnull=True)
                | Q(official__isnull=True, unit__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["letter", "official", "unit"],
                nulls_distinct=False,
                condition=Q(removed_at__isnull=True),
                name="named_party_once",
                violation_error_message=_("This party is named already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}: {self.official_id or self.unit_id}"

    @property
    def who(self) -> str:
        return str(self.official or self.unit)


class RecusalQuerySet(models.QuerySet["Recusal"]):
    def in_force(self) -> Self:
        """One's own declaration holds until it is refused; a request, once granted."""
        state, source = Recusal.State, Recusal.Source
        return self.filter(
            Q(state=state.GRANTED) | Q(state=state.DECLARED, source=source.OWN)
        )

    def waiting(self) -> Self:
        return self.filter(state=Recusal.State.DECLARED)

    def of(self, user: Account) -> Self:
        """Of this person, under whichever account."""
        return self.filter(account__in=user.ties.accounts)


class Recusal(Labelled):
    """Someone steps back from a letter, or is asked to (handbook 7.7)."""

    class State(models.TextChoices):
        DECLARED = "declared", _("Waits for decision")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")

    class Source(models.TextChoices):
        OWN = "own", _("Own declaration")
        PETITIONER = "petitioner", _("Asked for by the petitioner")

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="recusals")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    source = models.CharField(max_length=10, choices=Source)
    ground = models.CharField(_("ground"), max_length=200)
    state = models.CharField(max_length=8, choices=State, default=State.DECLARED)
    recorded_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = RecusalQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["letter"],
                condition=Q(state="declared"),
                name="recusal_undecided",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "account", "source"],
                condition=~Q(state="refused"),
                name="recusal_once_per_source",
                violation_error_message=_("This person has stepped back already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}: {self.account_id}"


class SealedHandler(models.Model):
    """Someone named to handle one sealed letter (handbook 3, 7.6)."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="sealed_handlers")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    named_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    named_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "account"], name="sealed_handler_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}: {self.account_id}"


class LeaderHold(Labelled):
    """A leader holds a letter until it is dealt with (领导包案, handbook 7.9).

    Its results speak of the matter, never of the person.
    """

    class Result(models.TextChoices):
        SOLVED = "solved", _("Solved")
        EXPLAINED = "explained", _("Explained")
        RELIEF = "relief", _("Relief given")

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="holds")
    leader = models.ForeignKey(
        "cadres.Cadre", models.PROTECT, verbose_name=_("leader"), related_name="held"
    )
    started_on = models.DateField(_("since"))
    plan = models.CharField(_("plan and measures"), max_length=500)
    due_on = models.DateField(_("deadline"))
    first_due_on = models.DateField(editable=False)
    extended_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    progress = models.TextField(_("progress"), max_length=2000, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=Result, blank=True)
    # Of those that ended before it was asked for, there is none.
    closing = models.TextField(_("closing paper"), max_length=2000, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    named_by = models.ForeignKey(Account, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("leader-held matter")
        constraints = [
            models.UniqueConstraint(
                fields=["letter"],
                condition=Q(ended_on__isnull=True),
                name="letter_held_by_one_leader",
                violation_error_message=_("A leader holds this matter already."),
            ),
            models.CheckConstraint(
                name="leader_hold_ends_with_result",
                condition=Q(ended_on__isnull=True, result="")
                | (Q(ended_on__isnull=False) & ~Q(result="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}: {self.leader_id}"
