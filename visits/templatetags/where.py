"""The tiles of where to go: one a township, too many for templates."""

from collections.abc import Collection
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from visits.reports.where_to_go import Group, Line
from visits.templatetags.visits import age, tile_words

register = template.Library()
NONE = SafeString()


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
