"""What is typed about questions from the public; who asked is not."""

import uuid
from datetime import date
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadres.forms.place import PlaceField
from cadres.forms.sheet import plain_helper
from cadres.models import Account, Cadre, Unit
from visits.actions.register_letter import Identity
from visits.forms.fields import DayField
from visits.forms.letter_fields import TypedField
from visits.forms.matter import LeaderField
from visits.models import Question, Talk
from visits.reports.question_page import Show, lead_of, leaders_at, offices_for
from visits.rules.question_states import QuestionMove, QuestionStep

LEAVE_OUT = _("Leave out who asked, and all names.")


class AddFormatForm(forms.Form):
    name = forms.CharField(label=_("New form of talk"), max_length=50)


class UseFormatForm(forms.Form):
    is_used = forms.BooleanField(required=False)


class QuestionListForm(forms.Form):
    """Filters stand in the address; what cannot be understood narrows nothing."""

    show = forms.ChoiceField(label=_("Show"), choices=Show.choices, required=False)
    place = PlaceField(label=_("Place"), required=False)

    def typed(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class RecordQuestionForm(forms.Form):
    """Names are `record_question`'s arguments; most questions need one line or two."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    text = TypedField(label=_("Question"), max_length=200, help_text=LEAVE_OUT)
    answer = TypedField(
        label=_("Answered at once"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    unit_name = forms.CharField(
        label=_("Or promised: who answers"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"list": "units"}),
    )
    due_on = DayField(label=_("By when"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"client_key": uuid.uuid4()}
        super().__init__(*args, **kwargs)
        self.helper = plain_helper(
            "client_key",
            "text",
            "answer",
            Row(
                Column("unit_name", css_class="col-sm-7"),
                Column("due_on", css_class="col-sm-5"),
            ),
        )


class QuestionStepForm(forms.Form):
    """The arguments of one row of the table, with the version it was seen in."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000
    )

    def __init__(
        self, *args: Any, move: QuestionMove, question: Question, by: Account, **kw: Any
    ) -> None:
        kw["initial"] = {"version": question.version, **_first(move, question, by)}
        super().__init__(*args, **kw)
        self.move = move
        for name in move.needs:
            self.fields[name] = _field(name)
        short = ("unit_name", "answered_by", "due_on", "answered_on")
        rest = [name for name in move.needs if name not in short]
        columns = [
            Column(name, css_class="col-sm-6") for name in move.needs if name in short
        ]
        rows = [Row(*columns)] if columns else []
        answer = [name for name in rest if name == "answer"]
        self.helper = plain_helper(
            "version", *answer, *rows, *[name for name in rest if name != "answer"]
        )

    def record(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.move.needs}


def _field(name: str) -> forms.Field:
    area = forms.Textarea(attrs={"rows": 3})
    if name == "answer":
        return TypedField(label=_("Answer"), max_length=500, widget=area)
    if name == "answered_by":
        return forms.CharField(label=_("Answered by"), max_length=100)
    if name == "answered_on":
        return DayField(label=_("Answered on"))
    if name == "unit_name":
        widget = forms.TextInput(attrs={"list": "units"})
        return forms.CharField(label=_("Who answers"), max_length=100, widget=widget)
    if name == "due_on":
        return DayField(label=_("Answer by"))
    return forms.CharField(label=_("Reason"), max_length=200)


def _first(move: QuestionMove, question: Question, by: Account) -> dict[str, Any]:
    """What usually fits, to be changed where it does not."""
    if move.step == QuestionStep.ANSWER:
        today: date = timezone.localdate()
        who = question.unit_name or str(by.unit)
        return {"answered_by": who, "answered_on": today}
    if move.step == QuestionStep.CORRECT:
        names = ("answer", "answered_by", "answered_on")
        return {name: getattr(question, name) for name in names}
    return {}


class OfficeChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


class QuestionLetterForm(forms.Form):
    """Names are `turn_into_letter`'s arguments; who asked, only if they want it."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    version = QuestionStepForm.base_fields["version"]
    office = OfficeChoice(
        Unit.objects.none(), label=_("Petition office"), empty_label=None
    )
    request = TypedField(
        label=_("What is asked for"), max_length=200, help_text=LEAVE_OUT
    )
    name = TypedField(
        label=pgettext_lazy("of a person", "Name"), max_length=50, required=False
    )
    contact = TypedField(label=_("Contact"), max_length=100, required=False)
    address = TypedField(label=_("Address"), max_length=200, required=False)

    def __init__(
        self, *args: Any, question: Question, user: Account, **kwargs: Any
    ) -> None:
        offices = offices_for(question.talk, user)
        kwargs["initial"] = {
            "client_key": uuid.uuid4(),
            "version": question.version,
            "request": question.text,
            "office": offices.first(),
        }
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]
        self.has_office = offices.exists()
        self.helper = plain_helper("client_key", "version", "office", "request")
        self.of_person = plain_helper(
            Row(
                Column("name", css_class="col-sm-6"),
                Column("contact", css_class="col-sm-6"),
            ),
            "address",
        )

    def arguments(self) -> dict[str, Any]:
        typed = dict(self.cleaned_data)
        names = ("name", "address", "contact")
        who = Identity(**{name: typed.pop(name).strip() for name in names})
        return {**typed, "petitioner": who or None}


class QuestionMatterForm(forms.Form):
    """Names are `turn_into_matter`'s arguments."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    version = QuestionStepForm.base_fields["version"]
    subject = TypedField(
        label=pgettext_lazy("on the spot", "Matter"),
        max_length=200,
        help_text=LEAVE_OUT,
    )
    decided_by = LeaderField(
        Cadre.objects.none(), label=_("Leader who decides"), empty_label=None
    )
    is_public = forms.BooleanField(
        label=_("Public matter (two villagers confirm)"), required=False
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        talk: Talk = question.talk
        kwargs["initial"] = {
            "client_key": uuid.uuid4(),
            "version": question.version,
            "subject": question.text,
            "decided_by": lead_of(talk),
        }
        super().__init__(*args, **kwargs)
        leaders = leaders_at(talk)
        self.fields["decided_by"].queryset = leaders  # type: ignore[attr-defined]
        self.helper = plain_helper(
            "client_key", "version", "subject", "decided_by", "is_public"
        )
