"""What a petitioner types: plain fields, that old phones know."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import plain_helper
from visits.models import Rating

MOST = 2000


class LookUpLetterForm(forms.Form):
    reference = forms.CharField(
        label=_("Number on the receipt"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters"}
        ),
        help_text=_("Eight letters and digits."),
    )
    code = forms.CharField(
        label=_("Code on the receipt"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters"}
        ),
    )


class RateLetterForm(forms.Form):
    office_grade = forms.TypedChoiceField(
        label=_("The petition office"),
        choices=Rating.Grade.choices,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    unit_grade = forms.TypedChoiceField(
        label=_("The unit that dealt with it"),
        choices=Rating.Grade.choices,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


class ReportPressureForm(forms.Form):
    text = forms.CharField(
        label=_("What happened"),
        max_length=MOST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Who, when, where, in what way. At most 2,000 characters."),
    )


class ReasonForm(forms.Form):
    """Why one looks at what is kept apart."""

    reason = forms.CharField(
        label=_("Why you look"),
        max_length=200,
        help_text=_("It is kept with your name and the time."),
    )


class NewCodeForm(forms.Form):
    """For a petitioner who lost the paper."""

    reason = forms.CharField(
        label=_("Why a new code is made"),
        max_length=200,
        help_text=_(
            "Who asked for it and how. It is kept with your name, and the petitioner’s "
            "page tells that a new code was made."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("reason")
