"""What is typed to plan a unified action: its name and days, and a row per leg."""

import uuid
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadres.forms.place import PlaceField
from cadres.forms.sheet import Sheet, plain_helper, row_set
from cadres.models import Account, Cadre, Unit
from visits.actions.plan_action import Leg
from visits.forms.fields import (
    ActivitiesField,
    ClockField,
    DayField,
    as_chips,
)
from visits.forms.stop import TimesForm
from visits.forms.team import OfficialChoices
from visits.rules.plan import StopPlan
from visits.rules.visit_states import Mode


class PlanActionForm(forms.Form):
    name = forms.CharField(label=_("Name of the action"), max_length=100)
    organiser = forms.ModelChoiceField(Unit.objects.none(), label=_("Organised by"))
    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))
    mode = forms.ChoiceField(
        label=_("Mode"), choices=Mode.choices, initial=Mode.ANNOUNCED
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organiser"].queryset = units  # type: ignore[attr-defined]
        self.helper = plain_helper(
            "client_key",
            Row(
                Column("name", css_class="col-lg-6"),
                Column("organiser", css_class="col-lg-6"),
            ),
            Row(
                Column("first", css_class="col-6 col-lg-3"),
                Column("last", css_class="col-6 col-lg-3"),
                Column("mode", css_class="col-lg-6"),
            ),
        )


class LegForm(TimesForm):
    """One row of the action: an official goes to a place."""

    official = forms.ModelChoiceField(Cadre.objects.none(), label=_("Official"))
    place = PlaceField(label=_("Place"))
    starts = ClockField(label=_("From"), initial=time(9, 0))
    ends = ClockField(label=_("To"), initial=time(17, 0))
    activities = ActivitiesField()

    def __init__(self, *args: Any, officials: OfficialChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        officials.offer_in(self.fields["official"])
        self.helper = plain_helper(
            Row(
                Column("official", css_class="col-lg-5"),
                Column("place", css_class="col-lg-7"),
            ),
            self.times,
            as_chips("activities"),
        )

    def to_leg(self) -> Leg:
        typed = self.cleaned_data
        starts_at, ends_at = self.span()
        stop = StopPlan(typed["place"], starts_at, ends_at, typed["activities"])
        return Leg(typed["official"], stop)


LegFormSet = row_set(LegForm, least=1)


class ActionSheet(Sheet):
    """The page on which a unified action is planned."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        user: Account,
        today: date,
    ) -> None:
        may = Cadre.objects.plannable_by(user, on=today)
        officials = OfficialChoices(may, today)
        units = Unit.objects.filter(
            Q(pk__in=may.values("unit")) | Q(pk=user.unit_id)
        ).order_by("level", "name")
        day = today + timedelta(days=7)
        first = {
            "client_key": uuid.uuid4(),
            "organiser": user.unit_id,
            "first": day,
            "last": day + timedelta(days=1),
        }
        self.main = PlanActionForm(data, initial=first, units=units)
        self.sets = {
            "legs": LegFormSet(
                data,
                prefix="legs",
                initial=[{"day": day} for _n in range(3)],
                form_kwargs={"officials": officials},
            )
        }
        for form in self.sets["legs"].forms[1:]:
            # Rows that nobody touched are left out.
            form.empty_permitted, form.use_required_attribute = True, False

    def arguments(self) -> dict[str, Any]:
        legs = [form.to_leg() for form in self.sets["legs"].rows()]
        return {**self.main.cleaned_data, "legs": legs}
