"""Entries of the audit log in words: what was done to what, and what changed.

A sealed letter is told of by nothing but that: neither its number nor the step.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from cadres.models import AuditEntry
from cadres.reports.source_words import source_in_words
from cadres.rules.settings import SETTINGS

# What is written by no history of its own.
ACTS: dict[str, str | Promise] = {
    "entered": pgettext_lazy("an act", "Entered"),
    "changed": pgettext_lazy("an act", "Changed"),
    "removed": pgettext_lazy("an act", "Taken out"),
    "signed_in": gettext_lazy("Signed in"),
    "signed_out": gettext_lazy("Signed out"),
    "failed": gettext_lazy("Sign-in failed"),
    "factor_failed": gettext_lazy("Second factor failed"),
    "locked_out": gettext_lazy("Sign-in locked"),
    "refused": gettext_lazy("Page refused"),
    "read": gettext_lazy("Log read"),
    "purged": gettext_lazy("Old entries dropped"),
    "load_places": gettext_lazy("Places loaded"),
    "load_outlines": gettext_lazy("Borders of places loaded"),
    "recount_clocks": gettext_lazy("Legal clocks counted anew"),
    "rotate_key": gettext_lazy("Encrypted under a new key"),
    "archive_letters": gettext_lazy("Letters copied for the archives"),
    "export_all": gettext_lazy("All data taken along, encrypted"),
    "export_in_clear": gettext_lazy("All data taken along, in clear"),
}
# Rows that are a part of an object, and what they are called.
PARTS: dict[str, tuple[str, str | Promise]] = {
    "post": ("cadres.Post", gettext_lazy("Post")),
    "contact_point": ("cadres.ContactPoint", gettext_lazy("Contact point")),
    "home_place": ("cadres.Cadre_home_places", gettext_lazy("Home place")),
    "role": ("cadres.RoleGrant", gettext_lazy("Role")),
    "mandate": ("cadres.Mandate", gettext_lazy("Mandate")),
    "became": ("cadres.Succession", gettext_lazy("Became")),
    "came_from": ("cadres.Succession", gettext_lazy("Came from")),
    "archive_copy": ("visits.ArchiveCopy", gettext_lazy("Archive copy")),
    "file": ("visits.Attachment", gettext_lazy("File")),
    "data_request": ("visits.DataRequest", gettext_lazy("Request about data")),
    "handler": ("visits.SealedHandler", gettext_lazy("Named handler")),
    "hold": ("visits.LeaderHold", gettext_lazy("Leader who holds it")),
    "link": ("visits.LetterLink", gettext_lazy("Link to another letter")),
    "named": ("visits.NamedParty", gettext_lazy("Named official or unit")),
    "pressure": ("visits.PressureReport", gettext_lazy("Report of pressure")),
    "recusal": ("visits.Recusal", gettext_lazy("Recusal")),
    "transfer": ("visits.SealTransfer", gettext_lazy("Transfer under seal")),
}
NOTES: dict[str, str | Promise] = {
    "rows": gettext_lazy("Rows"),
    "format": gettext_lazy("Format"),
    "typed": gettext_lazy("Mark of an unknown name"),
    "added": gettext_lazy("New"),
    "loaded": gettext_lazy("Loaded"),
    "letters": gettext_lazy("Letters"),
    "dropped": gettext_lazy("Dropped"),
}
# Columns that no page shows by their own name.
COLUMNS: dict[str, str | Promise] = {
    "content_type": gettext_lazy("Kind of file"),
    "ended_on": gettext_lazy("Ended on"),
    "period": gettext_lazy("Period"),
    "refused_at": gettext_lazy("Refused at"),
    "size": gettext_lazy("Size in bytes"),
    "source": gettext_lazy("Reported by"),
    "state": gettext_lazy("State"),
    "undone_at": gettext_lazy("Undone at"),
}
# By the first of these that it has, a record is called in one line.
NAMES = ("path", "reference", "name", "title", "date")


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str

    @property
    def in_words(self) -> str:
        if self.before and self.after:
            return _("%(field)s: %(before)s → %(after)s") % {
                "field": self.label,
                "before": self.before,
                "after": self.after,
            }
        value = self.after or _("no longer %(value)s") % {"value": self.before}
        return _("%(name)s: %(value)s") % {"name": self.label, "value": value}


@dataclass(frozen=True)
class EntryInWords:
    entry: AuditEntry
    act: str
    object: str
    changes: list[Change]

    @property
    def pk(self) -> int:
        return self.entry.pk

    @property
    def source(self) -> str:
        return source_in_words(self.entry.source)

    @property
    def result(self) -> str:
        return _("done") if self.entry.succeeded else _("failed or refused")

    @property
    def in_words(self) -> str:
        """The changes in one line."""
        return _("; ").join(it.in_words for it in self.changes)


def in_words(entries: Sequence[AuditEntry]) -> list[EntryInWords]:
    """In their order; one query for each kind of record that they speak of."""
    return Speaker(entries).told()


class Speaker:
    def __init__(self, entries: Sequence[AuditEntry]) -> None:
        self.entries = entries
        self.names: dict[type[models.Model], dict[str, str]] = {}
        self.sealed: set[tuple[type[models.Model], str]] = set()
        for model, keys in self._asked().items():
            self.names[model] = self._read(model, keys)

    def told(self) -> list[EntryInWords]:
        return [self._tell(entry) for entry in self.entries]

    def _tell(self, entry: AuditEntry) -> EntryInWords:
        model = _model(entry.object_type)
        if model and (model, entry.object_key) in self.sealed:
            name = capfirst(str(model._meta.verbose_name))
            sealed = pgettext("in place of a number", "sealed")
            return EntryInWords(entry, str(_("Step or look")), f"{name} ({sealed})", [])
        return EntryInWords(
            entry, self._act(entry), self._object(entry), list(self._changes(entry))
        )

    def _act(self, entry: AuditEntry) -> str:
        word: Any = ACTS.get(entry.act)
        table = entry.refers_to.partition(":")[0]
        for name in ("step", "kind"):
            choices = _choices(_by_table().get(table), name)
            word = choices.get(entry.act, word)
        part = PARTS.get(entry.details.get("part", ""))
        said = str(word or entry.act)
        return _("%(part)s: %(act)s") % {"part": part[1], "act": said} if part else said

    def _object(self, entry: AuditEntry) -> str:
        model = _model(entry.object_type)
        if model is None:
            return ""
        if entry.object_type == "cadres.setting":
            known = SETTINGS.get(entry.object_key)
            return str(known.label) if known else entry.object_key
        name = self.names.get(model, {}).get(entry.object_key)
        if name is None and entry.object_key:
            name = f"#{entry.object_key}"
        return capfirst(" ".join(filter(None, [str(model._meta.verbose_name), name])))

    def _changes(self, entry: AuditEntry) -> Iterable[Change]:
        before, after = entry.details.get("before"), entry.details.get("after")
        if entry.object_type == "cadres.setting":
            label = str(_("Value"))
            yield Change(label, _or_default(before), _or_default(after))
            return
        if isinstance(before, dict) or isinstance(after, dict):
            model = _part_model(entry)
            was, now_is = before or {}, after or {}
            for column in {**was, **now_is}:
                yield Change(
                    _label(model, column),
                    self._value(model, column, was.get(column)),
                    self._value(model, column, now_is.get(column)),
                )
        for name, called in NOTES.items():
            if name in entry.details:
                yield Change(str(called), "", str(entry.details[name]))

    def _value(self, model: type[models.Model] | None, column: str, value: Any) -> str:
        if value in (None, ""):
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        field = _field(model, column)
        if field is not None and field.related_model:
            return self.names.get(field.related_model, {}).get(str(value), f"#{value}")
        choices = dict(getattr(field, "flatchoices", ()))
        if value in choices:
            return str(choices[value])
        return _moment(str(value))

    def _asked(self) -> Mapping[type[models.Model], set[str]]:
        asked: dict[type[models.Model], set[str]] = defaultdict(set)
        for entry in self.entries:
            if (model := _model(entry.object_type)) and entry.object_key:
                asked[model].add(entry.object_key)
            part = _part_model(entry)
            for side in ("before", "after"):
                values = entry.details.get(side)
                for column, value in values.items() if isinstance(values, dict) else ():
                    field = _field(part, column)
                    if field is not None and field.related_model and value:
                        asked[field.related_model].add(str(value))
        return asked

    def _read(self, model: type[models.Model], keys: set[str]) -> dict[str, str]:
        fields = {it.name for it in model._meta.concrete_fields}
        name = next((it for it in NAMES if it in fields), None)
        if name is None or not all(key.isdecimal() for key in keys):
            return {}
        columns = [name, *(["is_sealed"] if "is_sealed" in fields else [])]
        found = {}
        for row in model._default_manager.filter(pk__in=keys).values("pk", *columns):
            key, word = str(row["pk"]), row[name]
            if row.get("is_sealed"):
                self.sealed.add((model, key))
            if name == "reference":
                word = f"{word[:4]}-{word[4:]}"
            found[key] = date_format(word) if name == "date" else str(word)
        return found


def _moment(text: str) -> str:
    """A day or a moment as people write it; any other text as it is."""
    with suppress(ValueError):
        if len(text) == 10 and (day := parse_date(text)):
            return date_format(day)
        if "T" in text and (moment := parse_datetime(text)):
            return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
    return text


def _model(label: str) -> type[models.Model] | None:
    try:
        return apps.get_model(label) if label else None
    except LookupError:
        return None


@cache
def _by_table() -> dict[str, type[models.Model]]:
    return {it._meta.db_table: it for it in apps.get_models()}


def _part_model(entry: AuditEntry) -> type[models.Model] | None:
    part = PARTS.get(entry.details.get("part", ""))
    return _model(part[0] if part else entry.object_type)


def _field(
    model: type[models.Model] | None, column: str
) -> "models.Field[Any, Any] | None":
    for field in model._meta.concrete_fields if model else ():
        if field.column == column:
            return field
    return None


def _label(model: type[models.Model] | None, column: str) -> str:
    field = _field(model, column)
    if field is None:
        return column
    plain = field.name.replace("_", " ")
    if field.verbose_name == plain and column in COLUMNS:
        return str(COLUMNS[column])
    if field.related_model and field.verbose_name == plain:
        return capfirst(str(field.related_model._meta.verbose_name))
    return capfirst(str(field.verbose_name))


def _choices(model: type[models.Model] | None, name: str) -> dict[str, Any]:
    try:
        field = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return {}
    return dict(getattr(field, "flatchoices", ()))


def _or_default(value: Any) -> str:
    return str(_("default")) if value is None else str(value)
