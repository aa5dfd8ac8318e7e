"""Where a planned visit is put: another day, another hour, another official."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import plain_helper
from cadres.models import Account, Cadre
from visits.actions.shift_visit import stops_of, team_of
from visits.forms.fields import ClockField, DayField, moment
from visits.forms.team import OfficialChoices
from visits.models import Visit
from visits.rules.moving import Half, exchanged, shifted, start_on
from visits.rules.plan import Member, StopPlan
from visits.rules.visit_states import Part


class MoveVisitForm(forms.Form):
    """A new time for one stop, which the others follow; and who goes instead of whom.

    A drop on the board says no more than a half-day: the hours follow from it.
    """

    day = DayField(label=_("Day"))
    starts = ClockField(label=_("From"))
    ends = ClockField(label=_("To"), required=False)
    leaves = forms.ModelChoiceField(
        Cadre.objects.none(), label=_("Who does not go"), required=False
    )
    comes = forms.ModelChoiceField(
        Cadre.objects.none(), label=_("Who goes instead"), required=False
    )
    crowding_reason = forms.CharField(
        label=_("Reason for going all the same"),
        max_length=200,
        required=False,
        help_text=_("Needed only where others go around that time."),
    )
    position = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=1, max_value=999
    )
    half = forms.ChoiceField(
        widget=forms.HiddenInput, required=False, choices=Half.choices
    )
    version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=999_999_999
    )
    back = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        user: Account,
        visit: Visit,
        today: date,
        back: str = "",
    ) -> None:
        self.visit = visit
        self.stops, self.team = stops_of(visit), team_of(visit)
        # A journey of several stops or days moves as a whole, at its own pace.
        one = self.stops[0]
        self.is_single = (
            len(self.stops) == 1 and one.starts_at.date() == one.ends_at.date()
        )
        first: dict[str, Any] = {
            "day": one.starts_at.date(),
            "starts": one.starts_at.time(),
            "ends": one.ends_at.time() if self.is_single else None,
            "leaves": self.team[0].official.pk if len(self.team) == 1 else None,
            "crowding_reason": visit.crowding_reason,
            "version": visit.version,
            "back": back,
        }
        super().__init__(
            None if data is None else self._with_hours(data), initial=first
        )
        if not self.is_single:
            self.fields["ends"].widget = forms.HiddenInput()
        self._offer_officials(user, today)
        hidden = ("position", "version", "back")
        self.helper = plain_helper(
            Row(
                Column("day", css_class="col-12 col-sm-4"),
                Column("starts", css_class="col-6 col-sm-4"),
                Column("ends", css_class="col-6 col-sm-4"),
            ),
            Row(
                Column("leaves", css_class="col-12 col-sm-6"),
                Column("comes", css_class="col-12 col-sm-6"),
            ),
            "crowding_reason",
            *hidden,
        )

    def _offer_officials(self, user: Account, today: date) -> None:
        here = Q(left_on__isnull=True) | Q(left_on__gte=today)
        self.plannable = Cadre.objects.plannable_by(user, on=today)
        seen = Cadre.objects.visible_to(user).values("pk")
        OfficialChoices(
            Cadre.objects.filter(Q(pk__in=self.plannable) | (here & Q(pk__in=seen))),
            today,
        ).offer_in(self.fields["comes"])
        members = Cadre.objects.filter(pk__in=[it.official.pk for it in self.team])
        OfficialChoices(members, today).offer_in(self.fields["leaves"])

    def _with_hours(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """`data` with the hours that follow from the half-day, where none are typed."""
        if data.get("starts"):
            return data
        filled = MultiValueDict({name: [data[name]] for name in data})
        try:
            day = DayField().clean(data.get("day"))
            half = Half(data["half"]) if data.get("half") else ""
            was = self._held(data.get("position"))
            start = start_on(day, half, was=was)
        except (ValidationError, ValueError, OverflowError):
            return filled
        filled["starts"] = f"{start:%H:%M}"
        if self.is_single:
            filled["ends"] = f"{start + (was.ends_at - was.starts_at):%H:%M}"
        return filled

    def _held(self, position: Any) -> StopPlan:
        """The stop that was taken hold of; the first, if the page names none."""
        text = str(position or 1)
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1
        return self.stops[min(max(number, 1), len(self.stops)) - 1]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        leaves, comes = typed.get("leaves"), typed.get("comes")
        if comes and not leaves:
            if len(self.team) > 1:
                self.add_error("leaves", _("Say who does not go."))
            else:
                typed["leaves"] = leaves = self.team[0].official
        if not comes or not leaves or comes == leaves:
            return typed
        part = next(it.part for it in self.team if it.official == leaves)
        if part == Part.LEAD and not self.plannable.filter(pk=comes.pk).exists():
            text = _("You may not plan for this official.")
            self.add_error("comes", ValidationError(text, code="not_yours"))
        return typed

    @cached_property
    def wanted_stops(self) -> list[StopPlan]:
        """The stops as they would be, once the form is valid."""
        typed = self.cleaned_data
        held = self._held(typed.get("position"))
        start = moment(typed["day"], typed["starts"])
        stops = shifted(self.stops, start - held.starts_at)
        if self.is_single and typed.get("ends"):
            stops = [replace(stops[0], ends_at=moment(typed["day"], typed["ends"]))]
        return stops

    @cached_property
    def wanted_team(self) -> list[Member]:
        leaves, comes = self.cleaned_data.get("leaves"), self.cleaned_data.get("comes")
        return exchanged(self.team, leaves, comes) if leaves and comes else self.team


class LookForm(forms.Form):
    """The half-days of one official on which a visit is about to be planned."""

    official = forms.ModelChoiceField(Cadre.objects.none(), required=False)
    day = DayField()
    half = forms.ChoiceField(choices=Half.choices, required=False)
    last = DayField(required=False)
    last_half = forms.ChoiceField(choices=Half.choices, required=False)

    def __init__(self, data: Mapping[str, Any], *, user: Account, today: date) -> None:
        super().__init__(data)
        mine = Cadre.objects.plannable_by(user, on=today).select_related("unit__place")
        self.fields["official"].queryset = mine  # type: ignore[attr-defined]
