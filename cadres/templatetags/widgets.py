"""Parts of forms that are written straight, where a template would take its time."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def attributes(attrs: Mapping[str, Any]) -> SafeString:
    """As Django's `attrs.html` writes them, in the order they were given."""
    return format_html_join(
        "",
        " {}{}",
        (
            (name, "" if value is True else format_html('="{}"', value))
            for name, value in attrs.items()
            if value is not False
        ),
    )


@register.filter
def options(groups: Iterable[Any]) -> SafeString:
    """The options of a select: a page has a hundred of them."""
    return format_html_join("", "{}", ((_group(it),) for it in groups))


def _group(group: Any) -> SafeString:
    name, its, _index = group
    text = format_html_join(
        "",
        '<option value="{}"{}>{}</option>\n',
        ((it["value"], attributes(it["attrs"]), it["label"]) for it in its),
    )
    return (
        format_html('<optgroup label="{}">{}</optgroup>', name, text) if name else text
    )
