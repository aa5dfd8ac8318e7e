"""What is said of each place of where to go: too many of them for templates."""

from collections.abc import Collection
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from visits.reports.where_to_go import Group, Line
from visits.templatetags.visits import activity_short, age, in_words, tile_words

register = template.Library()
NONE = SafeString()


@register.simple_tag(takes_context=True)
def where_cells(context: Any, line: Line) -> SafeString:
    """A line of the table; the labels, for small screens, stand in the context."""
    kind = context["asked"]["kind"]
    late = " state-late" if line.tone == "late" else ""
    state, told = format_html(' class="state{}"', late), line.told_letters
    cells: list[tuple[str, str | int, str]] = [
        (context["label_came"], age(line.last_days), NONE if kind else state)
    ]
    for code, days in line.ages:
        shown = state if code == kind else NONE
        cells.append((activity_short(code), age(days), shown))
    if context["has_townships"]:
        of_all = _("%(n)s of %(all)s") % {"n": line.unvisited, "all": line.townships}
        cells.append(
            (context["label_townships"], "" if line.is_itself else of_all, NONE)
        )
    cells += [
        (context["label_matters"], line.open_matters, NONE),
        (context["label_due"], line.due, NONE),
        (context["label_letters"], in_words(told) if told else "0", NONE),
    ]
    return format_html_join(
        "",
        '<td class="nums" data-label="{}"><span{}>{}</span></td>',
        ((label, shown, said) for label, said, shown in cells),
    )


@register.simple_tag(takes_context=True)
def where_tiles(context: Any, group: Group, bookable: Collection[int]) -> SafeString:
    """All tiles of a county; `plan_url`, `book` and `colon` stand in the context."""
    return format_html_join(
        "\n", "{}", ((_tile(context, line, bookable),) for line in group.tiles)
    )


def _tile(context: Any, line: Line, bookable: Collection[int]) -> SafeString:
    place, book = line.place, NONE
    why: str = NONE
    if line.contacts or line.coming:
        why = get_template("visits/where/_why.html").render({"line": line})
    if place.pk in bookable:
        book = format_html(
            '<p><a href="{}?place={}" aria-label="{}{}{}">{}</a></p>',
            *(context["plan_url"], place.pk),
            *(context["book"], context["colon"], place.name, context["book"]),
        )
    return format_html(
        '<li class="word-tile is-{}"><p class="item-title"><a href="{}">{}</a></p>'
        '<p><strong>{}</strong></p><p class="caption">{}</p>{}{}</li>',
        *(line.tone, place.get_absolute_url(), place.name),
        *(age(line.days), tile_words(line), why, book),
    )
