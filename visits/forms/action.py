"""What is typed to plan a unified action: its name and days, and a row per leg."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from crispy_forms.bootstrap import InlineCheckboxes
from crispy_forms.layout import Column, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.place import PlaceField
from cadres.forms.sheet import ClockInput, DayInput, Sheet, plain_helper, row_set
from cadres.models import Account, Cadre, Unit
from visits.actions.plan_action import Leg
from visits.forms.plan import StopForm
from visits.rules.activities import Activity
from visits.rules.plan import StopPlan
from visits.rules.visit_states import Mode


class PlanActionForm(forms.Form):
    name = forms.CharField(label=_("Name of the action"), max_length=100)
    organiser = forms.ModelChoiceField(Unit.objects.none(), label=_("Organised by"))
    first = forms.DateField(label=_("First day"), widget=DayInput)
    last = forms.DateField(label=_("Last day"), widget=DayInput)
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


class LegForm(forms.Form):
    official = forms.ModelChoiceField(Cadre.objects.none(), label=_("Official"))
    place = PlaceField(label=_("Place"))
    day = forms.DateField(label=_("Day"), widget=DayInput)
    last_day = forms.DateField(label=_("Last day"), widget=DayInput, required=False)
    starts = forms.TimeField(label=_("From"), widget=ClockInput, initial="09:00")
    ends = forms.TimeField(label=_("To"), widget=ClockInput, initial="17:00")
    activities = forms.MultipleChoiceField(
        label=_("Kinds of work"),
        choices=Activity.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one kind of work.")},
    )

    def __init__(self, *args: Any, officials: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["official"]
        field.queryset = officials.queryset  # type: ignore[attr-defined]
        field.choices = [("", "———"), *((c.pk, c.label) for c in officials.rows)]  # type: ignore[attr-defined]
        self.helper = plain_helper(
            Row(
                Column("official", css_class="col-lg-5"),
                Column("place", css_class="col-lg-7"),
            ),
            Row(
                Column("day", css_class="col-6 col-lg-3"),
                Column("last_day", css_class="col-6 col-lg-3"),
                Column("starts", css_class="col-6 col-lg-2"),
                Column("ends", css_class="col-6 col-lg-2"),
            ),
            InlineCheckboxes("activities"),
        )

    span = StopForm.span

    def to_leg(self) -> Leg:
        typed = self.cleaned_data
        starts_at, ends_at = self.span()  # type: ignore[misc]
        stop = StopPlan(typed["place"], starts_at, ends_at, typed["activities"])
        return Leg(typed["official"], stop)


LegFormSet = row_set(LegForm, least=1)


class OfficialChoices:
    """The officials one may plan for: to look one up in, and read once for all rows."""

    def __init__(self, user: Account, today: date) -> None:
        self.queryset = Cadre.objects.plannable_by(user, on=today).select_related(
            "unit__place"
        )
        self.rows = list(
            self.queryset.with_post(on=today).order_by(
                "unit__level", "unit__name", "pk"
            )
        )
        for official in self.rows:
            words = [official.name, official.post or official.unit.name]
            official.label = " · ".join(filter(None, words))  # type: ignore[attr-defined]


class ActionSheet(Sheet):
    """The page on which a unified action is planned."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        user: Account,
        today: date,
    ) -> None:
        officials = OfficialChoices(user, today)
        units = Unit.objects.filter(
            pk__in={official.unit_id for official in officials.rows} | {user.unit_id}
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

    def arguments(self) -> dict[str, Any]:
        legs = [form.to_leg() for form in self.sets["legs"].rows()]
        return {**self.main.cleaned_data, "legs": legs}
