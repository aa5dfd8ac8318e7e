"""What is typed to set a target; names are `set_target`'s arguments."""

from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.forms.place import PlaceField
from cadres.forms.sheet import plain_helper
from cadres.models import RankBand
from visits.forms.fields import DayField
from visits.rules.periods import PeriodKind
from visits.rules.targets import Indicator


class SetTargetForm(forms.Form):
    """For one official; `SetRankTargetForm` is for a rank in an area."""

    indicator = forms.ChoiceField(label=_("What"), choices=Indicator.choices)
    minimum = forms.IntegerField(label=_("At least"), min_value=1, max_value=366)
    period = forms.ChoiceField(
        label=_("In each"), choices=PeriodKind.choices, initial=PeriodKind.YEAR
    )
    basis = forms.CharField(
        label=_("Basis"),
        max_length=200,
        help_text=_("Where the number comes from: rule, article, or decision."),
    )
    valid_from = DayField(label=_("Valid from"), initial=timezone.localdate)
    valid_until = DayField(
        label=_("Valid until"), required=False, help_text=_("May stay empty.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper(*self.layout())

    def layout(self) -> list[Any]:
        return [
            Row(
                Column("indicator", css_class="col-sm-5"),
                Column("minimum", css_class="col-5 col-sm-3"),
                Column("period", css_class="col-7 col-sm-4"),
            ),
            "basis",
            Row(
                Column("valid_from", css_class="col-6"),
                Column("valid_until", css_class="col-6"),
            ),
        ]


class SetRankTargetForm(SetTargetForm):
    rank_band = forms.ChoiceField(label=_("For the rank"), choices=RankBand.choices)
    place = PlaceField(label=_("In the area"))

    def layout(self) -> list[Any]:
        return [
            Row(
                Column("rank_band", css_class="col-sm-5"),
                Column("place", css_class="col-sm-7"),
            ),
            *super().layout(),
        ]
