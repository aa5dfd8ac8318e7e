"""How a matter stands to a person, and which steps they may take now."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cadres.models import Account
from cadres.models.condition import among, keys_of
from visits.models import Matter, MatterCall, MatterEvent
from visits.rules.matter_states import (
    AWAITING,
    HEARS,
    OPEN,
    WATCHERS,
    MatterActor,
    MatterMove,
    MatterState,
    MatterStep,
    steps_from,
)

# Hearing the people is not handling; neither is looking whether it held.
LISTENS = (*HEARS, MatterStep.LOOK_BACK, MatterStep.SLIP)


def actors(matter: Matter, user: Account) -> set[MatterActor]:
    """In which parts `user` may act on this matter; none if they may not see it."""
    if not Matter.objects.visible_to(user).filter(pk=matter.pk).exists():
        return set()
    found: set[MatterActor] = set()
    decides = user.has_perm("visits.decide_matter")
    if decides and matter.decided_by_id in user.acts_for_ids():
        found.add(MatterActor.DECIDER)
        if matter.unit_id is None and matter.lead_unit:
            # The unit is not in this system: who decided writes what it reports.
            found.add(MatterActor.UNIT)
    units = set(user.unit_ids("visits.handle_matter"))
    if matter.unit_id in units:
        found.add(MatterActor.UNIT)
    supporting = set(matter.supporting_units.values_list("pk", flat=True))
    if supporting & units:
        found.add(MatterActor.SUPPORT)
    if user.reaches("visits.oversee_matter", place=matter.place):
        found.add(MatterActor.OVERSEER)
    if matter.letter and user.reaches("visits.route_letter", unit=matter.letter.office):
        found.add(MatterActor.OFFICE)
    if user.has_perm("visits.hear_matter") and not is_handler(matter, user):
        found.add(MatterActor.CALLER)
    return found


def is_handler(matter: Matter, user: Account) -> bool:
    """Whether this person has a hand in it: then they never ask the people about it.

    Whoever did a step of it, or looks like the same person as someone who did; the
    people of the lead and the supporting units; who decided, and who acts for them.
    """
    if matter.decided_by_id in user.acts_for_ids() or belongs_to_units(matter, user):
        return True
    return handled_by(same_persons(user)).filter(matter=matter).exists()


def has_a_hand_in(matter: Matter, user: Account) -> bool:
    """Stricter, for a draw: nor does who has called about it before call once more."""
    any_event = matter.events.filter(by__in=same_persons(user).values("pk"))
    return is_handler(matter, user) or any_event.exists()


def belongs_to_units(matter: Matter, user: Account) -> bool:
    supporting = set(matter.supporting_units.values_list("pk", flat=True))
    return bool(user.own_unit_ids() & {matter.unit_id, *supporting})


def same_persons(user: Account) -> QuerySet[Account]:
    return Account.objects.same_person(user)


def handled_by(accounts: QuerySet[Account]) -> QuerySet[MatterEvent]:
    """What they did in any matter, beyond listening to the people."""
    return MatterEvent.objects.filter(by__in=accounts.values("pk")).exclude(
        step__in=LISTENS
    )


def may_print_slips(
    matter: Matter, user: Account, parts: Collection[MatterActor]
) -> bool:
    """Until the word is given, and never by the unit that has it in hand."""
    return (
        matter.state in (*OPEN, *AWAITING)
        and bool(set(parts).intersection(WATCHERS))
        and not belongs_to_units(matter, user)
    )


def offers_for(matter: Matter, parts: Collection[MatterActor]) -> list[MatterMove]:
    """What a page offers to someone with these `parts`."""
    found = [it for it in steps_from(matter.state) if set(parts).intersection(it.by)]
    waits = matter.asked_due_on is not None
    answers = (MatterStep.APPROVE_DELAY, MatterStep.REFUSE_DELAY)
    return [
        it
        for it in found
        if not (it.step in answers and not waits)
        and not (it.step == MatterStep.ASK_DELAY and waits)
        and not _makes_no_sense(matter, it)
    ]


def _makes_no_sense(matter: Matter, move: MatterMove) -> bool:
    """What was settled on the spot and reopened has no unit and no date yet."""
    lacks_unit = not matter.lead_unit
    needs_unit = (
        MatterStep.PROGRESS,
        MatterStep.SAY_DONE,
        MatterStep.HAND_OVER,
        MatterStep.ASK_DELAY,
    )
    return (
        matter.state == MatterState.REOPENED and lacks_unit and move.step in needs_unit
    )


def waiting_for(user: Account) -> Q:
    """Matters in which the next step is this person's; of those they may see."""
    return at_work(user) | drawn_for(user) | to_look_back(user)


def at_work(user: Account) -> Q:
    """To be decided by those one acts for, or in the hands of one's unit."""
    reach = Q(pk__in=[])
    if user.has_perm("visits.decide_matter"):
        mine = Q(decided_by__in=user.acts_for_ids())
        undecided = Q(state=MatterState.REOPENED, lead_unit="")
        reach |= mine & (
            Q(state__in=[MatterState.RAISED, MatterState.CONFIRMED])
            | Q(asked_due_on__isnull=False)
            | undecided
        )
    units = user.unit_ids("visits.handle_matter")
    if units:
        at_unit = [
            MatterState.ASSIGNED,
            MatterState.IN_PROGRESS,
            MatterState.REOPENED,
        ]
        reach |= Q(unit__in=units, state__in=at_unit)
    return reach


def drawn_for(user: Account) -> Q:
    """Matters drawn for this person to call back about, and not called yet."""
    if not user.has_perm("visits.hear_matter"):
        return Q(pk__in=[])
    calls = MatterCall.objects.filter(caller=user, done_at__isnull=True)
    return among("pk", keys_of(calls, "matter"))


def to_look_back(user: Account) -> Q:
    """Struck off, due to be looked back on, by someone without a hand in them."""
    if not user.has_perm("visits.hear_matter"):
        return Q(pk__in=[])
    own = MatterEvent.objects.filter(by=user).exclude(step__in=LISTENS)
    return Q(
        ~Exists(own.filter(matter=OuterRef("pk"))),
        state=MatterState.STRUCK_OFF,
        look_back_on__lte=timezone.localdate(),
    )
