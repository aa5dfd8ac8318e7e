"""Parts of forms that are written straight, where a template would take its time."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def attributes(attrs: Mapping[str, Any]) -> SafeString:
    """As Django's `attrs.html` writes them, in the order they were given."""
    written = []
    for name, value in attrs.items():
        if value is not False:
            said = "" if value is True else f'="{escape(str(value))}"'
            written.append(f" {escape(name)}{said}")
    return mark_safe("".join(written))  # noqa: S308 – each part is escaped


@register.filter
def options(groups: Iterable[Any]) -> SafeString:
    """The options of a select: a page has a hundred of them."""
    written = []
    for name, its, _index in groups:
        lines = "".join(
            f'<option value="{escape(str(it["value"]))}"{attributes(it["attrs"])}>'
            f"{escape(it['label'])}</option>\n"
            for it in its
        )
        text = mark_safe(lines)  # noqa: S308 – each part is escaped
        if name:
            text = format_html('<optgroup label="{}">{}</optgroup>', name, text)
        written.append(text)
    return mark_safe("".join(written))  # noqa: S308
