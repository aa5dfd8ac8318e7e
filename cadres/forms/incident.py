"""What is typed about an incident of personal data."""

from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import plain_helper
from cadres.models import Incident

MOMENTS = ("noticed_at", "authority_told_at", "persons_told_at")


class IncidentForm(forms.ModelForm):  # type: ignore[type-arg]
    """Names are the actions' arguments; `version` is that which was seen."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000, initial=0
    )

    class Meta:
        model = Incident
        fields = (
            "title", "noticed_at", "data", "people", "cause", "measures", "authority",
            "authority_told_at", "persons_told_at", "not_told_because",
        )  # fmt: skip
        help_texts = {
            "title": _("In one sentence, without the name of a petitioner."),
            "data": _("Such as: names and contacts of 12 letters."),
            "not_told_because": _(
                "Only if the measures keep harm away from them (PIPL Art. 57)."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in MOMENTS:
            self.fields[name].widget = forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            )
        for name in ("cause", "measures"):
            self.fields[name].widget.attrs["rows"] = 4
        self.fields["people"].widget.attrs["max"] = 1_500_000_000
        self.helper = plain_helper(
            "version",
            "title",
            Row(
                Column("noticed_at", css_class="col-sm-6"),
                Column("people", css_class="col-sm-6"),
            ),
            "data",
            "cause",
            "measures",
            Row(
                Column("authority", css_class="col-sm-6"),
                Column("authority_told_at", css_class="col-sm-6"),
            ),
            "persons_told_at",
            "not_told_because",
        )

    def _post_clean(self) -> None:
        """The action checks the record; here only what was typed is read."""
