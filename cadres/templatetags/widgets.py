"""What `bootstrap5/field.html` and the templates of widgets draw in Python."""

from typing import Any

from django import forms, template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from cadres.forms.drawing import attributes
from cadres.html import NONE, html

register = template.Library()
register.filter(attributes)
# A button for each choice, a file, several in one: these have templates.
SPECIAL = (forms.CheckboxInput, forms.RadioSelect, forms.FileInput, forms.MultiWidget)
NOTES = "bootstrap5/layout/help_text_and_errors.html"
STAR = html('<span class="asteriskField">*</span>')


@register.filter
def is_plain(field: forms.BoundField) -> bool:
    """Whether it is one input or select under its label."""
    return not field.use_fieldset and not isinstance(field.field.widget, SPECIAL)


@register.simple_tag(takes_context=True)
def plain_field(context: Any, field: forms.BoundField) -> SafeString:
    widget, has_errors = field.field.widget, bool(field.errors)
    name = type(widget).__name__.lower()
    given = widget.attrs.get("class", "")
    wanted = [] if name in given else [name]
    wanted.append("form-select" if isinstance(widget, forms.Select) else "form-control")
    wanted += ["is-invalid"] if has_errors else []
    widget.attrs["class"] = " ".join(dict.fromkeys([*given.split(), *wanted]))
    notes: str = NONE
    if has_errors or field.help_text:
        notes = get_template(NOTES).render(context.flatten())
    around = ("mb-3", context.get("wrapper_class"), field.css_classes())
    return html(
        '<div id="div_{}" class="{}">{}{}{}</div>',
        *(str(field.auto_id), " ".join(filter(None, around))),
        *(_label(field), str(field), notes),
    )


def _label(field: forms.BoundField) -> SafeString:
    if not field.label:
        return NONE
    is_required = field.field.required
    return html(
        '<label{} class="form-label{}">{}{}</label>',
        html(' for="{}"', field.id_for_label) if field.id_for_label else NONE,
        " requiredField" if is_required else "",
        str(field.label),
        STAR if is_required else NONE,
    )
