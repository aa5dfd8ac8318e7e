"""What is typed to enter a day of the working calendar."""

from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import DayInput, plain_helper
from cadres.models import Account, CalendarDay, regions_of
from cadres.rules.working_days import Source


class CalendarDayForm(forms.Form):
    """What a day is; names are `change_calendar_day`'s arguments."""

    is_workday = forms.TypedChoiceField(
        label=_("Counts as"),
        choices=[("", "———"), ("0", _("Rest day")), ("1", _("Working day"))],
        coerce=lambda typed: typed == "1",
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_(
            "As the plan names it, such as 春节, or 春节调休 for a make-up day."
        ),
    )
    source = forms.ChoiceField(label=_("Source"), choices=Source.choices)
    # The day, and what it counts as, of which it has been shown what hangs on it.
    told = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper(*self.layout())

    def layout(self) -> list[Any]:
        return [
            Row(
                Column("is_workday", css_class="col-sm-6"),
                Column("source", css_class="col-sm-6"),
            ),
            "name",
            "told",
        ]

    def arguments(self) -> dict[str, Any]:
        return {name: it for name, it in self.cleaned_data.items() if name != "told"}


class AddCalendarDayForm(CalendarDayForm):
    region = forms.ChoiceField(label=_("Calendar"))
    date = forms.DateField(label=_("Date"), widget=DayInput)

    def __init__(self, *args: Any, user: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = list(regions_of(user).items())  # type: ignore[attr-defined]

    def layout(self) -> list[Any]:
        return [
            Row(
                Column("date", css_class="col-sm-6"),
                Column("region", css_class="col-sm-6"),
            ),
            *super().layout(),
        ]


def first_values(day: CalendarDay) -> dict[str, Any]:
    return {
        "is_workday": "1" if day.is_workday else "0",
        "name": day.name,
        "source": day.source,
    }
