"""What is typed to find people in long lists."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.pick import UnitField
from cadres.models import RankBand
from cadres.rules.levels import Level
from cadres.rules.roles import Role


class FindForm(forms.Form):
    """Filters of a list; what cannot be understood narrows nothing."""

    q = forms.CharField(label=_("Name"), max_length=50, required=False)

    def typed(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)


class FindCadreForm(FindForm):
    q = forms.CharField(
        label=_("Name, pinyin or initials"), max_length=50, required=False
    )
    rank = forms.ChoiceField(
        label=_("Rank"), choices=[("", _("All")), *RankBand.choices], required=False
    )
    unit = UnitField(label=_("Unit"), required=False)
    left = forms.BooleanField(label=_("Also those who have left"), required=False)

    def narrow(self, officials: Any, *, on: Any) -> Any:
        if not self.typed("left"):
            officials = officials.here(on=on)
        if text := self.typed("q"):
            officials = officials.matching(text)
        if rank := self.typed("rank"):
            officials = officials.filter(rank_band=rank)
        if unit := self.typed("unit"):
            officials = officials.filter(unit=unit)
        return officials


class FindUnitForm(FindForm):
    level = forms.TypedChoiceField(
        label=_("Level"),
        choices=[("", _("All")), *Level.choices],
        coerce=int,
        required=False,
    )

    def narrow(self, units: Any) -> Any:
        if text := self.typed("q"):
            units = units.matching(text)
        if level := self.typed("level"):
            units = units.filter(level=level)
        return units


class FindAccountForm(FindForm):
    q = forms.CharField(label=_("Name or user name"), max_length=50, required=False)
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("All")), *Role.choices], required=False
    )
    closed = forms.BooleanField(label=_("Closed ones"), required=False)

    def narrow(self, accounts: Any, *, on: Any) -> Any:
        accounts = accounts.filter(is_active=not self.typed("closed"))
        if text := self.typed("q"):
            accounts = accounts.matching(text)
        if role := self.typed("role"):
            accounts = accounts.holding(role, on=on)
        return accounts
