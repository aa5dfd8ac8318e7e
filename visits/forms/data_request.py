"""What is typed about requests about data."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import plain_helper
from visits.forms.letter_fields import TypedField
from visits.models import DataRequest


class AskAboutDataForm(forms.Form):
    """Names are `ask_about_data`'s arguments; plain fields, that old phones know."""

    kind = forms.ChoiceField(
        label=_("What do you ask for?"),
        choices=DataRequest.Kind.choices,
        widget=forms.RadioSelect,
    )
    asker = forms.ChoiceField(
        label=_("Who asks?"),
        choices=DataRequest.Asker.choices,
        widget=forms.RadioSelect,
        initial=DataRequest.Asker.SELF,
    )
    text = TypedField(
        label=_("What exactly"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What is wrong and how it is right, or what is to go."),
    )


class AnswerDataRequestForm(forms.Form):
    """Names are `answer_data_request`'s arguments."""

    outcome = forms.ChoiceField(label=_("Answer"), choices=DataRequest.Outcome.choices)
    reasons = TypedField(
        label=_("Reasons, and how it was done"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "The petitioner reads this after giving number and code: no names. What is "
            "kept about them is told at the counter or in the way that was agreed."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("outcome", "reasons")
