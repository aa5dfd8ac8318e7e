"""What is typed to register a letter: the matter, who wrote, whom it names."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from crispy_forms.layout import Column, Div, Row
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cadres.forms.place import PlaceField
from cadres.forms.sheet import DayInput, QuietFormSet, Sheet, plain_helper
from cadres.models import Account, Unit
from visits.actions.register_letter import MOST_REPRESENTATIVES, Identity
from visits.forms.letter_fields import (
    NamedOfficialField,
    NamedUnitField,
    OfficeField,
    StopField,
    SubjectField,
    TypedField,
)
from visits.models import Letter, Petitioner, Stop
from visits.reports.intake_offices import intake_offices
from visits.reports.recent_stops import MOST, recent_stops
from visits.rules.letter_states import Category

LONGEST_BACK = timedelta(days=3660)
CATEGORIES = [("", _("Not sorted yet")), *Category.choices]

WRITES_AS = [
    (Petitioner.Kind.PERSON, _("A person")),
    (Petitioner.Kind.ORGANISATION, _("An organisation")),
    (Petitioner.Kind.CHILD, _("A child under 14 (contact: the guardian’s)")),
]


class MatterForm(forms.Form):
    """When and how a letter came in, what it asks for, and what is wished."""

    received_on = forms.DateField(label=_("Received on"), widget=DayInput)
    channel = forms.ChoiceField(label=_("Channel"), choices=Letter.Channel.choices)
    place = PlaceField(label=_("Place"))
    subject = SubjectField(label=_("Subject"))
    request = TypedField(label=_("Request"), max_length=200)
    facts = TypedField(
        label=_("Facts and reasons"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_oral = forms.BooleanField(
        label=_("Oral statement, written down faithfully"), required=False
    )
    is_read_back = forms.BooleanField(label=_("Read back"), required=False)
    people = forms.IntegerField(
        label=_("Number of people"), min_value=1, max_value=100_000, initial=1
    )
    identity_document = forms.ChoiceField(
        label=_("Identity checked by"),
        choices=[("", _("Not checked")), *Letter.IdentityDocument.choices],
        required=False,
        help_text=_("Only if it had to be; the kind of document, never its number."),
    )
    keep_name_secret = forms.BooleanField(
        label=_("Keep the name secret"), required=False
    )
    no_phone_calls = forms.BooleanField(label=_("No phone calls"), required=False)
    help_wanted = TypedField(label=_("Help wanted"), max_length=100, required=False)
    external_ref = TypedField(
        label=_("Number in the official system"), max_length=50, required=False
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_received_on(self) -> date:
        day: date = self.cleaned_data["received_on"]
        if day > self.today:
            raise ValidationError(_("This day lies ahead."), code="future")
        if day < self.today - LONGEST_BACK:
            raise ValidationError(_("This day lies too far back."), code="too_old")
        return day


class IntakeForm(MatterForm):
    """What is asked once, when a letter comes in."""

    office = OfficeField(Unit.objects.none(), label=_("Received by"))
    category = forms.ChoiceField(
        label=_("Category"), choices=CATEGORIES, required=False
    )
    stop = StopField(Stop.objects.none(), label=_("Visit"), required=False)
    is_urgent = forms.BooleanField(
        label=_("Urgent: life, health, children, shelter, harm to many"),
        required=False,
    )
    urgent_reason = TypedField(label=_("Why urgent"), max_length=200, required=False)
    complains_about_someone = forms.BooleanField(
        label=_("Complains about a named official or unit"), required=False
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Account, today: date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        office: Any = self.fields["office"]
        office.offer(intake_offices(user).select_related("place"))
        stops = recent_stops(user, on=today)
        stop: Any = self.fields["stop"]
        stop.queryset = stops
        stop.empty_label = _("None")
        rows = list(stops[:MOST])
        stop.choices = [
            ("", stop.empty_label),
            *((row.pk, stop.label_from_instance(row)) for row in rows),
        ]
        self.has_office = bool(office.only) or intake_offices(user).exists()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("is_urgent") and not typed.get("urgent_reason"):
            self.add_error("urgent_reason", _("Say why it is urgent."))
        place, stop = typed.get("place"), typed.get("stop")
        if (
            place
            and stop
            and not (place.contains(stop.place) or stop.place.contains(place))
        ):
            self.add_error("stop", _("This visit did not go to that place."))
        return typed


class RegisterLetterForm(IntakeForm):
    """All but the rows; names are `register_letter`'s arguments."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        office = "office" if self.fields["office"].widget.is_hidden else None
        self.helper = plain_helper(
            "client_key",
            *([office] if office else []),
            Row(
                *([] if office else [Column("office", css_class="col-lg-4")]),
                Column("received_on", css_class="col-6 col-lg-3"),
                Column("channel", css_class="col-6 col-lg-3"),
                Column("stop", css_class="col-lg-6" if office else "col-lg-2"),
            ),
            Row(
                Column("place", css_class="col-lg-6"),
                Column("subject", css_class="col-6 col-lg-3"),
                Column("category", css_class="col-6 col-lg-3"),
            ),
            "request",
            "facts",
            Div(
                Div("is_oral"),
                Div("is_read_back"),
                css_class="row-line",
            ),
        )
        self.wishes = plain_helper(
            Div(
                Div("keep_name_secret"),
                Div("no_phone_calls"),
                css_class="row-line",
            ),
            "help_wanted",
            "is_urgent",
            "urgent_reason",
            "external_ref",
        )
        self.of_people = plain_helper(
            Row(
                Column("people", css_class="col-5 col-lg-3"),
                Column("identity_document", css_class="col-7 col-lg-5"),
            )
        )
        self.seal = plain_helper("complains_about_someone")


