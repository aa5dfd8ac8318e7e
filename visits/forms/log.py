"""What is typed to log a visit: how it was, and one short entry per kind of work."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import Sheet, plain_helper, row_set
from cadres.http import row_count
from cadres.models import Setting
from visits.forms.fields import DayField
from visits.forms.stop import StopForm, stop_values
from visits.models import (
    Finding,
    Investigation,
    Matter,
    Reception,
    Stop,
    Talk,
    TalkFormat,
    Visit,
)
from visits.rules.activities import Activity
from visits.rules.investigation_states import StudyState
from visits.rules.log import ENTRIES, TALK_WORDS, StopLog
from visits.rules.visit_states import HELD, Part


class LogVisitForm(forms.Form):
    summary = forms.CharField(
        label=_("Short account"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
        help_text=_("At most 500 characters."),
    )
    actual_escorts = forms.IntegerField(
        label=_("Escorts in fact"), min_value=0, max_value=999, required=False
    )
    withdrawn_because = forms.CharField(
        label=_("Why matters are taken out"),
        max_length=200,
        required=False,
        help_text=_("They stay on record as withdrawn, with this reason."),
    )
    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=999_999_999
    )

    def __init__(self, *args: Any, has_matters: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_matters:
            self.fields["withdrawn_because"].widget = forms.HiddenInput()
        self.helper = plain_helper(
            "version",
            "summary",
            Row(Column("actual_escorts", css_class="col-6 col-lg-3")),
            "withdrawn_because",
        )


class KeyField(forms.IntegerField):
    """The key of a row that is saved already, empty for a new one."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, min_value=1, max_value=2**63 - 1)


