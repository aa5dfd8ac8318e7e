from django import forms
from django.utils.translation import gettext_lazy as _


class AddSubjectForm(forms.Form):
    name = forms.CharField(label=_("New subject"), max_length=50)


class UseSubjectForm(forms.Form):
    is_used = forms.BooleanField(required=False)
