"""One stop as it is typed: where, when, what for."""

from datetime import datetime
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.forms.place import PlaceField
from cadres.forms.sheet import plain_helper, row_set
from visits.forms.fields import (
    ActivitiesField,
    ClockField,
    DayField,
    as_chips,
    moment,
)
from visits.models import Stop
from visits.rules.plan import StopPlan


class TimesForm(forms.Form):
    """From when to when, on one day or to a later one."""

    day = DayField(label=_("Day"))
    starts = ClockField(label=_("From"))
    ends = ClockField(label=_("To"))
    last_day = DayField(
        label=_("Last day"), required=False, help_text=_("Only if it is another day.")
    )
    times = Row(
        Column("day", css_class="col-12 col-sm-6 col-lg-3"),
        Column("starts", css_class="col-6 col-sm-3 col-lg-2"),
        Column("ends", css_class="col-6 col-sm-3 col-lg-2"),
        Column("last_day", css_class="col-12 col-sm-6 col-lg-3"),
    )

    def span(self) -> tuple[datetime, datetime]:
        typed = self.cleaned_data
        last = typed.get("last_day") or typed["day"]
        return moment(typed["day"], typed["starts"]), moment(last, typed["ends"])


class StopForm(TimesForm):
    """One stop. Stops follow each other in time, in whatever order they are typed."""

    place = PlaceField(label=_("Place"))
    venue = forms.CharField(
        label=_("Venue"),
        max_length=100,
        required=False,
        widget=forms.TextInput(
            attrs={"placeholder": _("village hall, firm, school …")}
        ),
    )
    activities = ActivitiesField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper(
            Row(
                Column("place", css_class="col-lg-7"),
                Column("venue", css_class="col-lg-5"),
            ),
            self.times,
            as_chips("activities"),
            *self.hidden,
        )

    hidden: tuple[str, ...] = ()

    def order_key(self) -> Any:
        return self.span()[0]

    def to_plan(self) -> StopPlan:
        typed = self.cleaned_data
        starts_at, ends_at = self.span()
        return StopPlan(
            typed["place"], starts_at, ends_at, typed["activities"], typed["venue"]
        )


StopFormSet = row_set(StopForm, least=1)


def stop_values(stop: Stop) -> dict[str, Any]:
    """What the form of a known stop shows first."""
    starts, ends = timezone.localtime(stop.starts_at), timezone.localtime(stop.ends_at)
    return {
        "place": stop.place,
        "venue": stop.venue,
        "day": starts.date(),
        "starts": starts.time(),
        "ends": ends.time(),
        "last_day": ends.date() if ends.date() != starts.date() else None,
        "activities": stop.activities,
    }
