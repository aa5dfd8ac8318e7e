"""Every step of a letter but the first: one lock, one row of the table, one event."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Setting, Unit
from cadres.models.encrypted import write_sealed
from visits.actions.count_clocks import count_clocks
from visits.actions.notify import tell_of_step
from visits.actions.refusals import Refusal, refuse
from visits.actions.seal_letter import seal_letter
from visits.models import ClockRule, Letter, LetterClock, LetterDraft, LetterEvent
from visits.reports.clocks_now import terms_at
from visits.reports.letter_steps import actors
from visits.reports.named_parties import is_or_belongs_to_named
from visits.rules.clocks import longest_extension, runs_in
from visits.rules.letter_records import FIELDS, Delivery, ReviewResult, to_json
from visits.rules.letter_states import (
    Actor,
    Category,
    Clock,
    LetterState,
    Move,
    Step,
    steps_from,
    target_of,
)

ANSWERS = (Step.ANSWER, Step.REPLY, Step.REVIEW, Step.REREVIEW)
FINAL = {
    LetterState.ENDED,
    LetterState.CLOSED,
    LetterState.NOT_ACCEPTED,
    LetterState.GUIDED,
}


@transaction.atomic
def move_letter(
    letter: Letter,
    *,
    by: Account,
    step: str,
    record: Mapping[str, Any],
    version: int,
    now: datetime,
    drafted_by: Account | None = None,
) -> Letter:
    """Take one step of the table, if it fits the state and the person.

    `record` holds what the row of the table needs: dates as `date`, `to_unit` as Unit.

    Raises:
        Refusal: code `stale` (someone acted meanwhile), `move_not_allowed`,
            `not_yours`, or a code of the step's own check.
        ValidationError: keyed by field when something is not recorded.
    """
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    parts = actors(letter, by)
    # Before a word on what happened meanwhile: it may have been sealed meanwhile.
    if not parts:
        refuse(_("This letter is not in your hands."), code="not_yours")
    if letter.version != version:
        raise stale(letter)
    move = next(
        (it for it in steps_from(letter.state, letter.category) if it.step == step),
        None,
    )
    if move is None:
        refuse(
            _("This step does not fit a letter that is “%(state)s”."),
            code="move_not_allowed",
            state=letter.get_state_display(),
        )
    acted_as = next((it for it in move.by if it in parts), None)
    if acted_as is None:
        refuse(_("This step is not yours."), code="not_yours")
    kept = checked(letter, move, record, today=timezone.localdate(now))
    if move.step == Step.CALL_BACK:
        _someone_else_calls(letter, by)
    if move.step == Step.ACCEPT:
        _set_target(letter, kept)
    _take(letter, move, acted_as, by, kept, now, drafted_by)
    return letter


def checked(
    letter: Letter, move: Move, record: Mapping[str, Any], *, today: date
) -> dict[str, Any]:
    """What this step would record, if all of it is there and true.

    Raises:
        Refusal, ValidationError: as `move_letter` does.
    """
    kept = _complete(move, record)
    for check in CHECKS.get(move.step, []):
        check(letter, kept, today)
    return kept


def stale(letter: Letter) -> Refusal:
    last = letter.events.order_by("-pk").select_related("by").first()
    return Refusal(
        _("%(name)s has acted on this letter meanwhile: %(step)s. Look again."),
        code="stale",
        params={
            "name": last.by if last else "",
            "step": last.get_step_display() if last else "",
        },
    )


def _complete(move: Move, record: Mapping[str, Any]) -> dict[str, Any]:
    """What the table asks for, and nothing else."""
    missing = [name for name in move.needs if record.get(name) in (None, "", False)]
    if missing:
        raise ValidationError(
            {
                name: ValidationError(_("This must be recorded."), code="required")
                for name in missing
            }
        )
    kept = {name: record.get(name) for name in (*move.needs, *move.may)}
    for name, value in kept.items():
        field = FIELDS[name]
        if isinstance(value, str) and len(value) > field.most:
            most = _("At most %(most)s characters.") % {"most": field.most}
            raise ValidationError({name: ValidationError(most, code="max_length")})
        if field.choices and value and value not in field.choices.values:
            text = _("Choose one of the list.")
            raise ValidationError({name: ValidationError(text, code="invalid_choice")})
    return kept


def _take(
    letter: Letter,
    move: Move,
    acted_as: Actor,
    by: Account,
    record: dict[str, Any],
    now: datetime,
    drafted_by: Account | None,
) -> None:
    came_from = letter.state
    before = (
        letter.events.filter(step=Step.OBJECT).order_by("-pk").first()
        if move.step == Step.REFUSE
        else None
    )
    letter.state = target_of(
        move,
        current=letter.state,
        came_from=before.from_state if before else "",
        is_assigned=bool(record.get("report_on")),
    )
    _apply(letter, move, record, timezone.localdate(now))
    if letter.category == Category.ACCUSATION and not letter.is_sealed:
        parties = (record.get("named_official"), record.get("named_unit"))
        seal_letter(letter, names=filter(None, parties), by=by, now=now)
    if move.step == Step.WITHDRAW:
        letter.withdrawal_by = by
    texts = {n: v for n, v in to_json(record).items() if FIELDS[n].kind != "date"}
    plain, sealed = to_json(record), None
    if letter.is_sealed:
        plain = {n: v for n, v in plain.items() if FIELDS[n].kind == "date"}
        sealed = write_sealed(
            {name: str(text) for name, text in texts.items()},
            purpose="letter",
            seal_id=letter.seal_id,
        )
    letter.version += 1
    letter.full_clean(exclude=["sealed_text"])
    letter.save()
    event = LetterEvent.objects.create(
        letter=letter,
        step=move.step,
        from_state=came_from,
        to_state=letter.state,
        on=timezone.localdate(now),
        at=now,
        by=by,
        drafted_by=drafted_by,
        acted_as=acted_as,
        unit=letter.office if acted_as == Actor.OFFICE else by.unit,
        to_unit=record.get("to_unit"),
        handler=record.get("handler"),
        record=plain,
        sealed_record=sealed,
    )
    _end_drafts(letter, move.step, now)
    count_clocks(letter)
    tell_of_step(letter, event)


def _end_drafts(letter: Letter, step: Step, now: datetime) -> None:
    """What waits for the head, and was done without it or fits no more, has lapsed."""
    fits = {move.step for move in steps_from(letter.state, letter.category)} - {step}
    waiting = letter.drafts.filter(state=LetterDraft.State.PENDING)
    waiting.exclude(step__in=fits).update(
        state=LetterDraft.State.LAPSED, decided_at=now
    )


def _apply(letter: Letter, move: Move, record: dict[str, Any], today: date) -> None:
    """What a step changes on the letter itself."""
    step, unit = move.step, record.get("to_unit")
    if step in (Step.ASK_REVIEW, Step.ASK_REREVIEW):
        letter.review_unit = unit
    elif unit is not None:
        letter.unit, letter.handler = unit, None
    if step == Step.AGREE:
        # Back where it came in; an organ that received it directly has it in hand.
        is_routed = letter.office.kind == Unit.Kind.PETITION
        letter.unit, letter.handler = None if is_routed else letter.office, None
    if step == Step.NAME_HANDLER:
        letter.handler = record["handler"]
    if step == Step.SORT:
        letter.category = record["category"]
    if step == Step.FIND_ACCUSATION:
        letter.category = Category.ACCUSATION
    if step == Step.ACCEPT:
        letter.accepted_on = record["accepted_on"]
    if step in (Step.ANSWER, Step.REPLY):
        letter.outcome = record.get("outcome") or record.get("adopted") or ""
    if step in ANSWERS and not letter.is_sealed:
        words = [record.get(name) or "" for name in ("opinion", "reasons")]
        letter.search_text = "\n".join([letter.search_text, *filter(None, words)])
    if letter.state in FINAL and letter.ended_on is None:
        letter.ended_on = today
        letter.help_wanted = ""
    if letter.is_open:
        letter.ended_on = None  # a late request was taken up
    if step == Step.ARCHIVE:
        letter.retention = record["retention"]
    if step == Step.MARK_URGENT:
        letter.is_urgent, letter.urgent_reason = True, record["urgent_reason"].strip()
    if step == Step.CALL_BACK:
        letter.withdrawal_by = None


def _set_target(letter: Letter, record: dict[str, Any]) -> None:
    """No law sets a limit for a suggestion; the office's own target does."""
    if letter.category == Category.SUGGESTION and not record.get("target_on"):
        days = Setting.objects.as_dict()["suggestion.target_days"]
        record["target_on"] = record["accepted_on"] + timedelta(days=days)


