"""Telling the people concerned that a letter came, waits, was sent back or is urged.

Called inside the transaction of what it tells of. Only who may see the letter then is
told, never who acted, and each thing once: the key names what happened.
"""

from collections.abc import Iterable

from django.db.models import Q

from cadres.models import Account, Cadre, RoleGrant, Unit
from visits.actions.write_notices import write_notices
from visits.models import (
    DataRequest,
    LeaderHold,
    Letter,
    LetterDraft,
    LetterEvent,
    Notice,
    Recusal,
)
from visits.reports.letter_steps import covers
from visits.reports.matter_duty import acting_for
from visits.reports.recusals import deciders_of, heads_of, organ_of
from visits.rules.letter_states import IN_REVIEW, Step

Kind = Notice.Kind
COMES = (Step.FORWARD, Step.ASSIGN, Step.DECIDE, Step.NAME_UNIT, Step.REFUSE)


def tell_of_step(letter: Letter, event: LetterEvent) -> None:
    """What a step of the table means for others; sealed letters tell nobody."""
    if letter.is_sealed:
        return
    key, by = f"{event.pk}", event.by
    if event.step in COMES:
        _tell(letter, Kind.ROUTED, key, _unit(letter), by)
    elif event.step == Step.NAME_HANDLER and letter.handler:
        _tell(letter, Kind.ROUTED, key, [letter.handler], by)
    elif event.step in (Step.OBJECT, Step.PROPOSE):
        _tell(letter, Kind.DECISION, key, _office(letter), by)
    elif event.step == Step.DISPUTE:
        _tell(letter, Kind.DECISION, key, [*_superior(letter), *_office(letter)], by)
    elif event.step in (Step.ASK_REVIEW, Step.ASK_REREVIEW):
        _tell(letter, Kind.DECISION, key, _reviewers(letter), by)
    elif event.step == Step.URGE:
        in_review = letter.state in IN_REVIEW
        people = _reviewers(letter) if in_review else _unit(letter)
        _tell(letter, Kind.URGED, key, people, by)
    elif event.step == Step.SUPERVISE:
        _tell(letter, Kind.SUPERVISED, key, _unit(letter), by)
    elif event.step in (Step.REVIEW, Step.REREVIEW):
        _tell(letter, Kind.OPINION, key, [*_unit(letter), *_office(letter)], by)
    elif event.step == Step.REPORT_BACK:
        _tell(letter, Kind.REPORTED, key, _office(letter), by)
    elif event.step == Step.WITHDRAW:
        _tell(letter, Kind.CALL, key, [*_unit(letter), *_office(letter)], by)
    elif event.step == Step.MARK_URGENT:
        _tell(letter, Kind.URGENT, key, [*_unit(letter), *_office(letter)], by)


def tell_of_draft(draft: LetterDraft) -> None:
    """The heads of the unit, that a draft waits."""
    heads = accounts_with("visits.head_letter", draft.letter.unit)
    key = f"draft:{draft.pk}"
    _tell(draft.letter, Kind.DECISION, key, heads, draft.drafted_by)


def tell_of_return(draft: LetterDraft, by: Account) -> None:
    key = f"draft:{draft.pk}"
    _tell(draft.letter, Kind.RETURNED, key, [draft.drafted_by], by)


def tell_of_recusal(recusal: Recusal) -> None:
    """Those who decide; they need not see the letter, so the notice names none."""
    people = deciders_of(recusal)
    _tell_without_letter(Kind.RECUSAL, f"{recusal.pk}", people, recusal.recorded_by)


def tell_of_vacancy(recusal: Recusal) -> None:
    """The heads of the organ that has to name someone else."""
    letter, key = recusal.letter, f"{recusal.pk}"
    if letter.is_sealed:
        return
    heads = heads_of(organ_of(recusal))
    _tell(letter, Kind.VACANT, key, heads, recusal.account)
    # Who has been told is passed over: each thing is told once.
    _tell_without_letter(Kind.VACANT, key, heads, recusal.account)


