"""What narrows the list of letters, what is looked for, and what is forwarded."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from cadres.forms.pick import UnitField
from cadres.forms.place import PlaceField
from cadres.forms.sheet import plain_helper
from visits.models.letter import ContentSubject
from visits.reports.letter_list import Order
from visits.reports.letter_search import LONGEST
from visits.reports.letter_worklists import Worklist
from visits.rules.letter_records import FIELDS
from visits.rules.letter_states import Category, LetterState


class Due(models.TextChoices):
    LATE = "late", _("Late")
    D3 = "3", _("Within 3 days")
    D10 = "10", _("Within 10 days")
    D30 = "30", _("Within 30 days")


ALL = ("", _("All"))


class LetterListForm(forms.Form):
    """Filters stand in the address; what cannot be understood narrows nothing."""

    work = forms.ChoiceField(label=_("List"), choices=Worklist.choices, required=False)
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("In hand")), ("all", _("All")), *LetterState.choices],
        required=False,
    )
    place = PlaceField(label=_("Place"), required=False)
    category = forms.ChoiceField(
        label=_("Category"), choices=[ALL, *Category.choices], required=False
    )
    unit = UnitField(label=_("Unit in charge"), required=False)
    subject = forms.ModelChoiceField(
        ContentSubject.objects.order_by("name"),
        label=_("Subject"),
        required=False,
        empty_label=_("All"),
    )
    due = forms.ChoiceField(label=_("Due"), choices=[ALL, *Due.choices], required=False)
    order = forms.ChoiceField(label=_("Order"), choices=Order.choices, required=False)

    def shown(self) -> list[Any]:
        """The fields of the filter bar; the worklist stands in chips above it."""
        return [self[name] for name in self.fields if name != "work"]

    def typed(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class SearchLettersForm(forms.Form):
    q = forms.CharField(
        label=_("Words, a place, or a reference"), max_length=LONGEST, required=False
    )


class ForwardLettersForm(forms.Form):
    """One unit and one reason for several letters."""

    to_unit = UnitField(label=_("Unit"))
    reasons = forms.CharField(
        label=_("Why this unit is competent"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=FIELDS["reasons"].most,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("to_unit", "reasons")
