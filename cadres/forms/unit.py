from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.pick import UnitField
from cadres.forms.place import PlaceField
from cadres.forms.sheet import plain_helper
from cadres.models import Account, Unit
from cadres.reports.fingerprint import fingerprint
from cadres.rules.levels import Level


class EnterUnitForm(forms.Form):
    """What is entered about a unit; its place lies in the scope of who enters it."""

    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "———"), *Unit.Kind.choices])
    level = forms.TypedChoiceField(
        label=_("Level"), choices=[("", "———"), *Level.choices], coerce=int
    )
    place = PlaceField(label=_("Place"))
    superior = UnitField(label=_("Superior unit"), required=False)
    dissolved_into = UnitField(
        label=_("Dissolved into"),
        required=False,
        help_text=_("Only for a unit that is no more: who took over its matters."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(
        self, *args: Any, user: Account, unit: Unit | None = None, **kwargs: Any
    ) -> None:
        if unit:
            names = ("name", "kind", "level", "superior", "dissolved_into")
            initial = {name: getattr(unit, name) for name in names}
            initial |= {"place": unit.place_id, "seen": fingerprint(unit)}
            kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.user = user
        self.helper = plain_helper(
            "seen",
            "name",
            Row(
                Column("kind", css_class="col-sm-6"),
                Column("level", css_class="col-sm-6"),
            ),
            "place",
            "superior",
            "dissolved_into",
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        place = typed.get("place")
        if place and not self.user.reaches("cadres.edit_unit", place=place):
            text = _("This place lies outside your area.")
            self.add_error("place", forms.ValidationError(text, code="out_of_scope"))
        return typed
