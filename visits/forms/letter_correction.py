"""What is typed to put a registration right."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.layout import Column, Div, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import Sheet, plain_helper
from visits.forms.letter_fields import TypedField
from visits.forms.register_letter import MatterForm, PetitionerFormSet
from visits.models import Letter
from visits.rules.letter_records import CORRECTED


class VersionField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000, **kwargs
        )


class CorrectLetterForm(MatterForm):
    """The arguments of `correct_letter`."""

    version = VersionField()
    reasons = TypedField(label=_("Why it is corrected"), max_length=200)

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        stands = {name: getattr(letter, name) for name in CORRECTED}
        initial = {**stands, "version": letter.version}
        super().__init__(*args, initial=initial, **kwargs)
        self.helper = plain_helper(
            "version",
            Row(
                Column("received_on", css_class="col-6 col-lg-4"),
                Column("channel", css_class="col-6 col-lg-4"),
                Column("people", css_class="col-6 col-lg-4"),
            ),
            Row(
                Column("place", css_class="col-lg-8"),
                Column("subject", css_class="col-lg-4"),
            ),
            "request",
            "facts",
            Div(Div("is_oral"), Div("is_read_back"), css_class="row-line"),
            Div(Div("keep_name_secret"), Div("no_phone_calls"), css_class="row-line"),
            Row(
                Column("help_wanted", css_class="col-lg-4"),
                Column("external_ref", css_class="col-lg-4"),
                Column("identity_document", css_class="col-lg-4"),
            ),
            "reasons",
        )


class CorrectPeopleForm(forms.Form):
    """All but the rows."""

    version = VersionField()
    reasons = TypedField(label=_("Why it is corrected"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "people-%s", **kwargs})
        self.helper = plain_helper("version", "reasons")


class CorrectPeopleSheet(Sheet):
    """Who wrote, to be corrected; shown only behind a look."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        version: int = 0,
        stands: Sequence[Mapping[str, str]] = (),
    ) -> None:
        self.main = CorrectPeopleForm(data, initial={"version": version})
        rows = PetitionerFormSet(data, initial=list(stands), prefix="petitioners")
        self.sets = {"petitioners": rows}

    def arguments(self) -> dict[str, Any]:
        """The arguments of `correct_people`."""
        people = [row.to_identity() for row in self.sets["petitioners"].rows()]
        return {**self.main.cleaned_data, "people": people}
