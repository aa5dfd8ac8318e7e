"""What the steps of an on-the-spot matter record: each field's kind, words, limits."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from visits.rules.letter_records import Field, Words
from visits.rules.matter_states import Finding, PeopleWord, UnitWord

FIELDS: dict[str, Field] = {
    "subject": Field(pgettext_lazy("on the spot", "Matter"), "line", most=200),
    "decision": Field(_("Decision"), most=500),
    "lead_unit": Field(_("Lead unit"), "line", most=100),
    "supporting": Field(
        _("Supporting units"),
        "line",
        help=_("Several are divided by commas."),
        most=200,
    ),
    "person": Field(_("Person in charge"), "line", most=50),
    "due_on": Field(_("Deadline"), "date"),
    "procedure": Field(
        _("Procedure of its own"),
        "line",
        help=_("Where it needs law, money or a plan: name the procedure it goes by."),
        most=200,
    ),
    "is_public": Field(
        _("Public matter"), "yes", help=_("Two villagers say whether it is settled.")
    ),
    "reasons": Field(_("Reasons")),
    "report": Field(_("Progress")),
    "unit_word": Field(_("Word of the unit"), "choice", UnitWord),
    "result": Field(_("What was done, or why not")),
    "says": Field(_("Word of the people"), "choice", PeopleWord),
    "statement": Field(
        _("In their own words"), help=_("No names, no addresses, no numbers.")
    ),
    "witness": Field(
        _("Name of the witness on the paper"),
        "line",
        help=_("Kept encrypted, shown masked."),
        most=50,
    ),
    "look_back_on": Field(_("Look back on"), "date"),
    "finding": Field(_("What the look back found"), "choice", Finding),
    "new_due_on": Field(_("New date"), "date"),
    "slips": Field(_("Slips"), "line", most=2),
}
# What the history tells with the value before it.
CHANGED = ("subject", "decision", "lead_unit", "due_on", "is_public")


def to_json(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as it is kept: days as ISO text; a witness has a column of their own."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in record.items()
        if value not in (None, "", False) and name != "witness"
    }


def in_words(record: Mapping[str, Any]) -> list[tuple[Words, Any]]:
    """A kept record for people, in the order of FIELDS: label and value."""
    found: list[tuple[Words, Any]] = []
    for name, field in FIELDS.items():
        if name in record:
            found.append((field.label, _value(field, record[name])))
        if before := record.get(f"before_{name}"):
            label = _("%(what)s, before") % {"what": field.label}
            found.append((label, _value(field, before)))
    return found


def _value(field: Field, value: Any) -> Any:
    if field.kind == "date":
        return date.fromisoformat(value)
    if field.choices and value in field.choices.values:
        return field.choices(value).label
    if field.kind == "yes":
        return _("yes") if value else _("no")
    return value
