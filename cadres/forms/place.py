"""A field for a place: chosen from a list while one types, or typed and looked up."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import District
from cadres.reports.keyset import key_in
from cadres.reports.place_search import LONGEST, find_places, named_exactly

NAMED_IN_ERROR = 5


class PlacePicker(forms.TextInput):
    template_name = "cadres/_place_picker.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        text: str = ""
        pk: Any = ""
        if isinstance(value, int):
            value = District.objects.filter(pk=value).first()
        if isinstance(value, District):
            text, pk = value.path, value.pk
        elif isinstance(value, tuple):
            text, pk = (part.replace("\x00", "") for part in value)
        context["widget"] |= {"text": text, "place_id": pk, "invalid": False}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name, ""), data.get(f"{name}_id", "")

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


class PlaceField(forms.Field):
    """A place that exists today. Initial values are places or their keys.

    The key counts while the text beside it is that place's path; else the text does:
    without scripts, the key is still that of the text before.
    """

    widget = PlacePicker
    default_error_messages = {
        "required": _("Which place? Type its name and choose it."),
        "unknown": _("No place of that name exists today. Choose one from the list."),
        "forged": _("This place is not known. Type its name and choose it again."),
        "ended": _("%(place)s is no longer a place of today."),
        "several": _("Several places are called that: %(places)s. Type the full path."),
    }

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data and data[0].strip())

    def clean(self, value: Any) -> District | None:
        text, key = value if isinstance(value, tuple) else ("", "")
        text = text.strip()
        if not text:
            if self.required:
                raise self._refusal("required")
            return None
        if "\x00" in text or len(text) > LONGEST:
            raise self._refusal("unknown")
        if key:
            chosen = self._chosen(key)
            if chosen.path == text:
                return self._of_today(chosen)
        return self._typed(text)

    def _chosen(self, key: str) -> District:
        place = District.objects.filter(pk=pk).first() if (pk := key_in(key)) else None
        if place is None:
            raise self._refusal("forged")
        return place

    def _of_today(self, place: District) -> District:
        today = timezone.localdate()
        ended = place.valid_to is not None and place.valid_to < today
        if place.is_virtual or place.valid_from > today or ended:
            raise self._refusal("ended", place=place.path)
        return place

    def _typed(self, text: str) -> District:
        on = timezone.localdate()
        found = named_exactly(text, on=on) or find_places(text, on=on)
        if not found:
            raise self._refusal("unknown")
        if len(found) > 1:
            paths = [place.path for place in found[:NAMED_IN_ERROR]]
            names = "; ".join(paths) + (" …" if len(found) > NAMED_IN_ERROR else "")
            raise self._refusal("several", places=names)
        return found[0]

    def _refusal(self, code: str, **params: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params)
