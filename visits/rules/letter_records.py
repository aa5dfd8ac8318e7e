"""What the steps of a letter record: each field's kind, words and limits (7.4)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from visits.rules.letter_states import Category

Words = str | Promise


class Channel(TextChoices):
    """By which way a letter came in (Art. 17)."""

    ONLINE = "online", _("Online")
    LETTER = "letter", _("Letter")
    PHONE = "phone", _("Phone call")
    FAX = "fax", _("Fax")
    VISIT = "visit", _("Visit")
    HANDED = "handed", _("Handed over on a visit")
    OTHER = "other", _("Other")


class IdentityDocument(TextChoices):
    """What kind of document was looked at; no number of it is kept (7.1)."""

    CARD = "card", _("Identity card")
    HOUSEHOLD = "household", _("Household register")
    PASSPORT = "passport", _("Passport or travel permit")
    LICENCE = "licence", _("Licence of the organisation")
    MANDATE = "mandate", _("Written mandate")
    OTHER = "other", _("Other document")


class Route(TextChoices):
    """Art. 31: by which procedure a request is dealt with."""

    PETITION = "petition", _("Petition procedure, Art. 31(6)")
    ADMINISTRATIVE = "administrative", _("Administrative procedure, Art. 31(4)")
    DUTY = "duty", _("Statutory duty of the organ, Art. 31(5)")
    ARBITRATION = "arbitration", _("Arbitration, Art. 31(2)")
    PARTY = "party", _("Party appeal, Art. 31(3)")
    STUDY = "study", _("Study of a suggestion, Art. 29")


class Ground(TextChoices):
    """Why a matter is not accepted."""

    REPEATED = "repeated", _("Same facts being handled, Art. 19(3)")
    ENDED = "ended", _("Same facts after the procedure ended, Art. 36(3)")
    OTHER_ROUTE = "other_route", _("Another legal way, Art. 31")
    OUTSIDE = "outside", _("Outside this organ’s remit, Art. 23")


class Delivery(TextChoices):
    """How a paper reached the petitioner."""

    HAND = "hand", _("Handed over against signature")
    POST = "post", _("Registered post")
    ONLINE = "online", _("Online")
    PHONE = "phone", _("Read out by phone")
    LEFT = "left", _("Left at the address with a witness")
    WAIVED = "waived", _("Waived: anonymous or unclear address, Art. 23")


class ReviewResult(TextChoices):
    KEPT = "kept", _("Opinion kept")
    CHANGED = "changed", _("Opinion changed")


class Retention(TextChoices):
    PERMANENT = "permanent", _("Permanent")
    Y30 = "30", _("30 years")
    Y10 = "10", _("10 years")


class Outcome(TextChoices):
    SUPPORTED = "supported", _("Supported")
    EXPLAINED = "explained", _("Explained")
    NOT_SUPPORTED = "not_supported", _("Not supported")


class Danger(TextChoices):
    """What alone makes a letter urgent (handbook 12.5)."""

    LIFE = "life", _("Life")
    HEALTH = "health", _("Health")
    CHILDREN = "children", _("Children")
    SHELTER = "shelter", _("Shelter")
    MASS = "mass", _("Harm to many people")


class FreeWill(TextChoices):
    """What the petitioner says when called after a withdrawal."""

    FREE = "free", _("Withdrew of their own free will")
    GOES_ON = "goes_on", _("Wants the matter to go on")
    NOT_REACHED = "not_reached", _("Not reached after several tries")


class Adopted(TextChoices):
    ADOPTED = "adopted", _("Adopted")
    PARTLY = "partly", _("Partly adopted")
    NOT_ADOPTED = "not_adopted", _("Not adopted")


@dataclass(frozen=True)
class Field:
    """One thing to record: text, line, date, choice, days, yes, or a row.

    Rows are of units, accounts and officials; they stand in columns of their own.
    """

    label: Words
    kind: str = "text"
    choices: type[TextChoices] | None = None
    help: Words = ""
    most: int = 2000  # characters; for days, the largest number


FIELDS: dict[str, Field] = {
    "category": Field(_("Category"), "choice", Category),
    "named_official": Field(
        _("Official complained about"),
        "official",
        help=_("If it is an accusation: they are kept away from it at once."),
    ),
    "named_unit": Field(_("or unit complained about"), "unit"),
    "split_into": Field(_("Reference of the second matter"), "line", most=8),
    "handler": Field(_("Handler"), "account"),
    "to_unit": Field(_("Unit"), "unit"),
    "reasons": Field(_("Reasons")),
    "report_on": Field(_("Report due on"), "date"),
    "proposal": Field(_("Proposal")),
    "where_to": Field(
        _("Where to go"), help=_("In writing, with the name of the organ.")
    ),
    "decision": Field(_("What was decided")),
    "accepted_on": Field(_("Accepted on"), "date"),
    "route": Field(_("Procedure"), "choice", Route),
    "delivered_how": Field(_("Delivered"), "choice", Delivery),
    "received_on": Field(
        _("Received by the petitioner on"),
        "date",
        help=_("Only a proven delivery starts the petitioner’s own window."),
    ),
    "ground": Field(_("Ground"), "choice", Ground),
    "facts": Field(_("Facts found"), most=5000),
    "law": Field(_("Law and policy")),
    "held_on": Field(_("Held on"), "date"),
    "agreement": Field(_("What was agreed")),
    "days": Field(
        _("Number of days"), "days", most=30, help=_("At most 30 in total (Art. 34).")
    ),
    "told_on": Field(_("Petitioner told on"), "date"),
    "outcome": Field(_("Outcome"), "choice", Outcome),
    "opinion": Field(_("Opinion"), most=5000),
    "legal_basis": Field(_("Legal basis")),
    "remedy": Field(
        _("Remedy and its period"),
        "line",
        most=200,
        help=_("Where and until when a review can be asked for (Art. 35)."),
    ),
    "adopted": Field(_("Adopted"), "choice", Adopted),
    "requested_on": Field(_("Requested on"), "date"),
    "result": Field(_("Result"), "choice", ReviewResult),
    "delivery_checked": Field(
        _("The delivery is checked, and no request has come"), "yes"
    ),
    "help_given": Field(_("Help or guidance given")),
    "retention": Field(_("Retention"), "choice", Retention),
    "reported_to": Field(_("Reported to"), "line", most=200),
    "report": Field(_("Report")),
    "hearing_first": Field(_("First day of the hearing"), "date"),
    "hearing_last": Field(_("Last day of the hearing"), "date"),
    "statement": Field(
        _("The petitioner’s own words"),
        help=_("Someone else will call later to ask whether it was free will."),
    ),
    "target_on": Field(
        _("Internal target"), "date", help=_("The office’s own; no law sets a limit.")
    ),
    "limit_on": Field(_("Last day by the other law"), "date"),
    "limit_law": Field(_("That law and its article"), "line", most=100),
    "carry_out_by": Field(_("To be carried out by"), "date"),
    "danger": Field(_("Danger to"), "choice", Danger),
    "urgent_reason": Field(_("Why urgent"), "line", most=200),
    "called_on": Field(_("Called on"), "date"),
    "free_will": Field(_("What the petitioner says"), "choice", FreeWill),
    "call_words": Field(_("In the petitioner’s own words")),
    "archive_receipt": Field(_("Receipt of the archives"), "line", most=50),
}


# What was registered and can be corrected; the history keeps what stood there before.
CORRECTED: dict[str, Field] = {
    "received_on": Field(_("Received on"), "date"),
    "channel": Field(_("Channel"), "choice", Channel),
    "place": Field(_("Place")),
    "subject": Field(_("Subject")),
    "request": Field(_("Request")),
    "facts": Field(_("Facts and reasons")),
    "is_oral": Field(_("Oral statement, written down faithfully"), "yes"),
    "is_read_back": Field(_("Read back"), "yes"),
    "people": Field(_("Number of people")),
    "identity_document": Field(_("Identity checked by"), "choice", IdentityDocument),
    "keep_name_secret": Field(_("Keep the name secret"), "yes"),
    "no_phone_calls": Field(_("No phone calls"), "yes"),
    "help_wanted": Field(_("Help wanted")),
    "external_ref": Field(_("Number in the official system")),
}
FIELDS |= {
    f"was_{name}": replace(field, label=format_lazy("{}: {}", _("Before"), field.label))
    for name, field in {**CORRECTED, "stop": Field(_("Visit"))}.items()
}
ROWS = ("unit", "account", "official")


def to_json(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as it is kept: days as ISO text; the unit has its own column."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in record.items()
        if value not in (None, "") and FIELDS[name].kind not in ROWS
    }


def in_words(record: Mapping[str, Any]) -> list[tuple[Words, Any]]:
    """A kept record for people, in the order of FIELDS: label and value, days as dates.

    What JSON columns keep has lost the order in which it was written.
    """
    found: list[tuple[Words, Any]] = []
    for name, field in FIELDS.items():
        if name not in record:
            continue
        value = record[name]
        if field.kind == "date":
            found.append((field.label, date.fromisoformat(value)))
        elif field.choices and value in field.choices.values:
            found.append((field.label, field.choices(value).label))
        elif field.kind == "yes":
            # Behind a seal, everything is text.
            found.append((field.label, _("no") if str(value) == "False" else _("yes")))
        else:
            found.append((field.label, value))
    return found
