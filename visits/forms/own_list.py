from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import plain_helper
from visits.rules.list_pages import ListPage


class KeepListForm(forms.Form):
    """What is kept comes as the query of the list page."""

    page = forms.ChoiceField(choices=ListPage.choices, widget=forms.HiddenInput)
    query = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name of the list"), max_length=40)
    is_shared = forms.BooleanField(label=_("share with my office"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("page", "query", "name", "is_shared")
