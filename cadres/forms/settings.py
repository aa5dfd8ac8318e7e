from typing import Any

from django import forms
from django.utils.translation import gettext as _

from cadres.rules.settings import SETTINGS


class ChangeSettingsForm(forms.Form):
    """Every setting; an empty field stands for the default.

    Each field carries what it showed at first, so that only what someone changed here
    is set, and a colleague's change made meanwhile in another field stays.
    """

    def __init__(self, data: Any = None, *, own: dict[str, int]) -> None:
        super().__init__(data, initial=dict(own))
        for name, choice in SETTINGS.items():
            bounds = _("Enter a whole number from %(least)s to %(most)s.") % {
                "least": choice.least,
                "most": choice.most,
            }
            self.fields[name] = forms.IntegerField(
                label=str(choice.label),
                required=False,
                min_value=choice.least,
                max_value=choice.most,
                error_messages=dict.fromkeys(
                    ("invalid", "min_value", "max_value"), bounds
                ),
                show_hidden_initial=True,
                widget=forms.NumberInput(
                    attrs={
                        "class": "form-control",
                        "placeholder": choice.default,
                        "inputmode": "numeric",
                    }
                ),
            )

    def changed_values(self) -> dict[str, int | None]:
        return {name: self.cleaned_data[name] for name in self.changed_data}
