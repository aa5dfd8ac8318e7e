"""Forms typed while someone else changed the visit: show both, lose neither."""

from typing import Any

from django import forms

from visits.models import Visit
from visits.reports.visit_snapshot import in_words


def changed_meanwhile(visit: Visit, form: forms.Form) -> list[dict[str, Any]]:
    """What others did to the visit since the version that the form shows.

    Every change of a visit's version has one event that says what changed.
    """
    visit.refresh_from_db()
    missed = visit.version - (form.cleaned_data.get("version") or 0)
    events = visit.events.exclude(changes={}).select_related("by")
    return [
        {"event": event, "changes": in_words(event.changes)}
        for event in events.order_by("-at", "-pk")[: min(max(missed, 1), 20)]
    ]


def show_newest(form: forms.Form, version: int) -> None:
    """Keep all that was typed, to be saved over the version that is shown now."""
    data: Any = form.data
    form.data = data.copy()
    form.data["version"] = str(version)  # type: ignore[index]


def renew_version(visit: Visit, form: forms.Form) -> None:
    """Once both versions are shown, the next save wins."""
    form.data = dict(form.data.items()) | {"version": str(visit.version)}
