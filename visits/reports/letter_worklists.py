"""Which letters wait for whom: the lists that each role works through."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.models import (
    LeaderHold,
    Letter,
    LetterClock,
    LetterDraft,
    Recusal,
    SealTransfer,
)
from visits.models.letter import FEW, LetterQuerySet
from visits.rules.clocks import PETITIONERS
from visits.rules.letter_states import (
    AT_OFFICE,
    AT_UNIT,
    IN_REVIEW,
    TO_ARCHIVE,
    LetterState,
)

S = LetterState
AT_WORK = [*AT_UNIT, S.ACCEPTED, S.HANDLING, S.EXTENDED]


class Worklist(TextChoices):
    WAITING = "waiting", _("Waiting for me")
    MINE = "mine", _("Mine")
    UNIT = "unit", _("My unit")
    NEAR = "near", _("Near the limit")
    HELD = "held", _("Held by me as leader")
    CALL = "call", _("Call after withdrawal")
    ARCHIVE = "archive", _("To archive")
    ALL = "all", _("All in my hands")
    REGISTERED = "registered", _("Registered by me")


# Lists that are worked through whatever the state of their letters.
WHATEVER_STATE = (Worklist.CALL, Worklist.ARCHIVE)


def worklists_of(user: Account) -> list[Worklist]:
    """The lists that make sense for this person, the first one to begin with."""
    found = [Worklist.WAITING, Worklist.NEAR, Worklist.ALL]
    if user.has_perm("visits.handle_letter"):
        found[1:1] = [Worklist.MINE, Worklist.UNIT]
    if user.has_perm("visits.hold_letter"):
        found.insert(1, Worklist.HELD)
    if user.has_perm("visits.handle_letter") or user.has_perm("visits.route_letter"):
        found.append(Worklist.CALL)
    if user.has_perm("visits.route_letter"):
        found.append(Worklist.ARCHIVE)
    if user.has_perm("visits.register_letter"):
        found.append(Worklist.REGISTERED)
    return found


def worklist_in(user: Account, asked: str) -> Worklist:
    """The list asked for, by default the first; all, for one that is not theirs."""
    known = worklists_of(user)
    return next((it for it in known if it == (asked or known[0])), Worklist.ALL)


def letters_of(user: Account, worklist: str, *, on: date, near: int) -> LetterQuerySet:
    """The rows of a list, of those that this person may see.

    `near` are the days before a limit from which on it is near. What someone
    registered is shown to them further on, but no more than its state
    (`Letter.objects.status_of`).
    """
    if worklist == Worklist.REGISTERED:
        return Letter.objects.status_of(user)
    letters = Letter.objects.visible_to(user)
    if worklist == Worklist.MINE:
        return letters.filter(handler=user)
    if worklist == Worklist.UNIT:
        return letters.filter(unit__in=user.unit_ids("visits.handle_letter"))
    if worklist == Worklist.NEAR:
        return letters.due_by(on + timedelta(days=near))
    if worklist == Worklist.HELD:
        return letters.filter(Exists(held_by(user).filter(letter=OuterRef("pk"))))
    if worklist == Worklist.CALL:
        return letters.filter(_call_by(user))
    if worklist == Worklist.ARCHIVE:
        return letters.filter(routed_by(user), state__in=TO_ARCHIVE)
    if worklist == Worklist.WAITING:
        return letters.filter(waits_for(user, letters, on=on))
    return letters


def waiting_letters(user: Account, *, on: date) -> LetterQuerySet:
    letters = Letter.objects.visible_to(user)
    return letters.filter(waits_for(user, letters, on=on))


def held_by(user: Account) -> QuerySet[LeaderHold]:
    """What this person holds as a leader, or for one."""
    return LeaderHold.objects.filter(
        leader__in=user.acts_for_ids(), ended_on__isnull=True
    )


def deadlines_of(leader: Account) -> dict[int, date]:
    """By letter, the deadline of each that this leader holds."""
    return dict(held_by(leader).values_list("letter", "due_on"))


def waits_for(user: Account, visible: LetterQuerySet, *, on: date) -> Q:
    """What this person is expected to do now, by each of their roles.

    `visible` are the letters that they may see.
    """
    waits = Q(pk__in=[])
    plain = Q(is_sealed=False)
    if user.has_perm("visits.route_letter"):
        waits |= plain & _office(user)
    if user.has_perm("visits.handle_letter"):
        waits |= plain & _handler(user, on)
    if user.has_perm("visits.head_letter"):
        waits |= plain & _head(user)
    if user.has_perm("visits.name_unit"):
        superior = user.unit_ids("visits.name_unit")
        waits |= plain & Q(state=S.DISPUTE, unit__superior__in=superior)
    if user.has_perm("visits.review_letter"):
        units = user.unit_ids("visits.review_letter")
        waits |= plain & Q(state__in=IN_REVIEW, review_unit__in=units)
    if user.has_perm("visits.seal_letter"):
        waits |= Q(is_sealed=True, state=S.REGISTERED) & _sealer(user)
    # Few, so they are named one by one: then indexes answer the rest.
    seldom = _seldom_waits(user, visible)
    return waits | Q(pk__in=seldom) if seldom else waits


def _seldom_waits(user: Account, visible: LetterQuerySet) -> list[int]:
    """Withdrawals to call about, and who stepped back or shall: to be decided."""
    decides = user.has_perm("visits.route_letter") or user.has_perm(
        "visits.head_letter"
    )
    if not decides and not user.has_perm("visits.handle_letter"):
        return []
    letters = visible.unsealed()
    parts = [letters.filter(_call_by(user))]
    if decides:
        undecided = (
            Recusal.objects.filter(state=Recusal.State.DECLARED)
            .exclude(account=user)
            .exclude(recorded_by=user)
        )
        parts.append(letters.filter(pk__in=undecided.values("letter")))
    few = [rows.order_by("pk").values_list("pk", flat=True)[:FEW] for rows in parts]
    return list(few[0].union(*few[1:]))


def _call_by(user: Account) -> Q:
    """The petitioner withdrew, and someone else has written that down."""
    return Q(withdrawal_by__isnull=False) & ~Q(withdrawal_by=user)


def routed_by(user: Account) -> Q:
    reach = Q(pk__in=[])
    for scope in user.scopes("visits.route_letter"):
        reach |= scope.q(place="office__place", unit="office")
    return reach


def _office(user: Account) -> Q:
    """To sort and route, objections and disputes to decide, what leaders decided."""
    received = Q(state=S.REGISTERED, unit__isnull=True)
    decided = Q(state__in=[S.OBJECTION, S.ESCALATED, S.DISPUTE])
    # Said outright, so that the index of these letters is seen to fit.
    at_office = Q(state__in=AT_OFFICE)
    return routed_by(user) & at_office & (received | decided)


def _handler(user: Account, on: date) -> Q:
    """Their own at work or to be closed, and those that nobody has taken yet.

    Answered ones wait while no delivery is proven, and once the petitioner's window
    is over; supervised ones, until they are carried out.
    """
    pending = LetterDraft.objects.filter(
        letter=OuterRef("pk"), state=LetterDraft.State.PENDING
    )
    fresh = Q(state__in=[S.REGISTERED, *AT_UNIT], handler__isnull=True)
    units = user.unit_ids("visits.handle_letter")
    window = LetterClock.objects.running().filter(
        letter=OuterRef("pk"), clock__in=PETITIONERS, legal_on__gte=on
    )
    theirs = Q(handler=user) | Q(handler__isnull=True, unit__in=units)
    answered = Q(state__in=[S.ANSWERED, S.REVIEW_ANSWERED]) & ~Exists(window)
    return (
        (Q(handler=user, state__in=AT_WORK) & ~Exists(pending))
        | (fresh & Q(unit__in=units))
        | (theirs & (answered | Q(state=S.SUPERVISED)))
    )


def _head(user: Account) -> Q:
    """Drafts to decide, and what has no handler."""
    units = user.unit_ids("visits.head_letter")
    drafts = LetterDraft.objects.filter(
        letter=OuterRef("pk"), state=LetterDraft.State.PENDING
    )
    return Q(unit__in=units) & (
        Q(Exists(drafts)) | Q(state__in=AT_WORK, handler__isnull=True)
    )


def _sealer(user: Account) -> Q:
    """To hand on, or to confirm as the second one; not what oneself has proposed."""
    asked = SealTransfer.objects.filter(
        letter=OuterRef("pk"),
        asked_by=user,
        confirmed_at__isnull=True,
        refused_at__isnull=True,
    )
    return Q(~Exists(asked))
