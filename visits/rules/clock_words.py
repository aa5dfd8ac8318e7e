"""A legal clock in words: how it came to its dates, and how much of it is left."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from cadres.rules.working_days import Explained
from visits.rules.clocks import LegalClock
from visits.rules.letter_states import Clock, Step

STARTS: dict[Clock, str | Promise] = {
    Clock.ROUTE: gettext_lazy("receipt at the petition office"),
    Clock.URGENT: gettext_lazy("the day the urgency was noticed"),
    Clock.NOTICE: gettext_lazy("receipt of the letter"),
    Clock.NOTICE_FORWARDED: gettext_lazy("receipt from the sending office"),
    Clock.OBJECT: gettext_lazy("receipt from the sending office"),
    Clock.REPORT: gettext_lazy("the assignment"),
    Clock.HANDLE: gettext_lazy("the day of acceptance"),
    Clock.EXTENSION: gettext_lazy("the end of the handling period"),
    Clock.ASK_REVIEW: gettext_lazy("receipt of the opinion by the petitioner"),
    Clock.REVIEW: gettext_lazy("receipt of the request for review"),
    Clock.ASK_REREVIEW: gettext_lazy("receipt of the review opinion by the petitioner"),
    Clock.REREVIEW: gettext_lazy("receipt of the request for re-review"),
    Clock.STAGE: gettext_lazy("receipt at the petition office"),
    Clock.STUDY: gettext_lazy("the acceptance"),
    Clock.OTHER_LAW: gettext_lazy("the acceptance"),
    Clock.CARRY_OUT: gettext_lazy("the supervision"),
}

# What ends a clock without its having been met.
OTHERWISE: dict[Step, str | Promise] = {
    Step.EXTEND: gettext_lazy("Extended"),
    Step.AGREE: gettext_lazy("Taken back"),
    Step.CLOSE: gettext_lazy("The window is over"),
}


def explain(clock: LegalClock, on: date) -> str:
    """Why the clock ends when it does, and where it stands on that day."""
    # Chinese sentences follow each other without a space.
    between = "" if (get_language() or "").startswith("zh") else " "
    return between.join(_sentences(clock, on))


def article(clock: LegalClock) -> str:
    """On what it rests: an article, another law, or nothing but a target."""
    if clock.is_internal:
        return _("internal target")
    if clock.clock == Clock.OTHER_LAW:
        return clock.law or _("another law")
    return _("Art. %(article)s") % {"article": clock.article}


def term(clock: LegalClock) -> str:
    """How long it runs: "60 days", "5 working days", "at once"."""
    if clock.clock == Clock.URGENT and not clock.days:
        return _("at once")
    if clock.is_working:
        text = ngettext("%(days)s working day", "%(days)s working days", clock.days)
    else:
        text = ngettext("%(days)s day", "%(days)s days", clock.days)
    return text % {"days": clock.days}


def left(clock: LegalClock, on: date) -> str:
    """How much is left of it on that day, in a few words."""
    if clock.stopped_on:
        was_late = clock.stop_step == Step.EXTEND and clock.stopped_on > clock.legal
        if clock.stop_step in OTHERWISE and not was_late:
            return str(OTHERWISE[Step(clock.stop_step)])
        if clock.stopped_on > clock.legal:
            late = (clock.stopped_on - clock.legal).days
            return ngettext(
                "Done, %(days)s day late", "Done, %(days)s days late", late
            ) % {"days": late}
        return _("Done in time")
    if clock.is_petitioners:
        days = (clock.legal - on).days
        if days < 0:
            return _("The window is over")
        return ngettext(
            "Open for %(days)s more day", "Open for %(days)s more days", days
        ) % {"days": days}
    days = clock.left(on)
    if days > 0:
        return ngettext("%(days)s day left", "%(days)s days left", days) % {
            "days": days
        }
    if days == 0:
        return _("Due today")
    if on <= clock.legal and clock.is_internal:
        return _("Safe day missed; target %(day)s") % {"day": _date(clock.legal)}
    if on <= clock.legal:
        return _("Safe day missed; legal limit %(day)s") % {"day": _date(clock.legal)}
    late = (on - clock.legal).days
    return ngettext("%(days)s day late", "%(days)s days late", late) % {"days": late}


def _sentences(clock: LegalClock, on: date) -> Iterator[str]:
    words = {
        "clock": clock.clock.label,
        "article": article(clock),
        "day": _date(clock.started_on),
        "event": STARTS[clock.clock],
        "term": term(clock),
        "legal": _date(clock.legal),
        "safe": _date(clock.safe),
    }
    if clock.clock == Clock.REPORT:
        text = _(
            "%(clock)s (%(article)s): set with %(event)s of %(day)s; the report is due "
            "on %(legal)s."
        )
    elif clock.is_internal:
        text = _(
            "%(clock)s (%(article)s, no legal limit): set with %(event)s of %(day)s "
            "for %(legal)s."
        )
    elif clock.clock == Clock.OTHER_LAW:
        text = _(
            "%(clock)s (%(article)s): entered with %(event)s of %(day)s; by that law "
            "until %(legal)s."
        )
    elif clock.started_on > on:
        text = _(
            "%(clock)s (%(article)s): starts on %(day)s, with %(event)s, and runs for "
            "%(term)s: by law until %(legal)s."
        )
    elif clock.clock == Clock.URGENT:
        text = _("%(clock)s (%(article)s): %(day)s, %(event)s; to be reported at once.")
    else:
        text = _(
            "%(clock)s (%(article)s): started on %(day)s, with %(event)s; %(term)s, "
            "the start day not counted: by law until %(legal)s."
        )
    yield text % words
    yield from _how(clock, words)
    if clock.stopped_on:
        step = {"day": _date(clock.stopped_on), "step": Step(clock.stop_step).label}
        yield _("Stopped on %(day)s by “%(step)s”.") % step
    yield _("%(left)s.") % {"left": left(clock, on)}


def _how(clock: LegalClock, words: dict[str, object]) -> Iterator[str]:
    """Which days made a difference, and on whose word the dates stand."""
    due = clock.due
    if clock.left_out:
        text = ngettext(
            "%(days)s day of the hearing is left out.",
            "%(days)s days of the hearing are left out.",
            len(clock.left_out),
        )
        yield text % {"days": len(clock.left_out)}
    if clock.is_petitioners and due.legal != clock.legal:
        text = _("The last day, %(end)s, is a rest day, so it rolls on.")
        yield text % {"end": _date(due.legal)}
    elif clock.safe < clock.legal:
        text = _("The last working day before that is %(safe)s: act by then.")
        yield text % words
    if skipped := _that_mattered(clock, due.skipped):
        yield _("Rest days: %(days)s.") % {"days": _in_rows(skipped)}
    if made_up := _that_mattered(clock, due.made_up):
        yield _("Worked although a weekend: %(days)s.") % {"days": _in_rows(made_up)}
    if clock.is_local:
        yield _("The rule of this area applies, not the national one.")
    if due.provisional:
        yield _("Provisional: the plan of days off is not yet published.")


def _that_mattered(clock: LegalClock, days: Iterable[Explained]) -> list[Explained]:
    """Calendar days only matter where the end is moved: back, or on for petitioners."""
    if clock.is_working:
        return list(days)
    first, last = sorted((clock.due.legal, clock.safe))
    return [it for it in days if first <= it.day <= last and first < last]


def _in_rows(days: Iterable[Explained]) -> str:
    """Days in a row with one reason are said as one."""
    rows: list[list[Explained]] = []
    for it in days:
        if rows and _follows(rows[-1][-1], it):
            rows[-1].append(it)
        else:
            rows.append([it])
    return _(", ").join(_row(row) for row in rows)


def _follows(last: Explained, it: Explained) -> bool:
    return last.why == it.why and last.day + timedelta(days=1) == it.day


def _row(row: list[Explained]) -> str:
    first, last = row[0].day, row[-1].day
    words = {"first": _date(first), "last": _date(last), "why": row[0].why}
    if first == last:
        return _("%(first)s (%(why)s)") % words
    return _("%(first)s to %(last)s (%(why)s)") % words


def _date(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
