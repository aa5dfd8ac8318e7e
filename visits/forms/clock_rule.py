"""What is typed to enter a rule of a legal clock; names are the action's arguments."""

from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.place import PlaceField
from cadres.forms.sheet import DayInput, plain_helper
from visits.actions.change_clock_rule import FREE
from visits.models import ClockRule
from visits.rules.letter_states import Clock

NATION, AREA = "nation", "area"


def clock_choices() -> list[tuple[str, str]]:
    return [(it.value, f"{it.value} {it.label}") for it in Clock if it not in FREE]


class ChangeClockRuleForm(forms.Form):
    where = forms.ChoiceField(
        label=_("Holds"),
        choices=[(AREA, _("in one area")), (NATION, _("in the whole nation"))],
        initial=AREA,
    )
    jurisdiction = PlaceField(
        label=_("Area"), required=False, help_text=_("Empty for the whole nation.")
    )
    clock = forms.ChoiceField(label=_("Clock"), choices=clock_choices)
    days = forms.IntegerField(label=_("Number of days"), min_value=0, max_value=366)
    mode = forms.ChoiceField(label=_("Counted in"), choices=ClockRule.Mode.choices)
    valid_from = forms.DateField(
        label=_("Valid from"),
        widget=DayInput,
        help_text=_("Clocks that started before keep the rule they started under."),
    )
    basis = forms.CharField(
        label=_("Basis"), max_length=100, help_text=_("Law and article.")
    )
    # What the shown effect was counted for.
    told = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper(
            Row(
                Column("where", css_class="col-sm-5"),
                Column("jurisdiction", css_class="col-sm-7"),
            ),
            Row(
                Column("clock", css_class="col-sm-5"),
                Column("days", css_class="col-6 col-sm-3"),
                Column("mode", css_class="col-6 col-sm-4"),
            ),
            Row(
                Column("valid_from", css_class="col-sm-5"),
                Column("basis", css_class="col-sm-7"),
            ),
            "told",
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("where") == NATION:
            self.errors.pop("jurisdiction", None)
            typed["jurisdiction"] = None
        elif not typed.get("jurisdiction") and "jurisdiction" not in self.errors:
            self.add_error("jurisdiction", _("Choose the area."))
        return typed

    def arguments(self) -> dict[str, Any]:
        beside = ("where", "told")
        return {n: it for n, it in self.cleaned_data.items() if n not in beside}

    @property
    def said(self) -> str:
        """The typed rule in one line: it has been shown if `told` says the same."""
        typed = self.arguments()
        area = typed["jurisdiction"]
        parts = [typed[name] for name in ("clock", "days", "mode", "valid_from")]
        return ":".join(map(str, [area.pk if area else "", *parts]))
