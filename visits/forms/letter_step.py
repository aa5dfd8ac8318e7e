"""One form for every step: its fields are what the table says must be recorded."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.forms.pick import UnitField
from cadres.forms.sheet import plain_helper
from cadres.models import Account, Setting
from visits.forms.fields import DayField
from visits.forms.sealed import AccusedField
from visits.models import Letter, LetterClock, LetterEvent
from visits.reports.letter_preview import window_after
from visits.reports.letter_steps import handlers_of
from visits.rules import clock_words
from visits.rules.letter_records import FIELDS, Delivery, Field, Route
from visits.rules.letter_states import Category, Clock, Move, Step

SHORT = ("date", "days", "choice", "account")
BIG = {"facts", "opinion"}
LATE = gettext_lazy("Only if it comes late: why it is taken up all the same.")
HELP: dict[tuple[str, str], str | Promise] = {
    (Step.SORT, "category"): gettext_lazy(
        "A person decides. An accusation is sealed at once and leaves the ordinary "
        "lists."
    ),
    (Step.ACCEPT, "accepted_on"): gettext_lazy("The handling period runs from it."),
    (Step.ASK_REVIEW, "reasons"): LATE,
    (Step.ASK_REREVIEW, "reasons"): LATE,
    (Step.NOT_TAKE_UP, "reasons"): gettext_lazy("The petitioner is told them."),
    (Step.CLOSE, "reasons"): gettext_lazy(
        "Only where the delivery is waived: why it is closed all the same."
    ),
}


class StepForm(forms.Form):
    """The arguments of one row of the table, with the version it was seen in."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000
    )

    def __init__(
        self,
        *args: Any,
        move: Move,
        letter: Letter,
        today: date,
        is_draft: bool = False,
        drafted: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        given = first_values(move, letter, today) | (drafted or {})
        kwargs["initial"] = {"version": letter.version, **given}
        super().__init__(*args, **kwargs)
        self.move = move
        self.names = [
            name
            for name in names_of(move, letter)
            # What the head has not approved yet has reached nobody.
            if not (is_draft and name == "received_on")
        ]
        for name in self.names:
            field = _field(name, FIELDS[name], is_needed=name in move.needs)
            self.fields[name] = field
            if help_text := HELP.get((move.step, name)):
                field.help_text = str(help_text)
        if "delivered_how" in self.fields and letter.no_phone_calls:
            how = self.fields["delivered_how"]
            how.choices = [  # type: ignore[attr-defined]
                it
                for it in how.choices  # type: ignore[attr-defined]
                if it[0] != Delivery.PHONE
            ]
        if "route" in self.fields:
            self.fields["route"].choices = _routes(letter)  # type: ignore[attr-defined]
        if "handler" in self.fields:
            self.fields["handler"].queryset = handlers_of(letter)  # type: ignore[attr-defined]
        self.helper = plain_helper("version", *self._layout())

    def _layout(self) -> list[Any]:
        """Short fields stand beside each other, in the order of the table."""
        rows: list[Any] = []
        row: list[str] = []
        for name in self.names:
            if FIELDS[name].kind in SHORT:
                row.append(name)
                continue
            rows += _columns(row)
            row = []
            rows.append(name)
        return rows + _columns(row)

    def record(self) -> dict[str, Any]:
        """What is typed, for `move_letter`; what has faults is left out."""
        typed = getattr(self, "cleaned_data", {})
        return {name: typed[name] for name in self.names if name in typed}


# What only letters of one category record.
ONLY_FOR = {
    "target_on": Category.SUGGESTION,
    "limit_on": Category.REQUEST_OTHER,
    "limit_law": Category.REQUEST_OTHER,
}


def names_of(move: Move, letter: Letter) -> list[str]:
    """The fields of a step that a letter of this category has."""
    return [
        name
        for name in (*move.needs, *move.may)
        if ONLY_FOR.get(name, letter.category) == letter.category
    ]


def _columns(names: list[str]) -> list[Any]:
    if not names:
        return []
    return [Row(*[Column(name, css_class="col-sm-6 col-lg-4") for name in names])]


def _field(name: str, about: Field, *, is_needed: bool) -> forms.Field:
    common: dict[str, Any] = {
        "label": about.label,
        "help_text": about.help,
        "required": is_needed,
    }
    if about.kind == "date":
        return DayField(**common)
    if about.kind == "unit":
        return UnitField(**common)
    if about.kind == "official":
        return AccusedField(**common)
    if about.kind == "account":
        return forms.ModelChoiceField(Account.objects.none(), **common)
    if about.kind == "choice" and about.choices:
        choices = [("", "———"), *about.choices.choices]
        return forms.ChoiceField(choices=choices, **common)
    if about.kind == "days":
        return forms.IntegerField(min_value=1, max_value=about.most, **common)
    if about.kind == "yes":
        return forms.BooleanField(**common)
    if about.kind == "line":
        return forms.CharField(max_length=about.most, **common)
    rows = 8 if name in BIG else 3
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(max_length=about.most, widget=area, **common)


def _routes(letter: Letter) -> list[tuple[str, Any]]:
    """Only the petition procedure fits a request of Art. 31(6), and only that."""
    is_petition = letter.category == Category.REQUEST
    fitting = [
        (value, label)
        for value, label in Route.choices
        if (value == Route.PETITION) == is_petition
    ]
    return fitting if len(fitting) == 1 else [("", "———"), *fitting]


def first_values(move: Move, letter: Letter, today: date) -> dict[str, Any]:
    """What usually fits, to be changed where it does not."""
    names = {*move.needs, *move.may}
    given: dict[str, Any] = dict.fromkeys(
        names & {"told_on", "requested_on", "held_on", "called_on"}, today
    )
    if move.step == Step.ACCEPT:
        given["accepted_on"] = _latest_acceptance(letter, today)
        if letter.category == Category.REQUEST:
            given["route"] = Route.PETITION
        elif letter.category == Category.SUGGESTION:
            given["route"] = Route.STUDY
            days = Setting.objects.as_dict()["suggestion.target_days"]
            target = given["accepted_on"] + timedelta(days=days)
            given["target_on"] = max(target, today + timedelta(days=1))
    if move.step == Step.SUPERVISE:
        given["carry_out_by"] = today + timedelta(days=30)
    if move.step == Step.ASSIGN:
        given["report_on"] = today + timedelta(days=30)
    if move.step == Step.EXTEND:
        done = LetterEvent.objects.filter(letter=letter, step=Step.EXTEND)
        spent = sum(
            int(it.get("days", 0)) for it in done.values_list("record", flat=True)
        )
        given["days"] = max(FIELDS["days"].most - spent, 1)
    if move.step == Step.SORT:
        given["category"] = letter.category
    if move.step == Step.NAME_HANDLER:
        given["handler"] = letter.handler_id
    if move.step == Step.NAME_UNIT:
        given["to_unit"] = letter.unit
    if move.step == Step.ASK_REVIEW and letter.unit:
        given["to_unit"] = letter.unit.superior
    if move.step == Step.ASK_REREVIEW and letter.review_unit:
        given["to_unit"] = letter.review_unit.superior
    if move.step == Step.ANSWER:
        given["remedy"] = _remedy(letter, today)
    return {name: value for name, value in given.items() if value not in (None, "")}


def _remedy(letter: Letter, today: date) -> str:
    """Where to ask for a review, and within which term; in the papers' language."""
    window = window_after(letter, on=today)
    if window is None or letter.unit is None or letter.unit.superior is None:
        return ""
    with translation.override(settings.LANGUAGE_CODE):
        text = _(
            "Within %(term)s of receiving this opinion a review may be asked for at "
            "%(unit)s (Art. 35)."
        )
        return text % {"term": clock_words.term(window), "unit": letter.unit.superior}


def _latest_acceptance(letter: Letter, today: date) -> date:
    """Today, but not later than the day by which the notice was due (7.3, rule 2)."""
    notices = [Clock.NOTICE, Clock.NOTICE_FORWARDED]
    ends = LetterClock.objects.running().filter(letter=letter, clock__in=notices)
    last = ends.order_by("legal_on").values_list("legal_on", flat=True).first()
    return min(today, last) if last else today


class SplitLetterForm(forms.Form):
    """The second matter; names are `split_letter`'s arguments."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    request = forms.CharField(
        label=gettext_lazy("What the second matter asks for"), max_length=200
    )
    facts = forms.CharField(
        label=gettext_lazy("Facts and reasons"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        choices=[("", "———"), *Category.choices],
        required=False,
    )
    complains_about_someone = forms.BooleanField(
        label=gettext_lazy("It complains about a named official or unit"),
        help_text=gettext_lazy(
            "Then it is sealed at once, and no word of it stays in this letter."
        ),
        required=False,
    )
    named_official = AccusedField(
        label=gettext_lazy("Official complained about"), required=False
    )
    named_unit = UnitField(
        label=gettext_lazy("or unit complained about"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper(*self.fields)

    def arguments(self) -> dict[str, Any]:
        typed = dict(self.cleaned_data)
        official, unit = typed.pop("named_official"), typed.pop("named_unit")
        return {
            **typed,
            "named_officials": [official] if official else [],
            "named_units": [unit] if unit else [],
        }
