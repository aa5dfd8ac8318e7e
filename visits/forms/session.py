"""What is typed about reception sessions: the plan, and one form a step."""

import uuid
from datetime import date, time, timedelta
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadres.forms.pick import UnitField
from cadres.forms.place import PlaceField
from cadres.forms.sheet import plain_helper
from cadres.models import Account, Cadre, Unit
from visits.forms.fields import ClockField, DayField, moment
from visits.forms.letter_fields import StopField, TypedField
from visits.models import ReceptionSession, Stop
from visits.reports.session_choices import (
    session_desks,
    session_leaders,
    session_stops,
)
from visits.rules.sessions import Outcome, SessionForm, SessionStep


class _Leaders:
    def label_from_instance(self, official: Any) -> str:
        return " · ".join(
            filter(None, [official.name, official.post or official.unit.name])
        )


class LeaderField(_Leaders, forms.ModelChoiceField):  # type: ignore[type-arg]
    pass


class LeadersField(_Leaders, forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    widget = forms.SelectMultiple(attrs={"size": 6})


class TimesForm(forms.Form):
    """One day, from when to when."""

    day = DayField(label=_("Day"))
    starts = ClockField(label=_("From"), initial=time(9, 0))
    ends = ClockField(label=_("To"), initial=time(11, 30))

    times = Row(
        Column("day", css_class="col-sm-6"),
        Column("starts", css_class="col-6 col-sm-3"),
        Column("ends", css_class="col-6 col-sm-3"),
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        starts, ends = typed.get("starts"), typed.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("The end must lie after the beginning."))
        return typed

    def span(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {
            "starts_at": moment(typed["day"], typed["starts"]),
            "ends_at": moment(typed["day"], typed["ends"]),
        }


class PlanSessionForm(TimesForm):
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    form = forms.ChoiceField(label=_("Form"), choices=SessionForm.choices)
    office = forms.ModelChoiceField(Unit.objects.none(), label=_("Booked at"))
    leaders = LeadersField(Cadre.objects.none(), label=_("Leaders"))
    place = PlaceField(label=_("Place"))
    venue = forms.CharField(label=_("Venue"), max_length=100)
    topic = forms.CharField(
        label=pgettext_lazy("session", "Topic"), max_length=100, required=False
    )
    units_present = forms.CharField(
        label=_("Units present"), max_length=200, required=False
    )
    slots = forms.IntegerField(
        label=_("Places to book"), min_value=1, max_value=500, initial=20
    )
    note = forms.CharField(
        label=_("Note for the public"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    stop = StopField(
        Stop.objects.none(),
        label=_("On a visit"),
        required=False,
        empty_label=_("None"),
    )

    def __init__(self, *args: Any, user: Account, today: date, **kwargs: Any) -> None:
        desks = list(session_desks(user))
        kwargs["initial"] = {
            "client_key": uuid.uuid4(),
            "day": today + timedelta(days=7),
            "office": desks[0].pk if desks else None,
            "place": user.unit.place if user.unit else None,
        }
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["office"].queryset = session_desks(user)
        fields["leaders"].queryset = session_leaders(user, on=today)
        fields["stop"].queryset = session_stops(user, on=today)
        self.helper = plain_helper(
            "client_key",
            Row(
                Column("form", css_class="col-sm-6"),
                Column("office", css_class="col-sm-6"),
            ),
            "leaders",
            self.times,
            "place",
            "venue",
            Row(
                Column("topic", css_class="col-sm-8"),
                Column("slots", css_class="col-sm-4"),
            ),
            "units_present",
            "note",
            "stop",
        )

    def arguments(self) -> dict[str, Any]:
        typed = dict(self.cleaned_data)
        for name in ("day", "starts", "ends"):
            typed.pop(name)
        return typed | self.span()


class StepForm(forms.Form):
    """One step of a session; names are the arguments of its action."""

    def __init__(
        self,
        *args: Any,
        session: ReceptionSession,
        user: Account,
        today: date,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = self.first_values(session)
        super().__init__(*args, **kwargs)
        self.offer(session, user, today)
        self.helper = plain_helper(*self.layout())

    def first_values(self, session: ReceptionSession) -> dict[str, Any]:
        return {"client_key": uuid.uuid4()}

    def offer(self, session: ReceptionSession, user: Account, today: date) -> None:
        pass

    def layout(self) -> list[Any]:
        return list(self.fields)

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class PublishSessionForm(StepForm):
    late_reason = forms.CharField(
        label=_("Why it is published late"),
        max_length=200,
        required=False,
        help_text=_("Only when it is too close; everyone can read it."),
    )


class MoveSessionForm(StepForm, TimesForm):
    reason = forms.CharField(
        label=_("Why it is moved"), max_length=200, help_text=_("Everyone can read it.")
    )

    def first_values(self, session: ReceptionSession) -> dict[str, Any]:
        first = timezone.localtime(session.starts_at)
        last = timezone.localtime(session.ends_at)
        return {"day": first.date(), "starts": first.time(), "ends": last.time()}

    def layout(self) -> list[Any]:
        return [self.times, "reason"]

    def arguments(self) -> dict[str, Any]:
        return {**self.span(), "reason": self.cleaned_data["reason"]}


class ReplaceLeaderForm(StepForm):
    leader = LeaderField(Cadre.objects.none(), label=_("Cannot come"))
    successor = LeaderField(Cadre.objects.none(), label=_("Receives instead"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def offer(self, session: ReceptionSession, user: Account, today: date) -> None:
        fields: Any = self.fields
        named = session.leaders.filter(left_at__isnull=True).values("official")
        rows = Cadre.objects.with_post(on=session.on).select_related("unit")
        fields["leader"].queryset = rows.filter(pk__in=named)
        others = session_leaders(user, on=session.on).exclude(pk__in=named)
        fields["successor"].queryset = others


class CancelSessionForm(StepForm):
    reason = forms.CharField(
        label=_("Why it is cancelled"),
        max_length=200,
        help_text=_("Everyone can read it."),
    )


class BookSessionForm(StepForm):
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    subject = TypedField(
        label=_("What it is about"),
        max_length=60,
        help_text=_("A few words. Leave out names."),
    )
    name = TypedField(label=_("Name to call"), max_length=50, required=False)
    contact = TypedField(
        label=_("Contact"),
        max_length=100,
        required=False,
        help_text=_(
            "Only to call back if the session moves, only if they wish; deleted when "
            "the session is over."
        ),
    )


class RecordResultForm(StepForm):
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    subject = TypedField(
        label=_("What it is about"), max_length=100, help_text=_("Leave out names.")
    )
    outcome = forms.ChoiceField(label=_("Result"), choices=Outcome.choices)
    unit = UnitField(label=_("Unit (if assigned)"), required=False)
    due_on = DayField(label=_("Until (if assigned)"), required=False)
    minute = TypedField(
        label=_("Minute"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences."),
    )


class HoldSessionForm(StepForm):
    groups = forms.IntegerField(label=_("Groups"), min_value=0, max_value=10_000)
    person_visits = forms.IntegerField(
        label=_("Person-visits"), min_value=0, max_value=100_000
    )

    def first_values(self, session: ReceptionSession) -> dict[str, Any]:
        count = session.results.count()
        return {"groups": count, "person_visits": count}


STEP_FORMS: dict[str, type[StepForm]] = {
    SessionStep.PUBLISH: PublishSessionForm,
    SessionStep.MOVE: MoveSessionForm,
    SessionStep.REPLACE: ReplaceLeaderForm,
    SessionStep.CANCEL: CancelSessionForm,
    SessionStep.BOOK: BookSessionForm,
    SessionStep.RESULT: RecordResultForm,
    SessionStep.HOLD: HoldSessionForm,
}


class OpenBookingForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=150)


class SessionListForm(forms.Form):
    """What cannot be understood narrows nothing."""

    show = forms.ChoiceField(
        choices=[("", _("To come")), ("past", _("Past"))], required=False
    )

    def is_past(self) -> bool:
        return self.is_valid() and self.cleaned_data["show"] == "past"
