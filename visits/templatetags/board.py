"""What stands in the cells of a calendar.

A page has hundreds of entries and half-days, and a template takes most of a millisecond
for each: these are written here, the page around them in `templates/visits/calendar/`.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.template.defaultfilters import floatformat
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.timezone import localdate
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cadres.addresses import address, address_of
from cadres.html import NONE, html, joined
from cadres.models import Cadre, Unit
from cadres.rules.place_names import short_path
from cadres.templatetags.lucide import lucide
from visits.models import Absence
from visits.reports.calendar_days import Day
from visits.reports.crowded_places import CrowdedPlace
from visits.reports.planner import Cell, Entry, Going, HalfCell, Row
from visits.reports.workload import Load
from visits.rules.activities import SHORT
from visits.rules.calendar_spans import Month, Week
from visits.rules.moving import Half
from visits.rules.visit_states import VisitState

register = template.Library()
LONGEST = 40  # characters of a purpose
NAMED = 4  # visits that crowd a place
ENTRIES, ABSENCES = 4, 2  # of a day of a month; more stand in its week
STATES = {
    VisitState.DRAFT.value: SafeString(" entry-draft"),
    VisitState.NOT_HELD.value: SafeString(" entry-cancelled"),
}


class Words(NamedTuple):
    """The same in every cell."""

    move: str
    colon: str
    comma: str
    unannounced: str
    today: str
    nobody: str
    week: str
    plan: str
    plan_on: str
    plan_of: str
    plan_half: str
    kinds: dict[str, str]
    halves: dict[Half, str]
    grip: str
    plus: str
    small_plus: str


@lru_cache(maxsize=10)
def _words(language: str | None) -> Words:
    return Words(
        move=_("Move"),
        colon=_(": "),
        comma=_(", "),
        unannounced=_("Unannounced"),
        today=_("Today"),
        nobody=_("Nobody is on the way."),
        week=_("All of this week"),
        plan=_("Plan"),
        plan_on=_("Plan a visit on %(day)s"),
        plan_of=_("Plan a visit of %(name)s on %(day)s"),
        plan_half=_("Plan a visit of %(name)s on %(day)s, %(half)s"),
        kinds={kind.value: str(label) for kind, label in SHORT.items()},
        halves={half: str(half.label) for half in Half},
        grip=lucide("move", size=14, aria_hidden="true"),
        plus=lucide("plus", size=16, aria_hidden="true"),
        small_plus=lucide("plus", size=14, aria_hidden="true"),
    )


class Board:
    """Draws what stands in the calendar of a page, with what its context says.

    `move_back` leads back to the board; `subject` is whose calendar it is, and
    `plan_query` says so to the form of a plan.
    """

    def __init__(self, context: Any) -> None:
        self.words = _words(get_language())
        self.back: str = context["move_back"]
        self.official = context["subject"].official
        self.plan_url = address("visits:visit_plan")
        self.given = f"{context['plan_query']}&" if context["plan_query"] else ""

    def month_cell(self, cell: Cell, span: Month, more: SafeString) -> SafeString:
        day, add = cell.day, NONE
        if cell.may_add:
            form = self.words.plan_of if self.official else self.words.plan_on
            name = self.official.name if self.official else ""
            add = html(
                '<a class="cell-add" href="{}?{}date={}" aria-label="{}">{}</a>',
                *(self.plan_url, self.given, day.key),
                *(form % {"name": name, "day": day.month_day}, self.words.small_plus),
            )
        is_cut = len(cell.entries) > ENTRIES or len(cell.absences) > ABSENCES
        return html(
            '<td class="{}{}{}" data-slot="{}"{} data-label="{}"><div class="day">'
            "<span>{}</span>{}{}</div>{}{}{}</td>",
            "is-rest" if day.is_rest else "",
            " is-today" if day.is_today else "",
            " is-other" if day.date.month != span.first.month else "",
            day.key,
            " data-free" if cell.may_add else "",
            day.words,
            day.month_day if day.date.day == 1 else str(day.date.day),
            html('<span class="line">{}</span>', day.label) if day.label else "",
            add,
            joined(
                self.absence(it, with_name=not self.official)
                for it in cell.absences[:ABSENCES]
            ),
            joined(self.line(it) for it in cell.entries[:ENTRIES]),
            more if is_cut else "",
        )

    def agenda_day(self, cell: Cell) -> SafeString:
        day, words = cell.day, self.words
        add = html(
            '<a class="agenda-add" href="{}?{}date={}" aria-label="{}">{}{}</a>',
            *(self.plan_url, self.given, day.key),
            *(words.plan_on % {"day": day.month_day}, words.plus, words.plan),
        )
        is_empty = not cell.entries and not cell.absences
        return html(
            "<li><h2{}>{} {}{}{}</h2>{}{}{}{}</li>\n",
            html(' class="is-today"') if day.is_today else "",
            *(day.month_day, day.weekday),
            f" · {words.today}" if day.is_today else "",
            html(' <span class="caption">{}</span>', day.label) if day.label else "",
            joined(self.absence(it, with_name=True) for it in cell.absences),
            joined(self.entry(it, with_names=True) for it in cell.entries),
            add if cell.may_add else "",
            html('<p class="caption">{}</p>', words.nobody) if is_empty else "",
        )

    def week_cell(self, official: Cadre, cell: Cell) -> SafeString:
        return html(
            '<td class="halves{}"><div class="day-slots">{}{}</div></td>\n',
            " is-rest" if cell.day.is_rest else "",
            joined(self.absence(it, with_name=False) for it in cell.absences),
            joined(self.half(official, cell.day, it) for it in cell.halves),
        )

    def half(self, official: Cadre, day: Day, cell: HalfCell) -> SafeString:
        """Half a day of one official, and how a visit in it is planned."""
        half, word, add = cell.half.value, self.words.halves[cell.half], NONE
        if cell.may_add:
            names = {"name": official.name, "day": day.month_day, "half": word}
            add = html(
                '<a class="cell-add" href="{}?official={}&amp;date={}&amp;half={}"'
                ' aria-label="{}">{}</a>',
                *(self.plan_url, str(official.pk), day.key, half),
                *(self.words.plan_half % names, self.words.plus),
            )
        return html(
            '<div class="half" data-slot="{}" data-half="{}"{} data-label="{}">{}{}'
            "</div>",
            *(day.key, half, " data-free" if cell.may_add else ""),
            f"{day.words} {word}, {official.name}",
            joined(self.entry(it, with_names=False) for it in cell.entries),
            add,
        )

    def absence(self, absence: Absence, *, with_name: bool) -> SafeString:
        return html(
            '<span class="entry entry-absence">{}{}</span>',
            f"{absence.cadre.name} · " if with_name else "",
            absence.get_kind_display(),
        )

    def entry(self, entry: Entry, *, with_names: bool) -> SafeString:
        """A stop with all that a week says of it."""
        going, stop, words = entry.going, entry.going.stop, self.words
        purpose = stop.purpose
        if len(purpose) > LONGEST:
            purpose = Truncator(purpose).chars(LONGEST)
        said = html(
            '<strong>{} {}</strong>{}<span class="what">{} · {}</span>{}{}',
            *(entry.clock, short_path(stop.path, stop.level)),
            html('<span class="who">{}</span>', self.who(going)) if with_names else "",
            words.comma.join([words.kinds[it] for it in stop.activities]),
            purpose,
            html('<span class="state">{}</span>', words.unannounced)
            if going.is_hidden
            else "",
            html('<span class="state state-soon">{}</span>', going.word)
            if going.word
            else "",
        )
        return self.slot(entry, "", said)

    def line(self, entry: Entry) -> SafeString:
        """A stop in a line: when it begins, of one official; else who leads it."""
        going, stop = entry.going, entry.going.stop
        title = html(
            ' title="{} · {} · {}"', entry.clock, self.who(going), stop.purpose
        )
        said = html(
            "<strong>{}</strong> {}{}",
            entry.starts if self.official else next(iter(going.officials.values())),
            stop.short_name,
            f" ({going.word})" if going.word else "",
        )
        return self.slot(entry, title, said)

    def who(self, going: Going) -> str:
        return self.words.comma.join(going.officials.values())

    def slot(self, entry: Entry, more: str, said: SafeString) -> SafeString:
        """An entry with its handle, if the reader may put it elsewhere."""
        stop, words = entry.going.stop, self.words
        shown = html(
            '<a class="entry entry-{}{}" href="{}"{}>{}</a>',
            *(stop.activities[0], STATES.get(stop.state, "")),
            *(address_of("visits:visit_detail", stop.reference), more, said),
        )
        if not entry.may_move:
            return html('<div class="slot-entry">{}</div>', shown)
        move = address_of("visits:visit_move", stop.reference)
        purpose = html("{}", stop.purpose)
        return html(
            '<div class="slot-entry can-move" data-entry="{}" data-position="{}"'
            ' data-version="{}" data-move="{}" data-words="{}">{}'
            '<a class="entry-move no-print" data-grip href="{}{}" aria-label="{}{}{}"'
            ' aria-describedby="board-keys">{}<span class="entry-move-word">{}</span>'
            "</a></div>",
            *(stop.reference, str(stop.position), str(stop.version), move, purpose),
            shown,
            *(move, self.back, words.move, words.colon, purpose),
            *(words.grip, words.move),
        )


@register.simple_tag(takes_context=True)
def month_weeks(
    context: Any, weeks: Iterable[tuple[Week, Sequence[Cell]]], span: Month
) -> SafeString:
    """The rows of a month; `week_address` of the context leads to a week."""
    board, drawn = Board(context), []
    for week, cells in weeks:
        more = html(
            '<a class="more" href="{}&amp;week={}">{}</a>',
            *(context["week_address"], week.key, board.words.week),
        )
        row = joined(board.month_cell(it, span, more) for it in cells)
        drawn.append(html("<tr>{}</tr>\n", row))
    return joined(drawn)


@register.simple_tag(takes_context=True)
def agenda_days(context: Any, cells: Iterable[Cell]) -> SafeString:
    """The phone's calendar: days with something on them, and today."""
    board = Board(context)
    return joined(
        board.agenda_day(it)
        for it in cells
        if it.entries or it.absences or it.day.is_today
    )


