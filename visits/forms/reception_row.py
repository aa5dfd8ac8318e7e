"""What is typed on a reception day: one row a matter."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.register_letter import MOST_REPRESENTATIVES, Identity
from visits.forms.letter_fields import NamedOfficialField, NamedUnitField, TypedField
from visits.forms.register_letter import IntakeForm
from visits.models import Letter, Petitioner, ReceptionSession
from visits.reports.session_choices import sessions_to_enter
from visits.rules.representatives import representatives_in

# What stays from one row to the next.
STICKY = (
    "office",
    "received_on",
    "channel",
    "stop",
    "session",
    "category",
    "place",
)


# What the page's script says; in the page, so that it says it offline.
WORDS = {
    "waiting_one": _("1 row waits to be sent."),
    "waiting": _("%(n)s rows wait to be sent."),
    "offline": _("The server does not answer; they are sent when it does."),
    "signed_out": _("You are signed out. Sign in again in another tab: they are sent."),
    "other": _("Someone else has signed in. Only who typed them can send them."),
    "kept": _("Row kept; go on."),
    "unsent_sealed": _("Not sent, and kept nowhere: save once more."),
    "correct": _("Correct"),
    "drop": _("Drop"),
    "busy": _("First save or clear the row you are typing."),
    "memory": _("This browser keeps rows only while this page is open."),
    "sign_out": _("Rows wait to be sent. Sign out and drop them?"),
}


class SessionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, session: Any) -> str:
        return f"{session.on:%m-%d} {session.place.name} · {session.venue}"


class ReceptionRowForm(IntakeForm):
    """One matter of a reception; `typed_by` guards rows that were kept meanwhile."""

    name = TypedField(label=_("Name or organisation"), max_length=50, required=False)
    contact = TypedField(label=_("Contact"), max_length=100, required=False)
    address = TypedField(label=_("Address"), max_length=200, required=False)
    is_child = forms.BooleanField(
        label=_("A child under 14 (contact: the guardian’s)"), required=False
    )
    queue_number = forms.IntegerField(
        label=_("Queue number"), min_value=1, max_value=9_999, required=False
    )
    representatives = TypedField(
        label=_("Further representatives"),
        max_length=500,
        required=False,
        help_text=_("Name and contact of each, at most four; a semicolon between."),
    )
    official = NamedOfficialField(label=_("Official"), required=False)
    unit = NamedUnitField(label=_("Unit"), required=False)
    session = SessionField(
        ReceptionSession.objects.none(),
        label=_("Reception session"),
        required=False,
        empty_label=_("None"),
    )
    typed_by = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sessions: Any = self.fields["session"]
        sessions.queryset = sessions_to_enter(kwargs["user"], on=kwargs["today"])
        # These are drawn field by field; crispy is not asked.
        for field in self.fields.values():
            kind = getattr(field.widget, "input_type", "textarea")
            names = {"checkbox": "form-check-input", "select": "form-select"}
            field.widget.attrs.setdefault("class", names.get(kind, "form-control"))
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                self.fields[name].widget.attrs["class"] += " is-invalid"
        self.fields["facts"].widget.attrs["rows"] = 2

    @property
    def words(self) -> dict[str, str]:
        return {name: str(text) for name, text in WORDS.items()}

    def clean_representatives(self) -> list[Identity]:
        found = representatives_in(self.cleaned_data["representatives"])
        if len(found) > MOST_REPRESENTATIVES - 1:
            text = _("At most five representatives (Art. 20).")
            raise ValidationError(text, code="too_many_representatives")
        if any(len(name) > 50 or len(contact) > 100 for name, contact in found):
            raise ValidationError(_("Put a semicolon between two people."), "too_long")
        return [Identity(name=name, contact=contact) for name, contact in found]

    def arguments(self) -> dict[str, Any]:
        """The arguments of `register_letter`."""
        typed = dict(self.cleaned_data)
        typed.pop("typed_by")
        is_child = typed.pop("is_child")
        identity = Identity(
            name=typed.pop("name").strip(),
            address=typed.pop("address").strip(),
            contact=typed.pop("contact").strip(),
            kind=Petitioner.Kind.CHILD if is_child else Petitioner.Kind.PERSON,
        )
        others = typed.pop("representatives")
        people = [it for it in (identity, *others) if it]
        official, unit = typed.pop("official"), typed.pop("unit")
        return typed | {
            "petitioners": people,
            "people": max(typed["people"], len(people), 1),
            "named_officials": [official] if official else [],
            "named_units": [unit] if unit else [],
        }


def reception_form(
    data: Mapping[str, Any] | None,
    *,
    user: Account,
    today: date,
    given: Mapping[str, Any] | None = None,
) -> ReceptionRowForm:
    first = {
        "client_key": uuid.uuid4(),
        "received_on": today,
        "channel": Letter.Channel.VISIT,
        "office": user.unit_id,
        "typed_by": user.pk,
        **(given or {}),
    }
    return ReceptionRowForm(data, user=user, today=today, initial=first)
