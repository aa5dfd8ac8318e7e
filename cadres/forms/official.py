"""What is typed about an official: the main sheet and rows of posts and places."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadres.actions.enter_cadre import mark_of
from cadres.forms.period import PeriodForm
from cadres.forms.pick import UnitField
from cadres.forms.place import PlaceField
from cadres.forms.sheet import DayInput, Sheet, plain_helper, row_set
from cadres.models import Account, Cadre, RankBand, Unit
from cadres.rules.official import Contact, PostHeld


class EnterCadreForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=50)
    rank_band = forms.ChoiceField(
        label=_("Rank"), choices=[("", "———"), *RankBand.choices]
    )
    unit = UnitField(label=_("Unit"))
    remit = forms.CharField(
        label=_("Remit"),
        max_length=200,
        required=False,
        help_text=_("What the official is in charge of."),
    )
    left_on = forms.DateField(
        label=_("Left on"),
        widget=DayInput,
        required=False,
        help_text=_("The last day in office; empty while in office."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, *args: Any, user: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.in_scopes(user, "cadres.edit_cadre")
        self.fields["unit"].queryset = units.select_related("place")  # type: ignore[attr-defined]
        self.helper = plain_helper(
            "seen",
            Row(
                Column("name", css_class="col-sm-6"),
                Column("rank_band", css_class="col-sm-6"),
            ),
            "unit",
            "remit",
            Row(Column("left_on", css_class="col-sm-6")),
        )


def _days_row(*before: Any) -> Row:
    return Row(
        *before,
        Column("first", css_class="col-6 col-lg-3"),
        Column("last", css_class="col-6 col-lg-3"),
    )


class PostForm(PeriodForm):
    title = forms.CharField(label=_("Post"), max_length=100)
    unit = UnitField(label=_("Unit"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper(
            Row(
                Column("title", css_class="col-lg-5"),
                Column("unit", css_class="col-lg-7"),
            ),
            _days_row(),
        )

    def to_row(self) -> PostHeld:
        typed = self.cleaned_data
        return PostHeld(typed["title"], typed["unit"], typed["first"], typed["last"])


class ContactForm(PeriodForm):
    place = PlaceField(label=_("Place"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper(_days_row(Column("place", css_class="col-lg-6")))

    def to_row(self) -> Contact:
        typed = self.cleaned_data
        return Contact(typed["place"], typed["first"], typed["last"])


class HomeForm(forms.Form):
    place = PlaceField(label=_("Place"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("place")

    def to_row(self) -> Any:
        return self.cleaned_data["place"]


SETS = {"posts": PostForm, "contact_points": ContactForm, "home_places": HomeForm}


class CadreSheet(Sheet):
    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        user: Account,
        cadre: Cadre | None = None,
    ) -> None:
        main, rows = _values_of(cadre) if cadre else ({}, {"posts": [{}]})
        self.main = EnterCadreForm(data, user=user, initial=main)
        self.sets = {
            name: row_set(form, least=0)(data, prefix=name, initial=rows.get(name, []))
            for name, form in SETS.items()
        }

    def arguments(self) -> dict[str, Any]:
        """The arguments of `enter_cadre` and `change_cadre`."""
        typed = dict(self.main.cleaned_data)
        for name, rows in self.sets.items():
            typed[name] = [form.to_row() for form in rows.rows()]
        return typed


def _values_of(cadre: Cadre) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    names = ("name", "rank_band", "unit", "remit", "left_on")
    main = {name: getattr(cadre, name) for name in names} | {"seen": mark_of(cadre)}
    posts = cadre.posts.select_related("unit__place").order_by("-first", "pk")
    points = cadre.contact_points.select_related("place").order_by("-first", "pk")
    return main, {
        "posts": [
            {"title": it.title, "unit": it.unit, "first": it.first, "last": it.last}
            for it in posts
        ],
        "contact_points": [
            {"place": it.place, "first": it.first, "last": it.last} for it in points
        ],
        "home_places": [
            {"place": pk}
            for pk in cadre.home_places.order_by("code").values_list("pk", flat=True)
        ],
    }
