"""The plain widgets, drawn without a template for each: a form has dozens."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString

from cadres.html import NONE, html, joined


def attributes(attrs: Mapping[str, Any]) -> SafeString:
    """As Django's `attrs.html` writes them, in the order they were given."""
    return joined(
        html(" {}", name) if value is True else html(' {}="{}"', name, str(value))
        for name, value in attrs.items()
        if value is not False
    )


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = widget["value"]
    return html(
        '<input type="{}" name="{}"{}{}>',
        *(widget["type"], widget["name"]),
        NONE if value is None else html(' value="{}"', str(value)),
        attributes(widget["attrs"]),
    )


def _select(widget: Mapping[str, Any]) -> SafeString:
    groups = []
    for name, its, _index in widget["optgroups"]:
        options = joined(
            html(
                '<option value="{}"{}>{}</option>\n',
                *(str(it["value"]), attributes(it["attrs"]), str(it["label"])),
            )
            for it in its
        )
        if name:
            options = html('<optgroup label="{}">{}</optgroup>', str(name), options)
        groups.append(options)
    return html(
        '<select name="{}"{}>{}</select>',
        *(widget["name"], attributes(widget["attrs"]), joined(groups)),
    )


INPUTS = ("checkbox", "date", "email", "hidden", "number", "text", "time", "url")
DRAWN: dict[str, Callable[[Mapping[str, Any]], SafeString]] = {
    f"django/forms/widgets/{name}.html": _input for name in INPUTS
} | {"django/forms/widgets/select.html": _select}


class Renderer(TemplatesSetting):
    """The plain widgets are drawn here, all others by their templates."""

    def render(
        self, template_name: str, context: dict[str, Any], request: Any = None
    ) -> Any:
        draw = DRAWN.get(template_name)
        if draw is None:
            return super().render(template_name, context, request)
        return draw(context["widget"])
