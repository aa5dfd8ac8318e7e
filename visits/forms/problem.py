"""What is typed about the problems of an investigation: the row, and each step."""

import uuid
from datetime import timedelta
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadres.forms.sheet import plain_helper
from cadres.models import Account, Unit
from visits.forms.fields import DayField
from visits.forms.letter_fields import TypedField
from visits.forms.matter import OFFERED
from visits.models import Problem, Stop
from visits.reports.problem_list import ProblemShow
from visits.reports.problem_steps import stops_of
from visits.reports.problem_units import units_above
from visits.rules.letter_records import Field
from visits.rules.problem_states import ProblemLevel, ProblemMove, ProblemStep
from visits.rules.study_records import FIELDS

SHORT = ("date", "choice", "line", "unit")
LOOK_BACK_AFTER = 90  # days after a problem is settled
DUE_AFTER = 30
# The row in the order in which it is thought through.
ROW = (
    "text",
    "root_cause",
    "level",
    "measure",
    "lead_unit",
    "supporting",
    "person",
    "due_on",
)
WIDE = ("text",)


class ProblemListForm(forms.Form):
    """Filters stand in the address; what cannot be understood narrows nothing."""

    show = forms.ChoiceField(
        label=_("Show"), choices=ProblemShow.choices, required=False
    )

    def typed(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class UnitAboveField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.get_level_display()}"


class PlaceOfStopField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.place.path} · {timezone.localdate(obj.starts_at)}"


class RecordProblemForm(forms.Form):
    """Names are `record_problem`'s arguments."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"client_key": uuid.uuid4(), "level": ProblemLevel.OWN}
        super().__init__(*args, **kwargs)
        for name in ROW:
            needed = name in ("text", "level")
            self.fields[name] = field_for(name, FIELDS[name], is_needed=needed)
        self.helper = plain_helper("client_key", *layout(ROW))


class ProblemStepForm(forms.Form):
    """The arguments of one row of the table, with the version it was seen in."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000
    )

    def __init__(
        self, *args: Any, move: ProblemMove, problem: Problem, **kwargs: Any
    ) -> None:
        first = first_values(move, problem)
        kwargs["initial"] = {"version": problem.version, **first}
        super().__init__(*args, **kwargs)
        self.move = move
        for name in move.names:
            needed = name in move.needs
            self.fields[name] = field_for(name, FIELDS[name], is_needed=needed)
        if "passed_to" in self.fields:
            above = units_above(problem.investigation.unit)
            self.fields["passed_to"].queryset = above  # type: ignore[attr-defined]
        self.helper = plain_helper("version", *layout(move.names))

    def record(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.move.names}


class ProblemMatterForm(forms.Form):
    """Names are `turn_into_matter`'s arguments."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    version = ProblemStepForm.base_fields["version"]
    stop = PlaceOfStopField(
        Stop.objects.none(), label=_("Where it was found"), empty_label=None
    )
    subject = TypedField(label=pgettext_lazy("on the spot", "Matter"), max_length=200)
    is_public = forms.BooleanField(
        label=_("Public matter (two villagers confirm)"), required=False
    )

    def __init__(
        self, *args: Any, problem: Problem, user: Account, **kwargs: Any
    ) -> None:
        stops = stops_of(problem, user)
        kwargs["initial"] = {
            "client_key": uuid.uuid4(),
            "version": problem.version,
            "subject": problem.text[:200],
            "is_public": True,
            "stop": stops.first(),
        }
        super().__init__(*args, **kwargs)
        self.fields["stop"].queryset = stops  # type: ignore[attr-defined]
        self.helper = plain_helper(*self.fields)


def field_for(name: str, about: Field, *, is_needed: bool) -> forms.Field:
    common: dict[str, Any] = {
        "label": about.label,
        "help_text": about.help,
        "required": is_needed,
    }
    if about.kind == "date":
        return DayField(**common)
    if about.kind == "unit":
        return UnitAboveField(Unit.objects.none(), **common)
    if about.kind == "choice" and about.choices:
        choices = [("", "———"), *about.choices.choices]
        return forms.ChoiceField(choices=choices, **common)
    if about.kind == "text":
        area = forms.Textarea(attrs={"rows": 3})
        return TypedField(max_length=about.most, widget=area, **common)
    line = forms.TextInput(attrs={"list": OFFERED[name]} if name in OFFERED else {})
    return TypedField(max_length=about.most, widget=line, **common)


def layout(names: tuple[str, ...]) -> list[Any]:
    """Short fields stand beside each other, in the order given."""
    rows: list[Any] = []
    row: list[str] = []
    for name in names:
        if FIELDS[name].kind in SHORT and name not in WIDE:
            row.append(name)
            continue
        rows += _columns(row)
        row = []
        rows.append(name)
    return rows + _columns(row)


def _columns(names: list[str]) -> list[Any]:
    if not names:
        return []
    return [Row(*[Column(name, css_class="col-sm-6") for name in names])]


def first_values(move: ProblemMove, problem: Problem) -> dict[str, Any]:
    """What usually fits, to be changed where it does not."""
    today = timezone.localdate()
    row = {name: getattr(problem, name) for name in ROW}
    if move.step == ProblemStep.CHANGE:
        return row
    if move.step == ProblemStep.START:
        due_on = problem.due_on or today + timedelta(days=DUE_AFTER)
        return row | {"due_on": due_on}
    if move.step == ProblemStep.SETTLE:
        look_back_on = today + timedelta(days=LOOK_BACK_AFTER)
        return {"evidence": problem.evidence, "look_back_on": look_back_on}
    if move.step == ProblemStep.REPORT:
        return {"evidence": problem.evidence}
    if move.step == ProblemStep.PASS_UP:
        return {"passed_to": problem.passed_to_id, "asked": problem.asked}
    return {}
