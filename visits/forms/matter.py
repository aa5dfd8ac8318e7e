"""What is typed about on-the-spot matters: filters, steps, a matter out of a letter."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadres.forms.place import PlaceField
from cadres.forms.sheet import DayInput, plain_helper
from cadres.models import Account, Cadre, Setting
from visits.forms.fields import DayField
from visits.models import Letter, Matter
from visits.reports.matter_list import Worklist
from visits.reports.matter_units import leaders_for
from visits.rules.letter_records import Field
from visits.rules.matter_records import FIELDS
from visits.rules.matter_states import (
    MatterMove,
    MatterState,
    MatterStep,
    PeopleWord,
)

SHORT = ("date", "choice", "line", "yes")

# Which list of names a line offers; any other may be typed.
OFFERED = {"lead_unit": "units", "supporting": "units", "person": "people"}


class Due(models.TextChoices):
    LATE = "late", _("Late")
    D10 = "10", _("Within 10 days")
    D30 = "30", _("Within 30 days")


ALL = ("", _("All"))


class MatterListForm(forms.Form):
    """Filters stand in the address; what cannot be understood narrows nothing."""

    work = forms.ChoiceField(label=_("List"), choices=Worklist.choices, required=False)
    state = forms.ChoiceField(
        label=_("State"), choices=[ALL, *MatterState.choices], required=False
    )
    place = PlaceField(label=_("Place"), required=False)
    due = forms.ChoiceField(label=_("Due"), choices=[ALL, *Due.choices], required=False)
    visit = forms.CharField(required=False, max_length=8)

    def shown(self) -> list[Any]:
        return [self[name] for name in ("state", "place", "due")]

    def typed(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class MatterStepForm(forms.Form):
    """The arguments of one row of the table, with the version it was seen in."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000
    )

    def __init__(
        self,
        *args: Any,
        move: MatterMove,
        matter: Matter,
        today: date,
        **kwargs: Any,
    ) -> None:
        given = first_values(move, matter, today)
        kwargs["initial"] = {"version": matter.version, **given}
        super().__init__(*args, **kwargs)
        self.move = move
        for name in (*move.needs, *move.may):
            field = _field(FIELDS[name], is_needed=name in move.needs)
            if name in OFFERED:
                field.widget.attrs["list"] = OFFERED[name]
            self.fields[name] = field
        self.helper = plain_helper("version", *self._layout())

    def _layout(self) -> list[Any]:
        """Short fields stand beside each other, in the order of the table."""
        rows: list[Any] = []
        row: list[str] = []
        for name in (*self.move.needs, *self.move.may):
            if FIELDS[name].kind in SHORT:
                row.append(name)
                continue
            rows += _columns(row)
            row = []
            rows.append(name)
        return rows + _columns(row)

    @property
    def offers_units(self) -> bool:
        return "lead_unit" in self.fields

    def record(self) -> dict[str, Any]:
        names = (*self.move.needs, *self.move.may)
        typed = getattr(self, "cleaned_data", {})
        return {name: typed[name] for name in names if name in typed}


def _columns(names: list[str]) -> list[Any]:
    if not names:
        return []
    return [Row(*[Column(name, css_class="col-sm-6 col-lg-4") for name in names])]


def _field(about: Field, *, is_needed: bool) -> forms.Field:
    common: dict[str, Any] = {
        "label": about.label,
        "help_text": about.help,
        "required": is_needed,
    }
    if about.kind == "date":
        return DayField(**common)
    if about.kind == "choice" and about.choices:
        choices = [("", "———"), *about.choices.choices]
        return forms.ChoiceField(choices=choices, **common)
    if about.kind == "yes":
        return forms.BooleanField(**common)
    if about.kind == "line":
        return forms.CharField(max_length=about.most, **common)
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(max_length=about.most, widget=area, **common)


def first_values(move: MatterMove, matter: Matter, today: date) -> dict[str, Any]:
    """What usually fits, to be changed where it does not."""
    given: dict[str, Any] = {
        "decision": matter.decision,
        "lead_unit": matter.lead_unit,
        "supporting": matter.supporting,
        "person": matter.person,
        "procedure": matter.procedure,
        "is_public": matter.is_public,
    }
    if move.step == MatterStep.HAND_OVER:
        given = {"supporting": matter.supporting}
    if move.step == MatterStep.ASSIGN:
        days = Setting.objects.as_dict()["onsite.deadline_days"]
        given["due_on"] = today + timedelta(days=days)
    if move.step == MatterStep.STRIKE_OFF:
        given["look_back_on"] = today + timedelta(days=90)
    return given


class LeaderField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.unit.name}"


class RaiseMatterForm(forms.Form):
    """Out of a letter, with the words of its request to begin with."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    subject = forms.CharField(
        label=pgettext_lazy("on the spot", "Matter"),
        max_length=200,
        help_text=_("What is to be settled. Leave out who wrote, and all names."),
    )
    decided_by = LeaderField(Cadre.objects.none(), label=_("Leader who decides"))
    is_public = forms.BooleanField(
        label=_("Public matter (two villagers confirm)"), required=False
    )

    def __init__(self, *args: Any, user: Account, letter: Letter, **kwargs: Any):
        kwargs["initial"] = {
            "subject": letter.request,
            "decided_by": _leader_for(user, letter),
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        leaders = leaders_for(user, letter)
        self.fields["decided_by"].queryset = leaders  # type: ignore[attr-defined]
        self.helper = plain_helper("client_key", "subject", "decided_by", "is_public")


def _leader_for(user: Account, letter: Letter) -> Cadre | None:
    """Who holds the letter, else the official one acts for, if it is only one."""
    held = letter.holds.filter(ended_on__isnull=True).select_related("leader__unit")
    if hold := held.first():
        return hold.leader
    mine = Cadre.objects.filter(pk__in=user.acts_for_ids()).select_related("unit")[:2]
    return mine[0] if len(mine) == 1 else None


class DrawSampleForm(forms.Form):
    """Names are `draw_sample`'s arguments."""

    place = PlaceField(label=_("Area"))
    first = forms.DateField(label=_("Struck off from"), widget=DayInput)
    last = forms.DateField(label=_("To"), widget=DayInput)
    size = forms.IntegerField(label=_("How many"), min_value=1, max_value=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = ("place", "first", "last", "size")
        self.helper = plain_helper(
            Row(*[Column(name, css_class="col-sm-6 col-lg-3") for name in names])
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        first, last = typed.get("first"), typed.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        return typed


class FindSlipForm(forms.Form):
    """What stands on the slip: plain fields, that old phones know."""

    reference = forms.CharField(
        label=_("Number on the slip"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters"}
        ),
        help_text=_("Eight letters and digits."),
    )
    code = forms.CharField(
        label=_("Code on the slip"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters"}
        ),
    )


class SpeakForm(forms.Form):
    says = forms.ChoiceField(
        label=_("Is it settled?"),
        choices=PeopleWord.choices,
        widget=forms.RadioSelect,
    )
    statement = forms.CharField(
        label=_("In your own words, if you like"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("You need not say who you are."),
    )