class PetitionerForm(forms.Form):
    """Who wrote, as far as they said."""

    name = TypedField(label=_("Name or organisation"), max_length=50, required=False)
    contact = TypedField(label=_("Contact"), max_length=100, required=False)
    address = TypedField(label=_("Address"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Writes as"), choices=WRITES_AS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper(
            Row(
                Column("name", css_class="col-6 col-lg-3"),
                Column("contact", css_class="col-6 col-lg-3"),
                Column("address", css_class="col-7 col-lg-4"),
                Column("kind", css_class="col-5 col-lg-2"),
            )
        )

    def has_changed(self) -> bool:
        return any(name != "kind" for name in self.changed_data)

    def to_identity(self) -> Identity:
        typed = self.cleaned_data
        return Identity(
            typed["name"].strip(),
            typed["address"].strip(),
            typed["contact"].strip(),
            typed["kind"],
        )


class NamedForm(forms.Form):
    """An official or a unit that the letter complains about."""

    official = NamedOfficialField(label=_("Official"), required=False)
    unit = NamedUnitField(label=_("Unit"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper(
            Row(
                Column("official", css_class="col-lg-6"),
                Column("unit", css_class="col-lg-6"),
            )
        )


class SecondMatterForm(forms.Form):
    """Another matter in the same letter: it goes its own way."""

    request = TypedField(label=_("Second request"), max_length=200)
    facts = TypedField(
        label=_("Facts and reasons"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    subject = SubjectField(label=_("Subject"))
    category = forms.ChoiceField(
        label=_("Category"), choices=CATEGORIES, required=False
    )
    complains_about_someone = forms.BooleanField(
        label=_("This matter complains about a named official or unit"),
        required=False,
    )

    def __init__(self, data: Mapping[str, Any] | None, *, prefix: str) -> None:
        super().__init__(
            data, prefix=prefix, empty_permitted=True, use_required_attribute=False
        )
        self.helper = plain_helper(
            "request",
            "facts",
            Row(
                Column("subject", css_class="col-6 col-lg-4"),
                Column("category", css_class="col-6 col-lg-4"),
            ),
            "complains_about_someone",
        )


def few_rows(form: Any, most: int) -> Any:
    return forms.formset_factory(
        form,
        formset=QuietFormSet,
        extra=1,
        max_num=most,
        absolute_max=most + 1,
        validate_max=True,
        can_delete=True,
    )


PetitionerFormSet = few_rows(PetitionerForm, MOST_REPRESENTATIVES)
NamedFormSet = few_rows(NamedForm, MOST_REPRESENTATIVES)


class RegisterSheet(Sheet):
    """The page on which a letter is registered."""

    main: RegisterLetterForm

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        user: Account,
        today: date,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        """`given` are first values: what stayed the same since the last letter."""
        first = {
            "client_key": uuid.uuid4(),
            "received_on": today,
            "channel": Letter.Channel.LETTER,
            "office": user.unit_id,
            **(given or {}),
        }
        self.main = RegisterLetterForm(data, user=user, today=today, initial=first)
        self.second = SecondMatterForm(data, prefix="second")
        self.sets = {
            "petitioners": PetitionerFormSet(data, prefix="petitioners"),
            "named": NamedFormSet(data, prefix="named"),
            "second_named": NamedFormSet(data, prefix="second_named"),
        }

    @property
    def forms(self) -> list[Any]:
        return [*super().forms, self.second]

    @property
    def has_second(self) -> bool:
        named = self.sets["second_named"]
        return self.second.is_bound and (
            self.second.has_changed() or any(form.has_changed() for form in named)
        )

    def is_valid(self) -> bool:
        self.second.empty_permitted = not self.has_second
        second = self.second.is_valid()
        return super().is_valid() and second

    def matters(self) -> list[dict[str, Any]]:
        """The arguments of `register_letter` for the first, and for the second."""
        people = [form.to_identity() for form in self.sets["petitioners"].rows()]
        people = [person for person in people if person]
        first = {**self.main.cleaned_data, "petitioners": people}
        first["people"] = max(first["people"], len(people), 1)
        first |= self._named("named")
        if not self.has_second:
            return [first]
        return [first, {**self.second.cleaned_data, **self._named("second_named")}]

    def _named(self, rows: str) -> dict[str, Any]:
        typed = [form.cleaned_data for form in self.sets[rows].rows()]
        officials = {it["official"] for it in typed if it.get("official")}
        units = {it["unit"] for it in typed if it.get("unit")}
        return {
            "named_officials": sorted(officials, key=lambda it: it.pk),
            "named_units": sorted(units, key=lambda it: it.pk),
        }
