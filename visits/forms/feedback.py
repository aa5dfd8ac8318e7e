from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import plain_helper
from visits.actions.give_feedback import MOST
from visits.rules.page_path import page_path


class GiveFeedbackForm(forms.Form):
    text = forms.CharField(
        label=_("Complaint or suggestion"),
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("At most 1,000 characters."),
    )
    page = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, host: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.host = host
        self.helper = plain_helper("text", "page")

    def clean_page(self) -> str:
        return page_path(self.cleaned_data["page"], self.host)
