"""What the hints are asked by, and how two letters are said to be one matter."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cadres.models import District
from cadres.reports.keyset import key_in
from visits.forms.letter_fields import SubjectField
from visits.models import LetterLink
from visits.rules.letter_states import is_sealed_for


class HintsForm(forms.Form):
    """Place, subject and wording; nothing of who wrote, nothing of what is sealed."""

    request = forms.CharField(max_length=200, required=False)
    place_id = forms.CharField(max_length=20, required=False)
    subject = SubjectField()
    category = forms.CharField(max_length=20, required=False)
    complains_about_someone = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if is_sealed_for(typed.get("category"), typed["complains_about_someone"]):
            raise ValidationError("sealed", code="sealed")
        # A subject that is typed half says nothing yet.
        self.errors.pop("subject", None)
        pk = key_in(typed.get("place_id", ""))
        return {
            "place": District.objects.filter(pk=pk).first() if pk else None,
            "subject": typed.get("subject"),
            "text": typed.get("request", ""),
        }


class LinkForm(forms.Form):
    other = forms.SlugField(max_length=8)
    kind = forms.ChoiceField(label=_("How"), choices=LetterLink.Kind.choices)
    reason = forms.CharField(label=_("Reason"), max_length=200)
