from typing import Any

from django import forms

from cadres.models import District


class PlacePicker(forms.TextInput):
    template_name = "cadres/_place_picker.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        text, pk = value if isinstance(value, tuple) else ("", "")
        if isinstance(value, int):
            place = District.objects.get(pk=value)
            text, pk = place.path, place.pk
        context["widget"] |= {"text": text, "place_id": pk, "invalid": False}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name, ""), data.get(f"{name}_id", "")


class PlaceField(forms.Field):
    widget = PlacePicker

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data and data[0])

    def clean(self, value: Any) -> District:
        if value and value[1]:
            return District.objects.get(pk=value[1])
        raise forms.ValidationError("which place?")
