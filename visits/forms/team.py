"""The team as it is typed: officials, each with a part."""

from collections.abc import Collection
from datetime import date
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import plain_helper, row_set
from cadres.models import Cadre
from visits.rules.visit_states import Part


class OfficialChoices:
    """Officials to choose from, by unit: read once for all rows, and only if shown."""

    def __init__(self, queryset: QuerySet[Cadre], today: date) -> None:
        self.queryset = queryset.select_related("unit__place")
        self.today = today

    def __call__(self) -> list[Any]:
        return [("", "———"), *self._groups]

    @cached_property
    def _groups(self) -> list[tuple[str, list[tuple[int, str]]]]:
        rows = self.queryset.with_post(on=self.today)  # type: ignore[attr-defined]
        groups: dict[str, list[tuple[int, str]]] = {}
        for official in rows.order_by("unit__level", "unit__name", "pk"):
            label = " · ".join(filter(None, [official.name, official.post]))
            groups.setdefault(official.unit.name, []).append((official.pk, label))
        return list(groups.items())

    def offer_in(self, field: Any) -> None:
        field.queryset, field.choices = self.queryset, self


class MemberForm(forms.Form):
    """One official of the team and their part."""

    official = forms.ModelChoiceField(Cadre.objects.none(), label=_("Official"))
    part = forms.ChoiceField(label=_("Part"), choices=Part.choices, initial=Part.LEAD)

    def __init__(
        self,
        *args: Any,
        officials: OfficialChoices,
        leads: Collection[int],
        **kwargs: Any,
    ) -> None:
        """`leads` are the keys of those for whom one may plan."""
        super().__init__(*args, **kwargs)
        self.leads = leads
        officials.offer_in(self.fields["official"])
        self.helper = plain_helper(
            Row(
                Column("official", css_class="col-12 col-sm-8 col-lg-6"),
                Column("part", css_class="col-8 col-sm-4 col-lg-3"),
            )
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        official = typed.get("official")
        is_lead = typed.get("part") == Part.LEAD
        if official and is_lead and official.pk not in self.leads:
            text = _("You may not plan for this official.")
            self.add_error("official", ValidationError(text, code="not_yours"))
        return typed


TeamFormSet = row_set(MemberForm, least=1)
