"""What is typed to record that an official is away."""

from datetime import date
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import DayInput, plain_helper
from cadres.models import Account, Cadre
from visits.models import Absence


class AbsenceDaysForm(forms.Form):
    """Kind and days; names are `change_absence`'s arguments."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Absence.Kind.choices)
    first = forms.DateField(label=_("First day"), widget=DayInput)
    last = forms.DateField(
        label=_("Last day"), widget=DayInput, help_text=_("It belongs to the absence.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper(*self.layout())

    def layout(self) -> list[Any]:
        return [
            Row(
                Column("kind", css_class="col-sm-4"),
                Column("first", css_class="col-6 col-sm-4"),
                Column("last", css_class="col-6 col-sm-4"),
            )
        ]


class ChangeAbsenceForm(AbsenceDaysForm):
    seen = forms.DateTimeField(
        widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"]
    )

    def layout(self) -> list[Any]:
        return [*super().layout(), "seen"]


class RecordAbsenceForm(AbsenceDaysForm):
    cadre = forms.ModelChoiceField(Cadre.objects.none(), label=_("Official"))

    def __init__(self, *args: Any, user: Account, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plannable = Cadre.objects.plannable_by(user, on=on).select_related("unit")
        field: Any = self.fields["cadre"]
        field.queryset = plannable
        rows = plannable.with_post(on=on).order_by("unit__level", "unit__name", "pk")
        field.choices = [("", "———"), *((row.pk, _label(row)) for row in rows)]

    def layout(self) -> list[Any]:
        return ["cadre", *super().layout()]


def _label(cadre: Any) -> str:
    return " · ".join(filter(None, [cadre.name, cadre.post or cadre.unit.name]))
