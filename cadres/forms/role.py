"""What is typed to give and end roles and mandates."""

from datetime import date
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.period import PeriodForm
from cadres.forms.pick import CadreField, UnitField
from cadres.forms.place import PlaceField
from cadres.forms.sheet import DayInput, plain_helper
from cadres.models import Account, Cadre, Unit
from cadres.rules.roles import Role


class DaysForm(PeriodForm):
    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first"].initial = today
        self.fields["last"].help_text = _("The last day; empty: until it is ended.")


DAYS = Row(Column("first", css_class="col-6"), Column("last", css_class="col-6"))


class GrantRoleForm(DaysForm):
    role = forms.ChoiceField(label=_("Role"), choices=[("", "———"), *Role.choices])
    place = PlaceField(label=_("Place and all below it"), required=False)
    unit = UnitField(
        label=_("Or one unit"),
        required=False,
        help_text=_(
            "A leader or liaison may have neither: then the role speaks of the own "
            "official and mandates."
        ),
    )

    def __init__(self, *args: Any, user: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        units = Unit.objects.in_scopes(user, "cadres.manage_roles")
        self.fields["unit"].queryset = units.select_related("place")  # type: ignore[attr-defined]
        self.helper = plain_helper("role", "place", "unit", DAYS)

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        place, unit = typed.get("place"), typed.get("unit")
        if place and unit:
            text = _("Name a place or a unit, not both.")
            self.add_error("unit", forms.ValidationError(text, code="both"))
        elif place and not self.user.reaches("cadres.manage_roles", place=place):
            text = _("This place lies outside your area.")
            self.add_error("place", forms.ValidationError(text, code="out_of_scope"))
        return typed


class GiveMandateForm(DaysForm):
    """For which official an account acts: typed by the security administrator."""

    cadre = CadreField(label=_("Official"))

    def __init__(self, *args: Any, user: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        officials = Cadre.objects.pickable_by(user).select_related("unit")
        self.fields["cadre"].queryset = officials  # type: ignore[attr-defined]
        self.helper = plain_helper("cadre", DAYS)


class OwnMandateForm(DaysForm):
    """Who acts for oneself: a colleague of the own unit."""

    account = forms.ModelChoiceField(Account.objects.none(), label=_("Colleague"))

    def __init__(self, *args: Any, user: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = Account.objects.colleagues_of(user)
        self.fields["account"].queryset = colleagues.order_by("name", "pk")  # type: ignore[attr-defined]
        self.helper = plain_helper("account", DAYS)


class EndForm(forms.Form):
    last = forms.DateField(
        label=_("Last day"),
        widget=DayInput,
        required=False,
        help_text=_("Leave it empty to end it at once."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("last")
