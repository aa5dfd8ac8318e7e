"""A leader takes up a topic, or changes what stands about it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from cadres.models import Account, Cadre
from visits.actions.move_investigation import happened, locked, save
from visits.models import Investigation, StudyArea, VisitOfficial
from visits.rules.investigation_states import StudyStep
from visits.rules.study_records import changes

TALKED = (
    "talked_residents",
    "talked_cadres",
    "talked_firms",
    "talked_experts",
    "talked_units",
)
WRITTEN = (
    "topic",
    "area",
    "kind",
    "methods",
    "opened_on",
    "ends_on",
    *TALKED,
    "report",
    "follow_up",
)


def open_investigation(
    *,
    by: Account,
    now: datetime,
    leader: Cadre,
    client_key: uuid.UUID,
    topic: str,
    opened_on: date,
    area: StudyArea | None = None,
    kind: str = "",
    methods: Sequence[str] = (),
    ends_on: date | None = None,
    **more: Any,
) -> Investigation:
    """Open a topic; sent twice with one `client_key`, it is one.

    Raises:
        ValidationError: keyed by field; code `unique` when the leader has this topic.
    """
    known = Investigation.objects.filter(recorded_by=by, client_key=client_key)
    if found := known.first():
        return found
    row = Investigation(
        leader=leader,
        unit=leader.unit,
        recorded_by=by,
        client_key=client_key,
        topic=topic.strip(),
        opened_on=opened_on,
        area=area,
        kind=kind,
        methods=list(methods),
        ends_on=ends_on,
        **more,
    )
    try:
        with transaction.atomic():
            row.full_clean()
            row.save()
            happened(
                row, StudyStep.BEGIN, by=by, now=now, record=_snapshot(row), was=""
            )
    except IntegrityError:
        # The same form, sent twice at once: the first one to arrive has won.
        if found := known.first():
            return found
        row.full_clean()
        raise
    return row


def named_in_log(
    topic: str, *, lead: VisitOfficial, opened_on: date, by: Account, now: datetime
) -> Investigation:
    """The topic of the leader that a log names; the first log to name it opens it.

    Nobody stands as having recorded it: until others may know of a visit that added to
    it, it is known to its leader alone.
    """
    row, is_new = Investigation.objects.get_or_create(
        leader=lead.official,
        topic=topic,
        defaults={"opened_on": opened_on, "unit": lead.unit},
    )
    if is_new:
        begun = {"topic": topic, "opened_on": opened_on}
        happened(row, StudyStep.BEGIN, by=by, now=now, record=begun, was="")
    return row


@transaction.atomic
def change_investigation(
    investigation: Investigation,
    *,
    by: Account,
    now: datetime,
    version: int,
    **written: Any,
) -> Investigation:
    """Change what stands about a topic; what stood there before stays in the history.

    Raises:
        Refusal: code `stale`, `ended`.
        ValidationError: keyed by field.
    """
    held = locked(investigation, version=version)
    before = _snapshot(held)
    for name in WRITTEN:
        if name in written:
            value = written[name]
            setattr(held, name, value.strip() if isinstance(value, str) else value)
    after = _snapshot(held)
    if after == before:
        return held
    save(held)
    more = changes(before, after, WRITTEN)
    happened(held, StudyStep.CHANGE, by=by, now=now, record={}, more=more)
    return held


def _snapshot(row: Investigation) -> Mapping[str, Any]:
    found = {name: getattr(row, name) for name in WRITTEN}
    return found | {"area": str(row.area or ""), "methods": list(row.methods)}
