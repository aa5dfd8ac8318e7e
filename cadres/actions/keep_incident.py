from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Incident, IncidentEvent

ENCODER = DjangoJSONEncoder()


@transaction.atomic
def enter_incident(*, by: Account, now: datetime, **values: Any) -> Incident:
    """Keep a record from the moment on that something is noticed.

    Raises:
        ValidationError: keyed by field.
    """
    incident = Incident(entered_by=by, **values)
    _check(incident, now)
    incident.save()
    IncidentEvent.objects.create(incident=incident, by=by, at=now)
    return incident


@transaction.atomic
def change_incident(
    incident: Incident, *, by: Account, now: datetime, version: int, **values: Any
) -> Incident:
    """Write on; every earlier version stays in the history.

    Raises:
        ValidationError: keyed by field; code `stale`, `closed`.
    """
    incident = _locked(incident, version)
    before = {
        name: getattr(incident, name)
        for name, value in values.items()
        if getattr(incident, name) != value
    }
    if not before:
        return incident
    for name in before:
        setattr(incident, name, values[name])
    incident.version += 1
    _check(incident, now)
    incident.save()
    written = {name: _plain(value) for name, value in before.items()}
    IncidentEvent.objects.create(incident=incident, by=by, at=now, before=written)
    return incident


@transaction.atomic
def close_incident(
    incident: Incident, *, by: Account, now: datetime, version: int
) -> Incident:
    """End it (PIPL Art. 57): measures, the authority told, the persons told or why not.

    Raises:
        ValidationError: code `stale`, `closed`; `open_ends` with what is missing.
    """
    incident = _locked(incident, version)
    names = {field.name: str(field.verbose_name) for field in Incident._meta.fields}
    missing = [
        names[name]
        for name in ("measures", "authority", "authority_told_at")
        if not getattr(incident, name)
    ]
    if not (incident.persons_told_at or incident.not_told_because):
        missing.append(names["persons_told_at"])
    if missing:
        raise ValidationError(
            _("Still missing: %(what)s."),
            code="open_ends",
            params={"what": _(", ").join(missing)},
        )
    incident.closed_at = now
    incident.version += 1
    incident.save()
    IncidentEvent.objects.create(incident=incident, by=by, at=now, closed=True)
    return incident


def _locked(incident: Incident, version: int) -> Incident:
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    if incident.closed_at:
        raise ValidationError(_("This incident is closed."), code="closed")
    if incident.version != version:
        text = _("Someone has changed it since you opened it; look at it again.")
        raise ValidationError(text, code="stale")
    return incident


def _check(incident: Incident, now: datetime) -> None:
    for name in ("noticed_at", "authority_told_at", "persons_told_at"):
        moment = getattr(incident, name)
        if moment and moment > now:
            text = _("This moment lies ahead.")
            raise ValidationError({name: ValidationError(text, code="future")})
    incident.full_clean()


def _plain(value: Any) -> str:
    return "" if value is None else str(ENCODER.encode(value)).strip('"')
