from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadres.actions.change_account import mark_of
from cadres.forms.pick import CadreField, UnitField
from cadres.forms.sheet import plain_helper
from cadres.models import Account, Cadre, Unit

FIELDS = ("username", "name", "email", "provider_subject")


class ChangeAccountForm(forms.Form):
    """What is known about an account; the unit lies in the administrator's scope."""

    username = forms.CharField(
        label=_("User name"),
        max_length=50,
        validators=[
            RegexValidator(
                r"^[\w.@+-]+$",
                _("Letters, digits and the signs . @ + - _ only, without spaces."),
            )
        ],
        widget=forms.TextInput(
            attrs={
                "autocapitalize": "off",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )
    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=50)
    unit = UnitField(label=_("Unit"))
    cadre = CadreField(
        label=_("Official"),
        required=False,
        help_text=_("If the account is a leading official’s own."),
    )
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    provider_subject = forms.CharField(
        label=_("Name at the identity provider"),
        required=False,
        max_length=200,
        help_text=_(
            "The subject it sends for this person; empty without such sign-in."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(
        self, *args: Any, user: Account, account: Account | None = None, **kwargs: Any
    ) -> None:
        if account:
            names = (*FIELDS, "unit", "cadre")
            initial = {name: getattr(account, name) for name in names}
            kwargs["initial"] = initial | {"seen": mark_of(account)}
        super().__init__(*args, **kwargs)
        units = Unit.objects.in_scopes(user, "cadres.manage_accounts")
        self.fields["unit"].queryset = units.select_related("place")  # type: ignore[attr-defined]
        officials = Cadre.objects.pickable_by(user).select_related("unit")
        self.fields["cadre"].queryset = officials  # type: ignore[attr-defined]
        self.helper = plain_helper(*self._layout())

    def _layout(self) -> list[Any]:
        return [
            "seen",
            Row(
                Column("username", css_class="col-sm-6"),
                Column("name", css_class="col-sm-6"),
            ),
            "unit",
            "cadre",
            "email",
            "provider_subject",
        ]
