"""What a step would do to the legal clocks, said before it is taken."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cadres.models import CalendarDay
from visits.models import ClockRule, Letter
from visits.reports.clocks_now import clocks_now
from visits.rules import clock_words
from visits.rules.clocks import LegalClock, open_window
from visits.rules.letter_records import FIELDS, to_json
from visits.rules.letter_states import Clock, Move, Step


def what_clocks_do(
    letter: Letter, move: Move, record: Mapping[str, Any], *, on: date
) -> list[str]:
    """Sentences: which clocks stop, start or move, with the dates now in `record`.

    Without the dates that the step needs there is nothing to say yet, nor of days
    beyond all calendars.
    """
    dates = [it for it in move.needs if FIELDS[it].kind in ("date", "days")]
    if any(not record.get(name) for name in dates):
        return []
    known = {name: record[name] for name in record if name in FIELDS}
    calendar = CalendarDay.objects.working_calendar(letter.place.code)
    rules = ClockRule.objects.as_terms()
    events = list(letter.events.order_by("pk").values_list("step", "on", "record"))
    before = clocks_now(letter, calendar=calendar, rules=rules, events=events)
    events.append((move.step, on, to_json(known)))
    try:
        after = clocks_now(letter, calendar=calendar, rules=rules, events=events)
    except OverflowError:
        return []
    return [*_stopped(before, after), *_started(before, after)]


def window_after(letter: Letter, *, on: date) -> LegalClock | None:
    """The petitioner's window, if an opinion were issued and received on that day."""
    events = list(letter.events.order_by("pk").values_list("step", "on", "record"))
    events.append((Step.ANSWER, on, {"received_on": on.isoformat()}))
    return open_window(clocks_now(letter, events=events))


def _stopped(before: Sequence[LegalClock], after: Sequence[LegalClock]) -> list[str]:
    names = [
        str(new.clock.label)
        for old, new in zip(before, after, strict=False)
        if old.is_running and not new.is_running
    ]
    if not names:
        return []
    return [_("Stops: %(clocks)s.") % {"clocks": _(", ").join(names)}]


def _started(before: Sequence[LegalClock], after: Sequence[LegalClock]) -> list[str]:
    said = []
    for at, new in enumerate(after):
        old = before[at] if at < len(before) else None
        if old is None or (new.is_running and not old.is_running):
            said.append(_starts(new))
        elif new.legal != old.legal:
            text = _("%(clock)s moves to %(legal)s.")
            said.append(text % {"clock": new.clock.label, "legal": _day(new.legal)})
    return said


def _starts(clock: LegalClock) -> str:
    words = {
        "clock": clock.clock.label,
        "article": clock_words.article(clock),
        "term": clock_words.term(clock),
        "start": _day(clock.started_on),
        "legal": _day(clock.legal),
        "safe": _day(clock.safe),
    }
    if clock.clock == Clock.URGENT:
        return _("%(clock)s (%(article)s) starts: at once.") % words
    if clock.safe < clock.legal:
        text = _(
            "%(clock)s (%(article)s): %(term)s start on %(start)s, until %(legal)s; "
            "act by %(safe)s, the last working day before."
        )
        return text % words
    text = _("%(clock)s (%(article)s): %(term)s start on %(start)s, until %(legal)s.")
    return text % words


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
