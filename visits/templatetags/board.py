"""What stands in the cells of a calendar.

A page has hundreds of entries and half-days, and a template takes most of a millisecond
for each: these are written here, the page around them in `templates/visits/calendar/`.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.template.defaultfilters import floatformat
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cadres.templatetags.lucide import lucide
from visits.reports.planner import Entry, HalfCell
from visits.reports.workload import Load
from visits.rules.visit_states import VisitState
from visits.templatetags.visits import short_path

register = template.Library()
NONE = SafeString()
LONGEST = 40  # characters of a purpose
STATES = {VisitState.DRAFT: " entry-draft", VisitState.NOT_HELD: " entry-cancelled"}


class Words(NamedTuple):
    """The same in every cell."""

    move: str
    colon: str
    unannounced: str
    grip: str
    plus: str


@lru_cache(maxsize=10)
def _words(language: str | None) -> Words:
    return Words(
        _("Move"),
        _(": "),
        _("Unannounced"),
        lucide("move", size=14, aria_hidden="true"),
        lucide("plus", size=16, aria_hidden="true"),
    )


@register.simple_tag(takes_context=True)
def board_entry(context: Any, entry: Entry, *, with_names: bool = False) -> SafeString:
    """A stop with all that a week says of it; `move_back` of the context leads back."""
    return _entry(entry, context["move_back"], with_names=with_names)


def _entry(entry: Entry, back: str, *, with_names: bool) -> SafeString:
    going, visit, words = entry.going, entry.stop.visit, _words(get_language())
    purpose = visit.purpose
    if len(purpose) > LONGEST:
        purpose = Truncator(purpose).chars(LONGEST)
    said = format_html(
        '<strong>{} {}</strong>{}<span class="what">{} · {}</span>{}{}',
        entry.clock,
        short_path(entry.stop.place),
        format_html('<span class="who">{}</span>', going.who) if with_names else NONE,
        going.kinds,
        purpose,
        format_html('<span class="state">{}</span>', words.unannounced)
        if visit.is_hidden
        else NONE,
        format_html('<span class="state state-soon">{}</span>', going.word)
        if going.word
        else NONE,
    )
    return _slot(entry, back, format_html('href="{}"', going.url), said)


@register.simple_tag(takes_context=True)
def month_entry(context: Any, entry: Entry, *, of_one: bool) -> SafeString:
    """A stop in a line: when it begins, of one official; else who leads it."""
    going = entry.going
    link = format_html(
        'href="{}" title="{} · {} · {}"',
        *(going.url, entry.clock, going.who, entry.stop.visit.purpose),
    )
    said = format_html(
        "<strong>{}</strong> {}{}",
        entry.starts if of_one else going.names[0],
        entry.stop.place.short_name,
        f" ({going.word})" if going.word else "",
    )
    return _slot(entry, context["move_back"], link, said)


def _slot(entry: Entry, back: str, link: SafeString, said: SafeString) -> SafeString:
    """An entry with its handle, if the reader may put it elsewhere."""
    going, stop, visit = entry.going, entry.stop, entry.stop.visit
    shown = format_html(
        '<a class="entry entry-{}{}" {}>{}</a>',
        *(stop.activities[0], STATES.get(visit.state, ""), link, said),  # type: ignore[call-overload]
    )
    if not entry.may_move:
        return format_html('<div class="slot-entry">{}</div>', shown)
    words = _words(get_language())
    return format_html(
        '<div class="slot-entry can-move" data-entry="{}" data-position="{}"'
        ' data-version="{}" data-move="{}" data-words="{}">{}'
        '<a class="entry-move no-print" data-grip href="{}{}" aria-label="{}{}{}"'
        ' aria-describedby="board-keys">{}<span class="entry-move-word">{}</span></a>'
        "</div>",
        *(visit.reference, stop.position, visit.version, going.move_url, visit.purpose),
        shown,
        *(going.move_url, back, words.move, words.colon, visit.purpose),
        *(words.grip, words.move),
    )


@register.simple_tag
def load_lines(loads: Sequence[Load], *, is_month: bool) -> SafeString:
    """How much of this span and of its quarter goes to visits."""
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
            for name, load in zip(names, loads, strict=True)
        ),
    )


@register.simple_tag(takes_context=True)
def board_half(context: Any, key: str, half: HalfCell) -> SafeString:
    """Half of the day `key` of one official, and how a visit in it is planned."""
    add = NONE
    if half.add_url:
        plus = _words(get_language()).plus
        add = format_html(
            '<a class="cell-add" href="{}" aria-label="{}">{}</a>',
            *(half.add_url, half.add_label, plus),
        )
    back = context["move_back"]
    return format_html(
        '<div class="half" data-slot="{}" data-half="{}"{} data-label="{}">{}{}</div>',
        key,
        half.half.value,
        SafeString(" data-free") if half.add_url else NONE,
        half.label,
        format_html_join(
            "", "{}", ((_entry(it, back, with_names=False),) for it in half.entries)
        ),
        add,
    )
