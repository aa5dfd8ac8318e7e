from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.actions.set_password import OfficePolicy

NEW = {"autocomplete": "new-password"}


class WelcomeForm(forms.Form):
    """What stands on the invitation, and the password that only its owner knows."""

    username = forms.CharField(
        label=_("User name"),
        max_length=50,
        widget=forms.TextInput(
            attrs={
                "autocapitalize": "off",
                "autocomplete": "username",
                "spellcheck": "false",
            }
        ),
    )
    code = forms.CharField(
        label=_("Code of the invitation"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocapitalize": "off",
                "autocomplete": "one-time-code",
                "spellcheck": "false",
            }
        ),
    )
    password = forms.CharField(
        label=_("New password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs=NEW),
    )
    again = forms.CharField(
        label=_("New password, once more"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs=NEW),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = OfficePolicy().get_help_text()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("password") and typed.get("again") not in (
            None,
            typed.get("password"),
        ):
            text = _("You must type the same password each time.")
            self.add_error("again", forms.ValidationError(text, code="differs"))
        return typed
