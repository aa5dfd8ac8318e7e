from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from cadres.models.setting import default_of
from cadres.rules.choice import Choice


class ChangeSettingsForm(forms.Form):
    """Every setting; an empty field stands for the default.

    Each field carries what it showed at first, so that only what someone changed here
    is set, and a colleague's change made meanwhile in another field stays.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        choices: Mapping[str, Choice],
        own: Mapping[str, int],
    ) -> None:
        super().__init__(data, initial=dict(own))
        for name, choice in choices.items():
            if choice.is_yes_or_no:
                self.fields[name] = forms.TypedChoiceField(
                    label=str(choice.label),
                    choices=[("", _("as the default")), (1, _("yes")), (0, _("no"))],
                    coerce=int,
                    empty_value=None,
                    required=False,
                    show_hidden_initial=True,
                    widget=forms.Select(attrs={"class": "form-select"}),
                )
                continue
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
                        "placeholder": default_of(name),
                        "inputmode": "numeric",
                    }
                ),
            )

    def changed_values(self) -> dict[str, int | None]:
        return {name: self.cleaned_data[name] for name in self.changed_data}