# --- What a step may not do ---------------------------------------------------------


def _fault(name: str, text: Any, code: str) -> ValidationError:
    return ValidationError({name: ValidationError(text, code=code)})


def _not_accused(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """A letter never goes to whom it names, nor to a unit below them (7.6)."""
    unit = record.get("to_unit")
    if unit and is_or_belongs_to_named(letter, unit):
        text = _("This unit is named in the letter, or belongs to one that is.")
        raise _fault("to_unit", text, "named")


def _standing(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    unit = record["to_unit"]
    if unit.dissolved_into_id:
        text = _("This unit is dissolved; its matters go to %(unit)s (Art. 24).")
        raise _fault("to_unit", text % {"unit": unit.dissolved_into}, "dissolved")


def _another_unit(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    if record["to_unit"] == letter.office:
        text = _("The letter is with this unit already.")
        raise _fault("to_unit", text, "same_unit")


def _ahead(name: str) -> Callable[[Letter, Mapping[str, Any], date], None]:
    def check(letter: Letter, record: Mapping[str, Any], today: date) -> None:
        day = record.get(name)
        if day and day <= today:
            raise _fault(name, _("This day must lie ahead."), "not_ahead")

    return check


def _limit_with_law(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """Another law's limit says which law it is of."""
    day, law = record.get("limit_on"), record.get("limit_law")
    if day and not law:
        text = _("Say which law sets this day.")
        raise _fault("limit_law", text, "required")
    if law and not day:
        raise _fault("limit_on", _("This must be recorded."), "required")
    if day and day < letter.received_on:
        raise _fault("limit_on", _("The letter had not come yet."), "too_early")


def _accepted_in_time(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """Not before the letter came, not later than the notice (7.3, rule 2)."""
    day = record["accepted_on"]
    if day < letter.received_on:
        text = _("The letter had not come yet.")
        raise _fault("accepted_on", text, "too_early")
    last = (
        LetterClock.objects.running()
        .filter(letter=letter, clock__in=[Clock.NOTICE, Clock.NOTICE_FORWARDED])
        .order_by("legal_on")
        .values_list("legal_on", flat=True)
        .first()
    )
    latest = min(today, last) if last else today
    if day > latest:
        text = _("Not later than %(day)s: the notice was due by then.")
        raise _fault("accepted_on", text % {"day": latest}, "too_late")


def _of_the_unit(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    handler = record["handler"]
    if letter.unit_id not in handler.unit_ids("visits.handle_letter"):
        text = _("This person handles no letters in the unit in charge.")
        raise _fault("handler", text, "not_of_unit")
    if not Letter.objects.visible_to(handler).filter(pk=letter.pk).exists():
        text = _("This letter is closed to this person.")
        raise _fault("handler", text, "shut_out")


def _route_fits(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    if not letter.category:
        refuse(_("Set the category first; a person decides it."), code="no_category")
    is_petition = record["route"] == "petition"
    if is_petition != (letter.category == Category.REQUEST):
        text = _("This procedure does not fit the category.")
        raise _fault("route", text, "route_does_not_fit")


def _names_if_accused(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """Whom it complains about is kept under seal, so nowhere else (7.6)."""
    for name in ("named_official", "named_unit"):
        if record.get(name) and record["category"] != Category.ACCUSATION:
            text = _("What complains about someone is an accusation.")
            raise _fault("category", text, "names_someone")


def _sorted_first(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    if not letter.category:
        refuse(_("Set the category first; a person decides it."), code="no_category")


def _may_object(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """Once to each forwarding, within the days of C5 where it runs (Art. 23(3))."""
    routed = letter.events.filter(step__in=(Step.FORWARD, Step.ASSIGN, Step.DECIDE))
    last = routed.order_by("-pk").first()
    if last and letter.events.filter(step=Step.REFUSE, pk__gt=last.pk).exists():
        refuse(_("The objection has been refused already."), code="refused_already")
    clock = letter.clocks.running().filter(clock=Clock.OBJECT).first()
    if clock and clock.legal_on < today:
        text = _("An objection was possible until %(day)s (Art. 23(3)).")
        refuse(text, code="too_late", day=clock.legal_on)


def _not_run_out(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """What has ended cannot be extended any more (Art. 34)."""
    clock = letter.clocks.running().filter(clock=Clock.HANDLE).first()
    if clock and clock.legal_on < today:
        text = _("The handling period ended on %(day)s; it cannot be extended.")
        refuse(text, code="too_late", day=clock.legal_on)


def _within_extension(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    given = sum(
        int(done.get("days", 0))
        for done in letter.events.filter(step=Step.EXTEND).values_list(
            "record", flat=True
        )
    )
    days = int(record["days"])
    most = longest_extension(terms_at(letter, ClockRule.objects.as_terms()), today)
    if days < 1 or given + days > most:
        text = _("At most %(most)s days in total (Art. 34); %(given)s are given.")
        raise _fault("days", text % {"most": most, "given": given}, "too_long")


def _not_ahead(*names: str) -> Callable[[Letter, Mapping[str, Any], date], None]:
    def check(letter: Letter, record: Mapping[str, Any], today: date) -> None:
        for name in names:
            day = record.get(name)
            if day and day > today:
                raise _fault(name, _("This day lies ahead."), "future")
            if day and day < letter.received_on:
                raise _fault(name, _("The letter had not come yet."), "too_early")

    return check


def _one_level_up(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """The organ one level above the handler, then above the reviewer (35, 36)."""
    below = letter.review_unit if letter.review_unit_id else letter.unit
    above = Unit.objects.one_below([record["to_unit"].pk])
    if below and not above.filter(pk=below.pk).exists():
        text = _("Choose the organ one level above %(unit)s.") % {"unit": below}
        raise _fault("to_unit", text, "not_above")


def _delivery(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    how = record["delivered_how"]
    if how == Delivery.PHONE and letter.no_phone_calls:
        text = _("The petitioner wants no phone calls.")
        raise _fault("delivered_how", text, "no_phone_calls")
    if how == Delivery.WAIVED and record.get("received_on"):
        text = _("Where the delivery is waived, nobody has received it.")
        raise _fault("received_on", text, "waived")


def _received(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """Nobody has received an opinion before the day on which it was issued."""
    _delivery(letter, record, today)
    if record.get("received_on") and record["received_on"] < today:
        text = _("It is issued today; record the delivery when it is proven.")
        raise _fault("received_on", text, "too_early")


def _delivered(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    _delivery(letter, record, today)
    day = record.get("received_on")
    if day is None:
        if record["delivered_how"] != Delivery.WAIVED:
            raise _fault("received_on", _("This must be recorded."), "required")
        return
    given = letter.events.filter(step__in=ANSWERS).order_by("-pk").first()
    if given and day < given.on:
        text = _("The opinion had not been given yet.")
        raise _fault("received_on", text, "too_early")


def _is_waived(letter: Letter) -> bool:
    """Whether the last word on the delivery is that there can be none (Art. 23)."""
    proofs = letter.events.filter(step__in=(*ANSWERS, Step.DELIVER)).order_by("-pk")
    record = proofs.values_list("record", flat=True).first() or {}
    return record.get("delivered_how") == Delivery.WAIVED


def _window_of(letter: Letter) -> LetterClock | None:
    """The petitioner's window for the opinion that was given last, once it is open."""
    is_reviewed = letter.events.filter(step=Step.REVIEW).exists()
    wanted = Clock.ASK_REREVIEW if is_reviewed else Clock.ASK_REVIEW
    return letter.clocks.filter(clock=wanted).first()


def _late_with_reasons(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """A late request is taken up by a person, who says why (7.3, rule 5)."""
    window = _window_of(letter)
    if window is None or record["requested_on"] <= window.legal_on:
        return
    if not (record.get("reasons") or "").strip():
        text = _("The window ended on %(day)s; say why the request is taken up.")
        raise _fault("reasons", text % {"day": window.legal_on}, "late")


def _late(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """Only a late request may not be taken up; an unproven delivery leaves time."""
    window = _window_of(letter)
    if window is None or record["requested_on"] <= window.legal_on:
        text = _("The request is in time, so it is to be taken up.")
        raise _fault("requested_on", text, "in_time")


def _asked_after(step: Step) -> Callable[[Letter, Mapping[str, Any], date], None]:
    """A request against an opinion cannot be older than the opinion."""

    def check(letter: Letter, record: Mapping[str, Any], today: date) -> None:
        given = letter.events.filter(step=step).order_by("-pk").first()
        if given and record["requested_on"] < given.on:
            text = _("The opinion had not been given yet.")
            raise _fault("requested_on", text, "too_early")

    return check


def _review_in_order(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """A supervised letter goes to review once, then to re-review."""
    if letter.events.filter(step=Step.REVIEW).exists():
        refuse(_("The review is done; a re-review can be asked for."), code="reviewed")


def _rereview_in_order(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    if not letter.events.filter(step=Step.REVIEW).exists():
        refuse(_("A review comes first (Art. 35)."), code="not_reviewed")


def _hearing_in_order(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    first, last = record["hearing_first"], record["hearing_last"]
    if last < first:
        text = _("The last day lies before the first.")
        raise _fault("hearing_last", text, "ends_first")
    if last > today:
        raise _fault("hearing_last", _("This day lies ahead."), "future")
    clock = letter.clocks.running().filter(clock=Clock.REREVIEW).first()
    if clock and first < clock.started_on:
        text = _("The re-review had not been asked for yet.")
        raise _fault("hearing_first", text, "too_early")
    held = letter.events.filter(step=Step.PAUSE_FOR_HEARING)
    for before in held.values_list("record", flat=True):
        if (
            date.fromisoformat(before["hearing_first"]) <= last
            and first <= date.fromisoformat(before["hearing_last"])
        ):  # fmt: skip
            text = _("These days are recorded as a hearing already.")
            raise _fault("hearing_first", text, "overlaps")


def _window_over(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """Closing waits for the petitioner's window; unproven delivery keeps it open."""
    if not runs_in(Clock.ASK_REVIEW, letter.category):
        return
    window = _window_of(letter)
    if window is None and _is_waived(letter):
        if not (record.get("reasons") or "").strip():
            text = _("Nobody was reached; say why it is closed all the same.")
            raise _fault("reasons", text, "waived")
        return
    if window is None:
        text = _("The delivery is not proven, so the petitioner’s window is open.")
        refuse(text, code="window_open")
    if window.legal_on >= today:
        refuse(
            _("The petitioner may ask for a review until %(day)s."),
            code="window_open",
            day=window.legal_on,
        )


def _nothing_owed(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """Reports of Arts. 22 and 25 do not get lost when a letter ends."""
    owed = letter.clocks.running().filter(clock__in=(Clock.URGENT, Clock.REPORT))
    if first := owed.order_by("clock").first():
        text = _("“%(clock)s” is still open; that comes first.")
        refuse(text, code="owed", clock=first.get_clock_display())


def _not_urgent_yet(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    if letter.is_urgent:
        refuse(_("This letter is marked as urgent already."), code="urgent_already")


def _call_due(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    if not letter.withdrawal_by_id:
        refuse(_("No withdrawal waits for a call."), code="no_withdrawal")


def _called_back(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    if letter.withdrawal_by_id:
        text = _("The petitioner withdrew: first someone else has to call.")
        refuse(text, code="call_due")


def _someone_else_calls(letter: Letter, by: Account) -> None:
    recorder = letter.withdrawal_by
    if recorder and Account.objects.same_person(recorder).filter(pk=by.pk).exists():
        text = _("Someone else than who recorded the withdrawal has to call.")
        refuse(text, code="same_person")


def _supported(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """The opinion, or what the review made of it, gives the petitioner something."""
    reviews = letter.events.filter(step=Step.REVIEW)
    if reviews.filter(record__result=ReviewResult.CHANGED).exists():
        return
    if letter.outcome != Letter.Outcome.SUPPORTED:
        text = _("Only a supported opinion that is not carried out is supervised.")
        refuse(text, code="not_supported")


Check = Callable[[Letter, Mapping[str, Any], date], None]
ASKING: list[Check] = [
    _standing,
    _one_level_up,
    _not_accused,
    _not_ahead("requested_on"),
    _late_with_reasons,
]
CHECKS: dict[Step, list[Check]] = {
    Step.FORWARD: [_sorted_first, _standing, _another_unit, _not_accused],
    Step.ASSIGN: [
        _sorted_first,
        _standing,
        _another_unit,
        _not_accused,
        _ahead("report_on"),
    ],
    Step.DECIDE: [
        _sorted_first,
        _standing,
        _another_unit,
        _not_accused,
        _ahead("report_on"),
    ],
    Step.SEAL: [_standing, _another_unit, _not_accused],
    Step.SORT: [_names_if_accused],
    Step.NAME_UNIT: [_standing, _not_accused],
    Step.NAME_HANDLER: [_of_the_unit],
    Step.OBJECT: [_may_object],
    Step.ACCEPT: [
        _route_fits,
        _accepted_in_time,
        _delivery,
        _limit_with_law,
        _ahead("target_on"),
    ],
    Step.NOT_ACCEPT: [_delivery],
    Step.HEAR: [_not_ahead("held_on")],
    Step.EXTEND: [_not_run_out, _within_extension, _not_ahead("told_on")],
    Step.ANSWER: [_not_ahead("received_on"), _received],
    Step.REPLY: [_not_ahead("received_on"), _received],
    Step.DELIVER: [_not_ahead("received_on"), _delivered],
    Step.ASK_REVIEW: [_review_in_order, *ASKING, _asked_after(Step.ANSWER)],
    Step.REVIEW: [_not_ahead("received_on"), _received],
    Step.ASK_REREVIEW: [_rereview_in_order, *ASKING, _asked_after(Step.REVIEW)],
    Step.REREVIEW: [_not_ahead("received_on"), _received],
    Step.NOT_TAKE_UP: [_not_ahead("requested_on"), _late],
    Step.PAUSE_FOR_HEARING: [_hearing_in_order],
    Step.CLOSE: [_nothing_owed, _window_over, _called_back],
    Step.SUPERVISE: [_supported, _ahead("carry_out_by")],
    Step.ARCHIVE: [_nothing_owed, _called_back],
    Step.MARK_URGENT: [_not_urgent_yet],
    Step.CALL_BACK: [_call_due, _not_ahead("called_on")],
}
