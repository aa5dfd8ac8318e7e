"""What a person calls a second factor of theirs."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RenameFactorForm(forms.Form):
    name = forms.CharField(label=_("Name to know it by"), max_length=50, required=False)
