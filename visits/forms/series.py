"""What is typed for visits that recur: one visit, and how it recurs."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadres.forms.place import PlaceField
from cadres.forms.sheet import Sheet, plain_helper
from cadres.models import Account, Cadre, Unit
from visits.forms.fields import ActivitiesField, ClockField, DayField, as_chips
from visits.forms.team import OfficialChoices, TeamFormSet
from visits.models import Series
from visits.rules.moving import HOURS, Half
from visits.rules.plan import Member
from visits.rules.series import MOST_DATES, Every, OnRest
from visits.rules.visit_states import Mode, Part


class PlanSeriesForm(forms.Form):
    """One visit and how it recurs; names are those of `Series`.

    The weekday, its place in the month and the day of the month follow from the first
    date, as in any calendar.
    """

    purpose = forms.CharField(label=_("Purpose or topic"), max_length=200)
    mode = forms.ChoiceField(
        label=_("Mode"), choices=Mode.choices, initial=Mode.ANNOUNCED
    )
    place = PlaceField(label=_("Place"))
    venue = forms.CharField(label=_("Venue"), max_length=100, required=False)
    activities = ActivitiesField()
    first = DayField(
        label=pgettext_lazy("series", "First date"),
        help_text=_("The weekday or the day of the month follows from it."),
    )
    starts = ClockField(label=_("From"))
    ends = ClockField(label=_("To"))
    every = forms.ChoiceField(
        label=_("How often"), choices=Every.choices, initial=Every.WEEKS
    )
    interval = forms.IntegerField(
        label=_("Every … weeks or months"), min_value=1, max_value=12, initial=1
    )
    last = DayField(label=_("Until"), required=False)
    count = forms.IntegerField(
        label=_("or number of dates"),
        min_value=1,
        max_value=MOST_DATES,
        required=False,
        help_text=_("At most 60, those on days of rest included."),
    )
    on_rest = forms.ChoiceField(
        label=_("If a date is a day of rest"),
        choices=OnRest.choices,
        initial=OnRest.SKIP,
        help_text=_("Make-up working days count as working days."),
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=999_999_999
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper(
            "client_key",
            "version",
            "purpose",
            Row(
                Column("place", css_class="col-lg-7"),
                Column("venue", css_class="col-lg-5"),
            ),
            Row(Column("mode", css_class="col-sm-6 col-lg-4")),
            as_chips("activities"),
        )
        self.when = plain_helper(
            Row(
                Column("first", css_class="col-12 col-sm-6 col-lg-4"),
                Column("starts", css_class="col-6 col-sm-3 col-lg-2"),
                Column("ends", css_class="col-6 col-sm-3 col-lg-2"),
            ),
            Row(
                Column("every", css_class="col-12 col-sm-7 col-lg-5"),
                Column("interval", css_class="col-12 col-sm-5 col-lg-3"),
            ),
            Row(
                Column("last", css_class="col-12 col-sm-6 col-lg-3"),
                Column("count", css_class="col-12 col-sm-6 col-lg-3"),
                Column("on_rest", css_class="col-12 col-sm-6 col-lg-4"),
            ),
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        last, count, first = typed.get("last"), typed.get("count"), typed.get("first")
        if not {"last", "count"} & self.errors.keys() and bool(last) == bool(count):
            text = _("Say until when, or for how many dates; not both.")
            self.add_error("count", ValidationError(text, code="until_or_count"))
        if last and first and last < first:
            text = _("The last day lies before the first.")
            self.add_error("last", ValidationError(text, code="last_first"))
        starts, ends = typed.get("starts"), typed.get("ends")
        if starts and ends and ends <= starts:
            text = _("The end must lie after the beginning.")
            self.add_error("ends", ValidationError(text, code="ends_first"))
        return typed

    def columns(self) -> dict[str, Any]:
        """The columns of the series, with what follows from the first date."""
        typed = dict(self.cleaned_data)
        first, every = typed["first"], typed["every"]
        for name in ("client_key", "version"):
            typed.pop(name)
        nth = (first.day - 1) // 7 + 1
        typed["weekday"] = None if every == Every.DAY else first.weekday()
        typed["nth"] = (nth if nth < 5 else -1) if every == Every.NTH else None
        typed["month_day"] = first.day if every == Every.DAY else None
        return typed


class SeriesSheet(Sheet):
    """The page of a new series, and of one that is changed from a date on."""

    main: PlanSeriesForm

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        user: Account,
        today: date,
        given: Mapping[str, Any] | None = None,
        series: Series | None = None,
        since: date | None = None,
    ) -> None:
        """`given` are first values for a new one; `since` the first date to change."""
        leads = Cadre.objects.plannable_by(user, on=today)
        here = Q(left_on__isnull=True) | Q(left_on__gte=today)
        team = Q(pk__in=leads) | (here & Q(pk__in=Cadre.objects.visible_to(user)))
        lead_ids = set(leads.values_list("pk", flat=True))
        if series and since:
            first, members = _values_of(series, since)
            team |= Q(pk__in=series.team.values("official"))
        else:
            first, members = _first_values(user, today, given or {}, lead_ids)
        officials = OfficialChoices(Cadre.objects.filter(team), today)
        self.main = PlanSeriesForm(data, initial=first)
        self.sets = {
            "team": TeamFormSet(
                data,
                prefix="team",
                initial=members,
                form_kwargs={"officials": officials, "leads": lead_ids},
            )
        }

    def team(self) -> list[Member]:
        return [
            Member(form.cleaned_data["official"], form.cleaned_data["part"])
            for form in self.sets["team"].rows()
        ]

    def stamp(self) -> str:
        """What the dates rest on, in short: whoever books has looked at just these."""
        team = [(it.official.pk, it.part) for it in self.team()]
        typed = sorted((name, str(it)) for name, it in self.main.columns().items())
        return sha256(repr((typed, team)).encode()).hexdigest()[:16]

    def lead_unit(self) -> Unit | None:
        leads = [it.official for it in self.team() if it.part == Part.LEAD]
        return leads[0].unit if leads else None


def _first_values(
    user: Account, today: date, given: Mapping[str, Any], leads: set[int]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    mine = [pk for pk in user.acts_for_ids() if pk in leads]
    lead = given.get("official") or (mine[0] if len(mine) == 1 else None)
    hours = HOURS[given.get("half", Half.MORNING)]
    main = {
        "client_key": uuid.uuid4(),
        "version": 0,
        "place": given.get("place"),
        "first": given.get("day") or today + timedelta(days=7),
        "starts": hours[0],
        "ends": hours[1],
        "count": 12,
    }
    return main, [{"official": lead, "part": Part.LEAD}]


def _values_of(
    series: Series, since: date
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    names = [name for name in PlanSeriesForm.base_fields if hasattr(series, name)]
    main = {name: getattr(series, name) for name in names}
    left = series.dates.filter(day__gte=since).count()
    main |= {"first": since, "count": left if series.count else None}
    team = series.team.order_by("pk")
    return main, [{"official": it.official_id, "part": it.part} for it in team]


def from_plan(data: QueryDict) -> QueryDict:
    """What was typed on the page of one visit, as the page of a series reads it."""
    found = QueryDict(mutable=True)
    for name in data:
        if name.startswith("team-") or name in ("purpose", "mode", "client_key"):
            found.setlist(name, data.getlist(name))
    for name in ("place", "place_id", "venue", "starts", "ends", "activities"):
        found.setlist(name, data.getlist(f"stops-0-{name}"))
    found["first"] = data.get("stops-0-day", "")
    found |= {"every": Every.WEEKS, "interval": "1", "count": "12"}
    found["on_rest"] = OnRest.SKIP
    return found
