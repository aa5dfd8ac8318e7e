"""Forms around sealed letters."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cadres.forms.pick import CadreField, UnitField
from cadres.forms.sheet import plain_helper
from cadres.models import Account, Cadre


class AccusedField(CadreField):
    """Whoever is complained about, wherever they are."""

    queryset = Cadre.objects.select_related("unit")


class OpenSealedForm(forms.Form):
    reason = forms.CharField(
        label=_("Why you look"),
        max_length=200,
        help_text=_("It is kept with your name and the time."),
    )
    with_identity = forms.BooleanField(label=_("Open who wrote, too"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("reason", "with_identity")


class NameHandlerForm(forms.Form):
    """By user name, typed in full: no list shows whom one could let in."""

    account = forms.CharField(label=_("User name of the handler"), max_length=50)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("account")

    def clean_account(self) -> Account:
        name = self.cleaned_data["account"]
        account = Account.objects.filter(username__iexact=name, is_active=True).first()
        if account is None:
            raise ValidationError(_("Nobody has this user name."), code="unknown")
        return account


class NamePartyForm(forms.Form):
    official = AccusedField(label=_("Official"), required=False)
    named_unit = UnitField(label=_("or unit"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("official", "named_unit")


class AskTransferForm(forms.Form):
    to_unit = UnitField(label=_("Competent organ"))
    reasons = forms.CharField(
        label=_("Why it is competent"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    names_nobody = forms.BooleanField(
        label=_("It names no official and no unit"),
        help_text=_("Only where nobody is entered; the second officer confirms it."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("to_unit", "reasons", "names_nobody")
