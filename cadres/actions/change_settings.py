from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Setting, SettingChange
from cadres.rules.settings import SETTINGS

LOCK = 0x5E771465  # two changes at once wait for each other


@transaction.atomic
def change_settings(
    *, by: Account, now: datetime, values: Mapping[str, int | None]
) -> list[SettingChange]:
    """Set these settings; None brings the default back. Each change is recorded.

    Returns what has changed; a value that stood already is no change.

    Raises:
        ValidationError: keyed by setting; unknown, or outside its bounds.
    """
    faults = {
        name: text for name, value in values.items() if (text := _fault(name, value))
    }
    if faults:
        raise ValidationError(faults)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    own = dict(Setting.objects.filter(name__in=values).values_list("name", "value"))
    changes = [
        SettingChange(name=name, before=own.get(name), after=value, by=by, at=now)
        for name, value in values.items()
        if own.get(name) != value
    ]
    for change in changes:
        if change.after is None:
            Setting.objects.filter(name=change.name).delete()
        else:
            Setting.objects.update_or_create(
                name=change.name, defaults={"value": change.after}
            )
    SettingChange.objects.bulk_create(changes)
    return changes


def _fault(name: str, value: int | None) -> ValidationError | None:
    if name not in SETTINGS:
        return ValidationError(_("There is no such setting."), code="unknown")
    choice = SETTINGS[name]
    if value is None or choice.least <= value <= choice.most:
        return None
    return ValidationError(
        _("Enter a whole number from %(least)s to %(most)s."),
        code="out_of_bounds",
        params={"least": choice.least, "most": choice.most},
    )
