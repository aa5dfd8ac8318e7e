"""What a step of a letter may not do, beyond what the table of steps says."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Unit
from visits.actions.refusals import refuse
from visits.models import ClockRule, Letter, LetterClock
from visits.reports.clocks_now import terms_at
from visits.reports.named_parties import is_or_belongs_to_named
from visits.rules.clocks import longest_extension, runs_in
from visits.rules.letter_records import Delivery, ReviewResult
from visits.rules.letter_states import (
    ANSWERS,
    Category,
    Clock,
    Step,
)


def fault(name: str, text: Any, code: str) -> ValidationError:
    return ValidationError({name: ValidationError(text, code=code)})


def _not_accused(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """A letter never goes to whom it names, nor to a unit below them (7.6)."""
    unit = record.get("to_unit")
    if unit and is_or_belongs_to_named(letter, unit):
        text = _("This unit is named in the letter, or belongs to one that is.")
        raise fault("to_unit", text, "named")


def _standing(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    unit = record["to_unit"]
    if unit.dissolved_into_id:
        text = _("This unit is dissolved; its matters go to %(unit)s (Art. 24).")
        raise fault("to_unit", text % {"unit": unit.dissolved_into}, "dissolved")


def _another_unit(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    if record["to_unit"] == letter.office:
        text = _("The letter is with this unit already.")
        raise fault("to_unit", text, "same_unit")


def _ahead(name: str) -> Callable[[Letter, Mapping[str, Any], date], None]:
    def check(letter: Letter, record: Mapping[str, Any], today: date) -> None:
        day = record.get(name)
        if day and day <= today:
            raise fault(name, _("This day must lie ahead."), "not_ahead")

    return check


def _limit_with_law(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """Another law's limit says which law it is of."""
    day, law = record.get("limit_on"), record.get("limit_law")
    if day and not law:
        text = _("Say which law sets this day.")
        raise fault("limit_law", text, "required")
    if law and not day:
        raise fault("limit_on", _("This must be recorded."), "required")
    if day and day < letter.received_on:
        raise fault("limit_on", _("The letter had not come yet."), "too_early")


def _accepted_in_time(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """Not before the letter came, not later than the notice (7.3, rule 2)."""
    day = record["accepted_on"]
    if day < letter.received_on:
        text = _("The letter had not come yet.")
        raise fault("accepted_on", text, "too_early")
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
        raise fault("accepted_on", text % {"day": latest}, "too_late")


def _of_the_unit(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    handler = record["handler"]
    if letter.unit_id not in handler.unit_ids("visits.handle_letter"):
        text = _("This person handles no letters in the unit in charge.")
        raise fault("handler", text, "not_of_unit")
    if not Letter.objects.visible_to(handler).filter(pk=letter.pk).exists():
        text = _("This letter is closed to this person.")
        raise fault("handler", text, "shut_out")


def _route_fits(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    if not letter.category:
        refuse(_("Set the category first; a person decides it."), code="no_category")
    is_petition = record["route"] == "petition"
    if is_petition != (letter.category == Category.REQUEST):
        text = _("This procedure does not fit the category.")
        raise fault("route", text, "route_does_not_fit")


def _names_if_accused(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """Whom it complains about is kept under seal, so nowhere else (7.6)."""
    for name in ("named_official", "named_unit"):
        if record.get(name) and record["category"] != Category.ACCUSATION:
            text = _("What complains about someone is an accusation.")
            raise fault("category", text, "names_someone")


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
        raise fault("days", text % {"most": most, "given": given}, "too_long")


def _not_ahead(*names: str) -> Callable[[Letter, Mapping[str, Any], date], None]:
    def check(letter: Letter, record: Mapping[str, Any], today: date) -> None:
        for name in names:
            day = record.get(name)
            if day and day > today:
                raise fault(name, _("This day lies ahead."), "future")
            if day and day < letter.received_on:
                raise fault(name, _("The letter had not come yet."), "too_early")

    return check


def _one_level_up(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """The organ one level above the handler, then above the reviewer (35, 36)."""
    below = letter.review_unit if letter.review_unit_id else letter.unit
    above = Unit.objects.one_below([record["to_unit"].pk])
    if below and not above.filter(pk=below.pk).exists():
        text = _("Choose the organ one level above %(unit)s.") % {"unit": below}
        raise fault("to_unit", text, "not_above")


def _delivery(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    how = record["delivered_how"]
    if how == Delivery.PHONE and letter.no_phone_calls:
        text = _("The petitioner wants no phone calls.")
        raise fault("delivered_how", text, "no_phone_calls")
    if how == Delivery.WAIVED and record.get("received_on"):
        text = _("Where the delivery is waived, nobody has received it.")
        raise fault("received_on", text, "waived")


def _received(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """Nobody has received an opinion before the day on which it was issued."""
    _delivery(letter, record, today)
    if record.get("received_on") and record["received_on"] < today:
        text = _("It is issued today; record the delivery when it is proven.")
        raise fault("received_on", text, "too_early")


def _delivered(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    _delivery(letter, record, today)
    day = record.get("received_on")
    if day is None:
        if record["delivered_how"] != Delivery.WAIVED:
            raise fault("received_on", _("This must be recorded."), "required")
        return
    given = letter.events.filter(step__in=ANSWERS).order_by("-pk").first()
    if given and day < given.on:
        text = _("The opinion had not been given yet.")
        raise fault("received_on", text, "too_early")


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
        raise fault("reasons", text % {"day": window.legal_on}, "late")


def _late(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """Only a late request may not be taken up; an unproven delivery leaves time."""
    window = _window_of(letter)
    if window is None or record["requested_on"] <= window.legal_on:
        text = _("The request is in time, so it is to be taken up.")
        raise fault("requested_on", text, "in_time")


def _asked_after(step: Step) -> Callable[[Letter, Mapping[str, Any], date], None]:
    """A request against an opinion cannot be older than the opinion."""

    def check(letter: Letter, record: Mapping[str, Any], today: date) -> None:
        given = letter.events.filter(step=step).order_by("-pk").first()
        if given and record["requested_on"] < given.on:
            text = _("The opinion had not been given yet.")
            raise fault("requested_on", text, "too_early")

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
        raise fault("hearing_last", text, "ends_first")
    if last > today:
        raise fault("hearing_last", _("This day lies ahead."), "future")
    clock = letter.clocks.running().filter(clock=Clock.REREVIEW).first()
    if clock and first < clock.started_on:
        text = _("The re-review had not been asked for yet.")
        raise fault("hearing_first", text, "too_early")
    held = letter.events.filter(step=Step.PAUSE_FOR_HEARING)
    for before in held.values_list("record", flat=True):
        if (
            date.fromisoformat(before["hearing_first"]) <= last
            and first <= date.fromisoformat(before["hearing_last"])
        ):  # fmt: skip
            text = _("These days are recorded as a hearing already.")
            raise fault("hearing_first", text, "overlaps")


def _window_over(letter: Letter, record: Mapping[str, Any], today: date) -> None:
    """Closing waits for the petitioner's window; unproven delivery keeps it open."""
    if not runs_in(Clock.ASK_REVIEW, letter.category):
        return
    window = _window_of(letter)
    if window is None and _is_waived(letter):
        if not (record.get("reasons") or "").strip():
            text = _("Nobody was reached; say why it is closed all the same.")
            raise fault("reasons", text, "waived")
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


def someone_else_calls(letter: Letter, by: Account) -> None:
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