class StopLogForm(StopForm):
    """A stop as it was. Taking the row away says that it did not take place."""

    stop = KeyField()
    hidden = ("stop",)
    planned: Stop | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is more to see than that it was as planned."""
        return self.planned is None or (self.is_bound and self.has_changed())

    def to_plan(self) -> StopLog:
        plan = super().to_plan()
        return StopLog(
            plan.place,
            plan.starts_at,
            plan.ends_at,
            plan.activities,
            plan.venue,
            pk=self.cleaned_data.get("stop"),
        )


class EntryForm(forms.Form):
    """One entry, at one of the visit's stops (`stop` counts its rows from 0)."""

    stop = forms.TypedChoiceField(label=_("Stop"), coerce=int)
    pk = KeyField()
    columns: tuple[tuple[str, str], ...] = ()

    def __init__(self, *args: Any, stops: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["stop"]
        field.choices = list(enumerate(stops))  # type: ignore[attr-defined]
        if len(stops) == 1:
            field.widget = forms.HiddenInput()
        self.fields["stop"].initial = self.initial.get("stop", 0)
        self.helper = plain_helper(
            "pk",
            Row(
                Column("stop", css_class="col-12 col-lg-4")
                if len(stops) > 1
                else "stop",
                *(Column(name, css_class=css) for name, css in self.columns),
                css_class="align-items-end",
            ),
        )

        if self.more:
            columns = [Column(name, css_class=css) for name, css in self.more]
            self.more_helper = plain_helper(Row(*columns, css_class="align-items-end"))

    # What is asked for below the row, behind a word of its own.
    more: tuple[tuple[str, str], ...] = ()

    @property
    def more_is_open(self) -> bool:
        return any(self[name].value() or self[name].errors for name, _css in self.more)

    # What stands in a row before anything is typed.
    quiet: tuple[str, ...] = ("stop",)

    def has_changed(self) -> bool:
        """What is logged stands until it is taken out; else something was typed.

        What stands in the database by now is no measure: others may have added rows.
        """
        if not self.is_bound or self["pk"].data:
            return True
        loud = set(self.fields) - {*self.quiet, "pk", DELETION_FIELD_NAME}
        return any(self[name].data for name in loud)


class TalkForm(EntryForm):
    theme = forms.CharField(label=_("Theme"), max_length=200)
    audience = forms.IntegerField(
        label=_("Audience (estimate)"), min_value=0, max_value=1_000_000
    )
    format = forms.ModelChoiceField(
        TalkFormat.objects.none(), label=_("Form"), required=False
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=1, max_value=1_440, required=False
    )
    is_online = forms.BooleanField(label=_("Online"), required=False)
    speaker = forms.CharField(label=_("Speaker"), max_length=50, required=False)
    speaker_post = forms.CharField(
        label=_("Post of the speaker"), max_length=100, required=False
    )
    documents = forms.CharField(
        label=_("Documents explained"), max_length=300, required=False
    )
    audience_kind = forms.CharField(
        label=_("Kind of audience"),
        max_length=100,
        required=False,
        help_text=_("Who listened, as a group; no names."),
    )
    language = forms.CharField(
        label=_("Language or dialect"), max_length=50, required=False
    )
    material = forms.CharField(
        label=_("Material left behind"), max_length=200, required=False
    )
    feedback = forms.CharField(
        label=_("Short feedback"), max_length=300, required=False
    )
    columns = (("theme", "col-12 col-lg"), ("audience", "col-6 col-lg-3"))
    more_label = _("More about the talk")
    more = (
        ("format", "col-6 col-lg-4"),
        ("minutes", "col-6 col-lg-2"),
        ("language", "col-6 col-lg-3"),
        ("is_online", "col-6 col-lg-3"),
        ("speaker", "col-6 col-lg-4"),
        ("speaker_post", "col-6 col-lg-4"),
        ("audience_kind", "col-12 col-lg-4"),
        ("documents", "col-12 col-lg-6"),
        ("material", "col-12 col-lg-6"),
        ("feedback", "col-12"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A form that is no longer used stays on the talks that have it.
        stands = Q(is_used=True) | Q(pk=self.initial.get("format"))
        formats = TalkFormat.objects.filter(stands).order_by("pk")
        self.fields["format"].queryset = formats  # type: ignore[attr-defined]


class FindingForm(EntryForm):
    topic = forms.CharField(
        label=_("Topic"), max_length=200, widget=forms.TextInput({"list": "topics"})
    )
    text = forms.CharField(
        label=_("Finding"), max_length=500, widget=forms.Textarea({"rows": 2})
    )
    columns = (("topic", "col-12 col-lg"), ("text", "col-12"))


class ReceptionForm(EntryForm):
    groups = forms.IntegerField(label=_("Groups"), min_value=0, max_value=100_000)
    person_visits = forms.IntegerField(
        label=_("Person-visits"), min_value=0, max_value=1_000_000
    )
    matters = forms.IntegerField(
        label=_("Matters received"), min_value=0, max_value=100_000
    )
    columns = (
        ("groups", "col-4 col-lg"),
        ("person_visits", "col-4 col-lg"),
        ("matters", "col-4 col-lg"),
    )


class MatterForm(EntryForm):
    subject = forms.CharField(label=_("What was to be settled"), max_length=200)
    decision = forms.CharField(label=_("Decision"), max_length=500)
    settled = forms.BooleanField(label=_("Settled on the spot"), required=False)
    is_public = forms.BooleanField(
        label=_("Public matter (two villagers confirm)"), required=False
    )
    lead_unit = forms.CharField(label=_("Lead unit"), max_length=100, required=False)
    due_on = DayField(label=_("Deadline"), required=False)
    columns = (
        ("subject", "col-12 col-lg"),
        ("decision", "col-12"),
        ("settled", "col-12 col-lg-3"),
        ("is_public", "col-12 col-lg-3"),
        ("lead_unit", "col-6 col-lg-3"),
        ("due_on", "col-6 col-lg-3"),
    )

    quiet = ("stop", "due_on", "settled", "is_public")


StopLogFormSet = row_set(StopLogForm, least=1)
FORMS = {
    "talks": TalkForm,
    "findings": FindingForm,
    "receptions": ReceptionForm,
    "matters": MatterForm,
}
SETS = {argument: row_set(form, least=0) for argument, form in FORMS.items()}


class LogSheet(Sheet):
    """The page on which a visit is logged, or its log corrected."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, visit: Visit, today: date
    ) -> None:
        stops = list(visit.stops.select_related("place").order_by("position"))
        names = [f"{n}. {stop.place.name}" for n, stop in enumerate(stops, start=1)]
        if data is not None:
            names = _names(data, names)
        first = {
            "version": visit.version,
            "summary": visit.summary,
            "actual_escorts": visit.actual_escorts
            if visit.state in HELD
            else visit.planned_escorts,
        }
        entries = _entries_of(visit, stops, today)
        known = any("pk" in row for row in entries["matters"])
        self.main = LogVisitForm(data, initial=first, has_matters=known)
        self.sets = {
            "stops": StopLogFormSet(
                data,
                prefix="stops",
                initial=[{**stop_values(stop), "stop": stop.pk} for stop in stops],
            )
        }
        by_key = {stop.pk: stop for stop in stops}
        for form in self.sets["stops"].forms:
            form.planned = by_key.get(form.initial.get("stop"))
        for argument, form_set in SETS.items():
            rows = entries[argument]
            self.sets[argument] = form_set(
                data, prefix=argument, initial=rows, form_kwargs={"stops": names}
            )
            for form in self.sets[argument].forms:
                form.empty_permitted = True
                form.use_required_attribute = False
        self.topics = Investigation.objects.filter(
            leader__visits__in=visit.team.filter(part=Part.LEAD), state=StudyState.OPEN
        ).order_by("-opened_on", "-pk")[:50]

    def arguments(self) -> dict[str, Any]:
        """The arguments of `log_visit`."""
        typed: dict[str, Any] = dict(self.main.cleaned_data)
        rows = self.sets["stops"].rows()
        typed["stops"] = [form.to_plan() for form in rows]
        place_of = {
            self.sets["stops"].forms.index(form): row for row, form in enumerate(rows)
        }
        for argument, (kind, _activity) in ENTRIES.items():
            typed[argument] = []
            for form in self.sets[argument].rows():
                values = {
                    name: value
                    for name, value in form.cleaned_data.items()
                    if name != "DELETE"
                }
                values["stop"] = place_of[values["stop"]]
                typed[argument].append(kind(**values))
        return typed

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        kept = {
            self.sets["stops"].forms.index(form) for form in self.sets["stops"].rows()
        }
        fine = True
        for argument in ENTRIES:
            for form in self.sets[argument].rows():
                if form.cleaned_data["stop"] not in kept:
                    text = _("This stop did not take place; choose another.")
                    form.add_error("stop", ValidationError(text, code="stop_gone"))
                    fine = False
        return fine


def _names(data: Mapping[str, Any], names: list[str]) -> list[str]:
    """The stops as typed so far: rows may have come about on the page."""
    rows = range(row_count(data, "stops"))
    typed = [data.get(f"stops-{row}-place", "") for row in rows]
    return [
        f"{row + 1}. {text.rsplit(' / ', 1)[-1]}" for row, text in enumerate(typed)
    ] or names


def _entries_of(
    visit: Visit, stops: list[Any], today: date
) -> dict[str, list[dict[str, Any]]]:
    """What is logged already; else an empty row for each kind of work of each stop."""
    row_of = {stop.pk: row for row, stop in enumerate(stops)}
    here = {"stop__visit": visit}
    due_on = today + timedelta(days=Setting.objects.as_dict()["onsite.deadline_days"])
    entries: dict[str, list[dict[str, Any]]] = {
        "talks": [
            {
                "pk": t.pk,
                "stop": row_of[t.stop_id],
                **{name: getattr(t, name) for name in TALK_WORDS},
                "format": t.format_id,
            }
            for t in Talk.objects.filter(**here).order_by("pk")
        ],
        "findings": [
            {
                "pk": f.pk,
                "stop": row_of[f.stop_id],
                "topic": f.investigation.topic,
                "text": f.text,
            }
            for f in Finding.objects.filter(**here)
            .select_related("investigation")
            .order_by("pk")
        ],
        "receptions": [
            {
                "pk": r.pk,
                "stop": row_of[r.stop_id],
                "groups": r.groups,
                "person_visits": r.person_visits,
                "matters": r.matters,
            }
            for r in Reception.objects.filter(**here).order_by("pk")
        ],
        "matters": [
            {
                "pk": m.pk,
                "stop": row_of[m.stop_id],
                "subject": m.subject,
                "decision": m.decision,
                "settled": m.due_on is None,
                "is_public": m.is_public,
                "lead_unit": m.lead_unit,
                "due_on": m.due_on,
            }
            for m in Matter.objects.promised().of_log(visit).order_by("pk")
        ],
    }
    if visit.state not in HELD:
        for argument, (_kind, activity) in ENTRIES.items():
            for row, stop in enumerate(stops):
                if activity in stop.activities:
                    blank: dict[str, Any] = {"stop": row}
                    if activity == Activity.ONSITE:
                        blank["due_on"] = due_on
                    entries[argument].append(blank)
    return entries


class ReasonForm(forms.Form):
    """Why a visit does not take place."""

    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("reason")
