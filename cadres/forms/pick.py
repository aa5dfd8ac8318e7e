"""A field that offers rows while one types, and takes a typed name without scripts."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cadres.models import Cadre, Unit
from cadres.reports.keyset import key_in


def label_of_unit(unit: Unit) -> str:
    return f"{unit.name} · {unit.place.path}"


def label_of_cadre(cadre: Cadre) -> str:
    return f"{cadre.name} · {cadre.unit.name}"


class Picker(forms.TextInput):
    template_name = "cadres/_picker.html"

    def __init__(self, url_name: str, label: Callable[[Any], str]) -> None:
        super().__init__()
        self.url_name, self.label = url_name, label

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        text, pk = value if isinstance(value, tuple) else ("", "")
        if isinstance(value, Model):
            text, pk = self.label(value), value.pk
        context["widget"] |= {"text": text, "key": pk, "url": reverse(self.url_name)}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name, ""), data.get(f"{name}_id", "")

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


class PickField(forms.Field):
    """A row of `queryset`, which the form may narrow; initial values are rows."""

    url_name: str
    label_of: Callable[[Any], str]
    queryset: QuerySet[Any]

    default_error_messages = {
        "unknown": _("Nothing is called that. Choose from the list."),
        "several": _("Several are called that. Choose one from the list."),
    }

    def __init__(self, **kwargs: Any) -> None:
        label_of = type(self).label_of
        super().__init__(widget=Picker(self.url_name, label_of), **kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data and data[0].strip())

    def clean(self, value: Any) -> Any:
        text, key = value if isinstance(value, tuple) else ("", "")
        text = text.strip()
        if not text:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if "\x00" in text or len(text) > 300:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        # The typed text counts: without scripts the key is of the text before.
        if pk := key_in(key):
            chosen = self.queryset.filter(pk=pk).first()
            if chosen and type(self).label_of(chosen) == text:
                return chosen
        found = list(self.queryset.filter(name=text.split(" · ")[0].strip())[:100])
        exact = [row for row in found if type(self).label_of(row) == text] or found
        if len(exact) == 1:
            return exact[0]
        code = "several" if exact else "unknown"
        raise ValidationError(self.error_messages[code], code=code)


class UnitField(PickField):
    url_name = "cadres:unit_pick"
    label_of = staticmethod(label_of_unit)
    queryset = Unit.objects.select_related("place")


class CadreField(PickField):
    """Officials of the reader's scope: the form sets `queryset`."""

    url_name = "cadres:cadre_pick"
    label_of = staticmethod(label_of_cadre)
    queryset = Cadre.objects.none()