def _tell_without_letter(
    kind: str, key: str, people: Iterable[Account], by: Account
) -> None:
    told = [Notice(account=it, kind=kind, key=f"{kind}:{key}") for it in people]
    write_notices([notice for notice in told if notice.account_id != by.pk])


def tell_successor(
    unit: Unit, successor: Unit, by: Account, *, is_sealed: bool
) -> None:
    """Once for all letters of the dissolved unit; seal officers if some are sealed."""
    people = [
        account
        for permission in (
            "visits.route_letter",
            "visits.head_letter",
            "visits.handle_letter",
            "visits.review_letter",
            *(["visits.seal_letter"] if is_sealed else []),
        )
        for account in accounts_with(permission, successor)
    ]
    kind, told = Kind.TAKEN_OVER, {it.pk: it for it in people if it != by}
    key = f"{kind}:{unit.pk}:{successor.pk}"
    write_notices(
        [Notice(account=it, kind=kind, key=key, unit=unit) for it in told.values()]
    )


def tell_left_behind(letter: Letter, unit: Unit, by: Account) -> None:
    if not letter.is_sealed:
        key = f"{letter.pk}:{unit.pk}"
        _tell(letter, Kind.LEFT_BEHIND, key, _office(letter), by)


def tell_of_data_request(request: DataRequest) -> None:
    """The petition office; of a sealed letter nobody: seal officers have a list."""
    letter = request.letter
    if not letter.is_sealed:
        _tell(letter, Kind.DECISION, f"data:{request.pk}", _office(letter))


def tell_of_hold(hold: LeaderHold) -> None:
    """The leader who holds a matter from now on, and those who act for them."""
    people = holders_of(hold.leader)
    _tell(hold.letter, Kind.HELD, f"hold:{hold.pk}", people, hold.named_by)


def tell_of_deadline(
    hold: LeaderHold, kind: str, *, key: str, days: int, upward: bool
) -> None:
    people = holders_of(hold.leader)
    if upward:
        people += accounts_with("visits.name_holder", hold.letter.office)
    _tell(hold.letter, kind, key, people, days=days)


def holders_of(leader: Cadre) -> list[Account]:
    """The leader's own account, and those with a mandate today."""
    return acting_for(leader.pk)


def _tell(
    letter: Letter,
    kind: str,
    key: str,
    people: Iterable[Account],
    by: Account | None = None,
    days: int | None = None,
) -> None:
    told = {account.pk: account for account in people if account != by}
    write_notices(
        [
            Notice(
                account=account,
                kind=kind,
                key=f"{kind}:{key}",
                letter=letter,
                days=days,
            )
            for account in told.values()
            if Letter.objects.visible_to(account).filter(pk=letter.pk).exists()
        ]
    )


def _unit(letter: Letter) -> list[Account]:
    """The handler and the heads of the unit; all its handlers while it has none."""
    heads = accounts_with("visits.head_letter", letter.unit)
    if letter.handler:
        return [letter.handler, *heads]
    return [*heads, *accounts_with("visits.handle_letter", letter.unit)]


def _superior(letter: Letter) -> list[Account]:
    return accounts_with(
        "visits.name_unit", letter.unit.superior if letter.unit else None
    )


def _reviewers(letter: Letter) -> list[Account]:
    return accounts_with("visits.review_letter", letter.review_unit)


def _office(letter: Letter) -> list[Account]:
    return accounts_with("visits.route_letter", letter.office)


def accounts_with(permission: str, unit: Unit | None) -> list[Account]:
    """Active accounts that hold this permission for the unit today.

    The roles say where, so few are asked: those of the unit and of places above it.
    """
    if unit is None:
        return []
    place = unit.place
    above = [place.province_id, place.prefecture_id, place.county_id, place.pk]
    grants = RoleGrant.objects.filter(Q(unit=unit) | Q(place__in=filter(None, above)))
    accounts = Account.objects.filter(
        is_active=True, pk__in=grants.values("account")
    ).select_related("cadre")
    rows = accounts.with_grants().order_by("pk")
    return [it for it in rows if covers(it, permission, unit)]