@register.simple_tag(takes_context=True)
def week_cells(context: Any, row: Row) -> SafeString:
    """The days of one official."""
    board = Board(context)
    return joined(board.week_cell(row.official, it) for it in row.cells)


@register.simple_tag(takes_context=True)
def board_entry(context: Any, entry: Entry) -> SafeString:
    """A stop with all that a week says of it, and who goes there."""
    return Board(context).entry(entry, with_names=True)


@register.simple_tag
def crowd(it: CrowdedPlace) -> SafeString:
    """How many visits meet at a place, and the first of them."""
    said = ngettext(
        "%(place)s: %(n)s visit within %(days)s days of each other.",
        "%(place)s: %(n)s visits within %(days)s days of each other.",
        len(it.stops),
    ) % {
        "place": short_path(it.place.path, it.place.level),
        "n": len(it.stops),
        "days": it.within,
    }
    stops = joined(
        html(
            '<a href="{}">{} {}</a> ',
            stop.visit.get_absolute_url(),
            date_format(localdate(stop.starts_at), "MONTH_DAY_FORMAT"),
            stop.lead or "",  # type: ignore[attr-defined]
        )
        for stop in it.stops[:NAMED]
    )
    return html("<li>{} {}</li>", said, stops)


@register.simple_tag
def load_lines(loads: Sequence[Load], *, is_month: bool) -> SafeString:
    """How much of this span and of its quarter goes to visits."""
    span, quarter = loads
    return _loads(span, quarter, is_month, get_language())


@lru_cache(maxsize=2000)
def _loads(
    span: Load, quarter: Load, is_month: bool, language: str | None
) -> SafeString:
    names = (_("Month") if is_month else _("Week"), _("Quarter"))
    of_days, colon = _("%(days)s d"), _(": ")
    return format_html_join(
        "\n",
        '<span class="line">{}{}{} · {}</span>',
        (
            (
                name,
                colon,
                ngettext("%(n)s visit", "%(n)s visits", load.visits)
                % {"n": load.visits},
                of_days % {"days": floatformat(load.days, -1)},
            )
            for name, load in zip(names, (span, quarter), strict=True)
        ),
    )


@register.simple_tag
def office_options(
    offices: Iterable[tuple[int, str]], chosen: Unit | None
) -> SafeString:
    """As options of a select, for there may be hundreds."""
    return joined(
        html(
            '<option value="{}"{}>{}</option>',
            *(str(pk), " selected" if chosen and chosen.pk == pk else "", name),
        )
        for pk, name in offices
    )
