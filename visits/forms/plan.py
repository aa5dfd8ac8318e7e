"""What is typed to plan a visit: the plan, its stops and its team on one sheet."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from crispy_forms.bootstrap import InlineCheckboxes
from crispy_forms.layout import Column, Div, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.forms.place import PlaceField
from cadres.forms.sheet import (
    ClockInput,
    DayInput,
    Sheet,
    plain_helper,
    row_set,
)
from cadres.models import Account, Cadre
from visits.models import ESCORTS, Action, Visit
from visits.rules.activities import Activity
from visits.rules.plan import Member, StopPlan
from visits.rules.visit_states import Mode, Part

MORNING = (time(9, 0), time(11, 30))


class MaterialsField(forms.CharField):
    """A list of things asked for, one on each line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def clean(self, value: Any) -> Any:
        super().run_validators(value or "")
        lines = self.to_python(value)
        if any(len(line) > 100 for line in lines):
            raise ValidationError(_("Each line has at most 100 characters."))
        return lines


class PlanVisitForm(forms.Form):
    """The plan but for its stops and its team; names are `plan_visit`'s arguments."""

    purpose = forms.CharField(label=_("Purpose or topic"), max_length=200)
    mode = forms.ChoiceField(
        label=_("Mode"), choices=Mode.choices, initial=Mode.ANNOUNCED
    )
    action = forms.ModelChoiceField(
        Action.objects.none(),
        label=_("Unified action"),
        required=False,
        to_field_name="reference",
    )
    is_contact_point = forms.BooleanField(
        label=_("This is a contact point of the lead"), required=False
    )
    is_emergency = forms.BooleanField(
        label=_("Emergency: disaster or danger, the crowding check is passed over"),
        required=False,
    )
    vehicles = forms.IntegerField(
        label=_("Vehicles"), min_value=0, max_value=99, initial=1
    )
    press = forms.IntegerField(
        label=_("Press people"), min_value=0, max_value=99, initial=0
    )
    escorts_own = forms.IntegerField(
        label=_("From the own office"), min_value=0, max_value=99, initial=0
    )
    escorts_superior = forms.IntegerField(
        label=_("From superior departments"), min_value=0, max_value=99, initial=0
    )
    escorts_prefecture = forms.IntegerField(
        label=_("From the prefecture"), min_value=0, max_value=99, initial=0
    )
    escorts_county = forms.IntegerField(
        label=_("From the county"), min_value=0, max_value=99, initial=0
    )
    escorts_township = forms.IntegerField(
        label=_("From the township"), min_value=0, max_value=99, initial=0
    )
    materials = MaterialsField(
        label=_("Materials requested from the place"),
        help_text=_("One on each line. None is best."),
        required=False,
    )
    crowding_reason = forms.CharField(
        label=_("Reason for going all the same"),
        max_length=200,
        required=False,
        help_text=_("Only needed when others go there around that time."),
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, user: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        recent = timezone.localdate() - timedelta(days=31)
        actions = Action.objects.visible_to(user).filter(last__gte=recent)
        self.fields["action"].queryset = actions.order_by("-first", "pk")  # type: ignore[attr-defined]
        self.helper = plain_helper(
            "client_key",
            "version",
            Row(
                Column("purpose", css_class="col-lg-6"),
                Column("mode", css_class="col-sm-6 col-lg-3"),
                Column("action", css_class="col-sm-6 col-lg-3"),
            ),
            Div("is_contact_point", "is_emergency"),
        )
        numbers = [
            Column(name, css_class="col-6 col-md-4 col-lg")
            for name in (*ESCORTS, "vehicles", "press")
        ]
        self.light_travel = plain_helper(
            Row(*numbers, css_class="align-items-end"), "materials"
        )
        self.reason_helper = plain_helper("crowding_reason")


class StopForm(forms.Form):
    """One stop: where, when, what for."""

    place = PlaceField(label=_("Place"))
    venue = forms.CharField(
        label=_("Venue"),
        max_length=100,
        required=False,
        widget=forms.TextInput(
            attrs={"placeholder": _("village hall, firm, school …")}
        ),
    )
    day = forms.DateField(label=_("Day"), widget=DayInput)
    starts = forms.TimeField(label=_("From"), widget=ClockInput)
    ends = forms.TimeField(label=_("To"), widget=ClockInput)
    last_day = forms.DateField(
        label=_("Last day"),
        widget=DayInput,
        required=False,
        help_text=_("Only for a stay of several days."),
    )
    activities = forms.MultipleChoiceField(
        label=_("Kinds of work"),
        choices=Activity.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one kind of work.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper(
            Row(
                Column("place", css_class="col-lg-7"),
                Column("venue", css_class="col-lg-5"),
            ),
            Row(
                Column("day", css_class="col-6 col-lg-3"),
                Column("starts", css_class="col-6 col-lg-2"),
                Column("ends", css_class="col-6 col-lg-2"),
                Column("last_day", css_class="col-6 col-lg-3"),
            ),
            InlineCheckboxes("activities"),
            *self._hidden(),
        )

    def _hidden(self) -> list[Any]:
        return []

    def span(self) -> tuple[datetime, datetime]:
        typed = self.cleaned_data
        last = typed.get("last_day") or typed["day"]
        return _moment(typed["day"], typed["starts"]), _moment(last, typed["ends"])

    def to_plan(self) -> StopPlan:
        typed = self.cleaned_data
        starts_at, ends_at = self.span()
        return StopPlan(
            typed["place"], starts_at, ends_at, typed["activities"], typed["venue"]
        )


def _moment(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


class MemberForm(forms.Form):
    """One official of the team and their part."""

    official = forms.ModelChoiceField(Cadre.objects.none(), label=_("Official"))
    part = forms.ChoiceField(label=_("Part"), choices=Part.choices, initial=Part.LEAD)

    def __init__(
        self, *args: Any, officials: Any = None, leads: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.leads = leads
        if officials is not None:
            field = self.fields["official"]
            field.queryset = officials  # type: ignore[attr-defined]
            field.choices = [("", "———"), *((c.pk, c.label) for c in officials)]  # type: ignore[attr-defined]
        self.helper = plain_helper(
            Row(
                Column("official", css_class="col-8 col-lg-6"),
                Column("part", css_class="col-4 col-lg-3"),
            )
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        official = typed.get("official")
        if (
            official
            and typed.get("part") == Part.LEAD
            and self.leads is not None
            and official.pk not in self.leads
        ):
            text = _("You may not plan for this official.")
            self.add_error("official", ValidationError(text, code="not_yours"))
        return typed


StopFormSet = row_set(StopForm, least=1)
TeamFormSet = row_set(MemberForm, least=1)


class PlanSheet(Sheet):
    """The booking page."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        user: Account,
        today: date,
        visit: Visit | None = None,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        """`given` are first values for a new visit: place, official, day, action."""
        leads = Cadre.objects.plannable_by(user, on=today)
        team = Q(pk__in=leads) | Q(pk__in=Cadre.objects.visible_to(user))
        if visit:
            team |= Q(pk__in=visit.team.values("official"))
        officials = list(
            Cadre.objects.filter(team)
            .with_post(on=today)
            .select_related("unit__place")
            .order_by("unit__level", "unit__name", "pk")
        )
        for official in officials:
            official.label = " · ".join(  # type: ignore[attr-defined]
                filter(None, [official.name, official.post or official.unit.name])
            )
        choices = Cadre.objects.select_related("unit__place").filter(team)
        lead_ids = set(leads.values_list("pk", flat=True))
        if visit:
            lead_ids |= set(
                visit.team.filter(part=Part.LEAD).values_list("official_id", flat=True)
            )
            first, stops, members = _values_of(visit)
        else:
            first, stops, members = _first_values(user, today, given or {}, officials)
        self.main = PlanVisitForm(data, user=user, initial=first)
        self.sets = {
            "stops": StopFormSet(data, prefix="stops", initial=stops),
            "team": TeamFormSet(
                data,
                prefix="team",
                initial=members,
                form_kwargs={
                    "officials": _Choices(choices, officials),
                    "leads": lead_ids,
                },
            ),
        }

    def plans(self) -> list[StopPlan]:
        return [form.to_plan() for form in self.sets["stops"].rows()]

    def team(self) -> list[Member]:
        return [
            Member(form.cleaned_data["official"], form.cleaned_data["part"])
            for form in self.sets["team"].rows()
        ]

    def arguments(self) -> dict[str, Any]:
        """The arguments of `plan_visit` and `change_plan`."""
        typed = dict(self.main.cleaned_data)
        typed.pop("version")
        return {**typed, "stops": self.plans(), "team": self.team()}

    def complete_stops(self) -> list[StopPlan]:
        """The stops that are whole already, while the page is still being typed."""
        self.sets["stops"].is_valid()
        return [
            form.to_plan()
            for form in self.sets["stops"].forms
            if form.has_changed() and form.is_valid()
        ]

    def complete_team(self) -> list[Cadre]:
        self.sets["team"].is_valid()
        return [
            form.cleaned_data["official"]
            for form in self.sets["team"].forms
            if form.is_valid() and form.cleaned_data.get("official")
        ]


class _Choices:
    """A queryset to look one row up in, and its rows, read once for all selects."""

    def __init__(self, queryset: Any, rows: list[Any]) -> None:
        self.queryset, self.found = queryset, rows

    def __iter__(self) -> Any:
        return iter(self.found)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.queryset, name)


def _first_values(
    user: Account, today: date, given: Mapping[str, Any], officials: list[Cadre]
) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    mine = set(user.acts_for_ids())
    own = [official for official in officials if official.pk in mine]
    lead = given.get("official") or (own[0].pk if len(own) == 1 else None)
    stop = {
        "place": given.get("place"),
        "day": given.get("day") or today + timedelta(days=1),
        "starts": MORNING[0],
        "ends": MORNING[1],
    }
    main = {
        "client_key": uuid.uuid4(),
        "version": 0,
        "action": given.get("action"),
    }
    return main, [stop], [{"official": lead, "part": Part.LEAD}]


def _values_of(
    visit: Visit,
) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    names = [name for name in PlanVisitForm.base_fields if hasattr(visit, name)]
    main = {name: getattr(visit, name) for name in names}
    main["action"] = visit.action.reference if visit.action else None
    stops = [stop_values(stop) for stop in visit.stops.order_by("position")]
    team = [
        {"official": member.official_id, "part": member.part}
        for member in visit.team.order_by("pk")
    ]
    return main, stops, team


def stop_values(stop: Any) -> dict[str, Any]:
    starts, ends = timezone.localtime(stop.starts_at), timezone.localtime(stop.ends_at)
    return {
        "place": stop.place_id,
        "venue": stop.venue,
        "day": starts.date(),
        "starts": starts.time(),
        "ends": ends.time(),
        "last_day": ends.date() if ends.date() != starts.date() else None,
        "activities": stop.activities,
    }
