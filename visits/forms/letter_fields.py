"""Fields of the pages on which letters are taken in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.forms.pick import Picker, PickField, label_of_cadre, label_of_unit
from cadres.models import Cadre, Unit
from visits.models import ContentSubject
from visits.rules.identity_numbers import has_identity_number


def refuse_identity_number(text: str) -> None:
    if has_identity_number(text):
        raise ValidationError(
            _(
                "This looks like an identity number. Such numbers are not kept here: "
                "please take it out."
            ),
            code="identity_number",
        )


class TypedField(forms.CharField):
    """Free text: no identity numbers, and nothing that the browser remembers."""

    default_validators = [refuse_identity_number]

    def widget_attrs(self, widget: forms.Widget) -> Any:
        return {**super().widget_attrs(widget), "autocomplete": "off"}


class SubjectInput(forms.TextInput):
    """Typed by name or initials; the list is in the page, so it works offline."""

    template_name = "visits/letters/_subject_input.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        used = ContentSubject.objects.filter(is_used=True).order_by("initials", "pk")
        context["subjects"] = used.values_list("name", "initials")
        return context


class SubjectField(forms.CharField):
    """A content subject by its name, initials or their beginning."""

    widget = SubjectInput
    default_error_messages = {
        "unknown": _("No subject is called that. Choose one from the list."),
        "several": _("Several subjects begin like that: %(names)s."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=50, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.name if isinstance(value, ContentSubject) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        used = ContentSubject.objects.filter(is_used=True).order_by("initials", "pk")
        for wanted in (
            Q(name=text),
            Q(initials=text.lower()),
            Q(initials__startswith=text.lower())
            | Q(pinyin__startswith=text.lower())
            | Q(name__contains=text),
        ):
            found = list(used.filter(wanted)[:6])
            if len(found) == 1:
                return found[0]
            if found:
                names = "、".join(subject.name for subject in found)
                raise ValidationError(
                    self.error_messages["several"], "several", {"names": names}
                )
        raise ValidationError(self.error_messages["unknown"], "unknown")


class QuietPicker(Picker):
    """Asks by POST, so that no address or log holds whom a letter is about."""

    template_name = "visits/letters/_quiet_picker.html"


class NamedOfficialField(PickField):
    url_name = "visits:letter_official_pick"
    label_of = staticmethod(label_of_cadre)
    queryset = Cadre.objects.select_related("unit")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget = _quiet(self)


class NamedUnitField(PickField):
    url_name = "visits:letter_unit_pick"
    label_of = staticmethod(label_of_unit)
    queryset = Unit.objects.select_related("place")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget = _quiet(self)


def _quiet(field: PickField) -> QuietPicker:
    return QuietPicker(field.url_name, type(field).label_of)


class OfficeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """The office that takes a letter in; no question when there is only one."""

    def offer(self, offices: Any) -> None:
        self.queryset = offices
        rows = list(offices[:2])
        if len(rows) == 1:
            self.widget = forms.HiddenInput()
            self.widget.is_required = self.required
            self.initial = rows[0].pk
            self.only = rows[0]

    only: Unit | None = None


class StopField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """The visit on which a letter was handed over or a person was received."""

    def label_from_instance(self, stop: Any) -> str:
        day = timezone.localtime(stop.starts_at)
        return f"{day:%m-%d} {stop.place.path.split(' / ')[-1]} · {stop.visit.purpose}"
