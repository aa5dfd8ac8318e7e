"""What is typed to plan a visit: the plan, its stops and its team on one sheet."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import Sheet, plain_helper
from cadres.models import Account, Cadre, Unit
from visits.actions.booking import contact_point_as_told
from visits.forms.fields import MaterialsField, ReferenceField
from visits.forms.stop import StopFormSet, stop_values
from visits.forms.team import OfficialChoices, TeamFormSet
from visits.models import ESCORTS, Action, Visit
from visits.rules.moving import HOURS, Half
from visits.rules.plan import Member, StopPlan
from visits.rules.visit_states import Mode, Part

# What a light journey has of each; the page folds these away until there is more.
LIGHT_TRAVEL: dict[str, Any] = dict.fromkeys(ESCORTS, 0) | {
    "vehicles": 1,
    "press": 0,
    "materials": [],
}


def _count(label: Any, initial: int = 0) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=99, initial=initial)


class PlanVisitForm(forms.Form):
    """The plan but for its stops and its team; names are `plan_visit`'s arguments."""

    purpose = forms.CharField(label=_("Purpose or topic"), max_length=200)
    mode = forms.ChoiceField(
        label=_("Mode"), choices=Mode.choices, initial=Mode.ANNOUNCED
    )
    action = ReferenceField(
        Action.objects.none(),
        label=_("Unified action"),
        required=False,
        empty_label=_("None"),
    )
    is_contact_point = forms.TypedChoiceField(
        label=_("Contact point of the lead"),
        choices=[
            ("", _("As in the list of contact points")),
            ("yes", _("Yes")),
            ("no", _("No")),
        ],
        coerce=lambda text: text == "yes",
        empty_value=None,
        required=False,
    )
    is_emergency = forms.BooleanField(
        label=_("Emergency: disaster or danger, the crowding check is passed over"),
        required=False,
    )
    vehicles = _count(_("Vehicles"), initial=1)
    press = _count(_("Press people"))
    escorts_own = _count(_("From the own office"))
    escorts_superior = _count(_("From superior departments"))
    escorts_prefecture = _count(_("From the prefecture"))
    escorts_county = _count(_("From the county"))
    escorts_township = _count(_("From the township"))
    materials = MaterialsField(
        label=_("Materials requested from the place"),
        help_text=_("One on each line. None is best."),
        required=False,
    )
    crowding_reason = forms.CharField(
        label=_("Reason for going all the same"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("flood control, deadline …")}),
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=999_999_999
    )

    def __init__(self, *args: Any, user: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        recent = timezone.localdate() - timedelta(days=31)
        actions = Action.objects.visible_to(user).filter(last__gte=recent)
        self.fields["action"].queryset = actions.order_by("-first", "pk")  # type: ignore[attr-defined]
        self.helper = plain_helper(
            "client_key",
            "version",
            "purpose",
            Row(
                Column("mode", css_class="col-sm-6 col-lg-4"),
                Column("action", css_class="col-sm-6 col-lg-4"),
                Column("is_contact_point", css_class="col-sm-6 col-lg-4"),
            ),
            "is_emergency",
        )
        numbers = [
            Column(name, css_class="col-6 col-md-4 col-lg-3")
            for name in (*ESCORTS, "vehicles", "press")
        ]
        self.light_travel = plain_helper(
            Row(*numbers, css_class="align-items-end"), "materials"
        )
        self.reason_helper = plain_helper("crowding_reason")


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
        here = Q(left_on__isnull=True) | Q(left_on__gte=today)
        team = Q(pk__in=leads) | (here & Q(pk__in=Cadre.objects.visible_to(user)))
        lead_ids = set(leads.values_list("pk", flat=True))
        if visit:
            team |= Q(pk__in=visit.team.values("official"))
            known_lead = visit.team.filter(part=Part.LEAD)
            lead_ids |= set(known_lead.values_list("official_id", flat=True))
            first, stops, members = _values_of(visit)
        else:
            first, stops, members = _first_values(user, today, given or {}, lead_ids)
        officials = OfficialChoices(Cadre.objects.filter(team), today)
        self.main = PlanVisitForm(data, user=user, initial=first)
        self.sets = {
            "stops": StopFormSet(data, prefix="stops", initial=stops),
            "team": TeamFormSet(
                data,
                prefix="team",
                initial=members,
                form_kwargs={"officials": officials, "leads": lead_ids},
            ),
        }

    def arguments(self) -> dict[str, Any]:
        """The arguments of `plan_visit` and `change_plan`."""
        typed = dict(self.main.cleaned_data)
        typed.pop("version")
        stops: list[StopPlan] = [form.to_plan() for form in self.sets["stops"].rows()]
        team = [
            Member(form.cleaned_data["official"], form.cleaned_data["part"])
            for form in self.sets["team"].rows()
        ]
        return {**typed, "stops": stops, "team": team}

    def complete_team(self) -> list[Cadre]:
        """Those who are chosen already, each once, while the page is being typed."""
        rows = self.sets["team"].complete_rows()
        chosen = {form.cleaned_data["official"]: None for form in rows}
        return list(chosen)

    @property
    def light_travel_is_open(self) -> bool:
        """Whether more than one's own car is planned, or something is amiss there."""
        if self.main.is_bound:
            names = [field.name for field in self.main.visible_fields()]
            return any(
                name in self.main.errors or name in self.main.changed_data
                for name in names
                if name in LIGHT_TRAVEL
            )
        return any(
            self.main.initial.get(name, fallback) != fallback
            for name, fallback in LIGHT_TRAVEL.items()
        )

    def lead_unit(self) -> Unit | None:
        """The unit whose visit this will be, as far as a lead is chosen."""
        for form in self.sets["team"].complete_rows():
            if form.cleaned_data["part"] == Part.LEAD:
                unit: Unit = form.cleaned_data["official"].unit
                return unit
        return None


def _first_values(
    user: Account, today: date, given: Mapping[str, Any], leads: set[int]
) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    mine = [pk for pk in user.acts_for_ids() if pk in leads]
    lead = given.get("official") or (mine[0] if len(mine) == 1 else None)
    first = given.get("day") or today + timedelta(days=1)
    last = given.get("last", first)
    half = given.get("half", Half.MORNING)
    stop = {
        "place": given.get("place"),
        "day": first,
        "starts": HOURS[half][0],
        "ends": HOURS[given.get("last_half", half)][1],
        "last_day": last if last != first else None,
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
    stops = list(visit.stops.select_related("place").order_by("position"))
    team = list(visit.team.select_related("official").order_by("pk"))
    lead = next(member.official for member in team if member.part == Part.LEAD)
    told = contact_point_as_told(visit, lead, stops)
    main["is_contact_point"] = {None: "", True: "yes", False: "no"}[told]
    return (
        main,
        [stop_values(stop) for stop in stops],
        [{"official": member.official_id, "part": member.part} for member in team],
    )
