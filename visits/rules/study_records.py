"""What the steps of investigations and their problems record: kinds, words, limits."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from visits.rules.investigation_states import StudyKind, StudyMethod
from visits.rules.letter_records import Field, Words
from visits.rules.problem_states import AnswerKind, LookBack, ProblemLevel

SEVERAL = _("Several are divided by commas.")
NO_NAMES = _("No names of people who spoke to you.")
FIELDS: dict[str, Field] = {
    # One row of the three lists.
    "text": Field(_("Problem"), "line", help=NO_NAMES, most=300),
    "root_cause": Field(_("Root cause"), most=500),
    "level": Field(_("Where it can be solved"), "choice", ProblemLevel),
    "measure": Field(_("Measure"), most=500),
    "lead_unit": Field(_("Lead unit"), "line", most=100),
    "supporting": Field(_("Supporting units"), "line", help=SEVERAL, most=200),
    "person": Field(_("Person in charge"), "line", most=50),
    "due_on": Field(_("Deadline"), "date"),
    "evidence": Field(_("Evidence"), help=NO_NAMES, most=500),
    "passed_to": Field(_("Unit above"), "unit"),
    "asked": Field(_("What is asked of the unit above"), most=500),
    "answer_kind": Field(_("Kind of answer"), "choice", AnswerKind),
    "answer": Field(_("Answer"), most=500),
    "handed_to": Field(_("Handed over to"), "line", most=100),
    "look_back_on": Field(_("Look back on"), "date"),
    "look_back": Field(_("What the look back found"), "choice", LookBack),
    "look_back_text": Field(
        _("In words: what was found on looking back"), help=NO_NAMES, most=500
    ),
    "reason": Field(_("Reason"), "line", most=200),
    "matter": Field(_("On-the-spot matter"), "line", most=10),
    # The investigation itself.
    "topic": Field(_("Topic"), "line", most=200),
    "area": Field(_("Subject area"), "line", most=50),
    "kind": Field(_("Kind"), "choice", StudyKind),
    "methods": Field(_("Methods"), "choices", StudyMethod),
    "opened_on": Field(_("Opened on"), "date"),
    "ends_on": Field(_("To be finished by"), "date"),
    "talked_residents": Field(_("Residents and villagers"), "number"),
    "talked_cadres": Field(_("Officials at the grassroots"), "number"),
    "talked_firms": Field(_("Firms and cooperatives"), "number"),
    "talked_experts": Field(_("Experts"), "number"),
    "talked_units": Field(_("Departments"), "number"),
    "report": Field(
        _("What came of it"),
        help=_("A few lines, or where the report lies. No report is needed."),
        most=1000,
    ),
    "follow_up": Field(_("Follow-up"), "line", most=200),
    "place": Field(_("Place"), "line", most=300),
    "despite": Field(
        _("Reason to go there all the same"), "line", most=200
    ),
    "finding": Field(_("Finding"), most=300),
    "where": Field(_("Where it is put to use"), "line", most=200),
    "used_on": Field(_("Put to use on"), "date"),
    "effect": Field(_("Effect"), most=300),
    "problems": Field(_("Problems handed over with it"), "number"),
}  # fmt: skip


def to_json(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as it is kept: days as ISO text, and nothing empty."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in record.items()
        if value not in (None, "", [], 0)
    }


def earlier(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What stood there before, of what has changed; nothing is overwritten unseen."""
    changed = {name: it for name, it in before.items() if it != after[name]}
    return {f"before_{name}": value for name, value in to_json(changed).items()}


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Collection[str]
) -> dict[str, Any]:
    """What `names` have become and what they were, of those that have changed."""
    changed = {name: after[name] for name in names if after[name] != before[name]}
    emptied = {name: it for name, it in changed.items() if it in (None, "", [], 0)}
    return to_json(changed) | earlier(before, after) | dict.fromkeys(emptied, "")


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
    if value == "":
        return "—"
    if field.kind == "date":
        return date.fromisoformat(value)
    if field.kind == "choices" and field.choices:
        labels = [str(field.choices(it).label) for it in value if it in field.choices]
        return "、".join(labels)
    if field.choices and value in field.choices.values:
        return field.choices(value).label
    return value
