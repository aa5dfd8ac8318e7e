from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from cadres.actions.refusals import refuse, stale
from cadres.models import Account, Unit
from cadres.reports.fingerprint import fingerprint


@transaction.atomic
def enter_unit(**fields: Any) -> Unit:
    """Enter a unit: name, level, place, kind, superior, dissolved_into."""
    return _write(Unit(), fields)


@transaction.atomic
def change_unit(unit: Unit, *, by: Account, seen: str, **fields: Any) -> Unit:
    """Change a unit. `seen` is its fingerprint as shown.

    A unit that is dissolved hands on what it has in hand in the same transaction: the
    settings name who does that, for this app knows nothing of it.

    Raises:
        ValidationError: code `stale`; for `superior` or `dissolved_into`, code `cycle`.
    """
    _lock_tree()
    unit = Unit.objects.get(pk=unit.pk)
    if fingerprint(unit) != seen:
        raise stale()
    before = unit.dissolved_into_id
    unit = _write(unit, fields)
    if unit.dissolved_into_id and unit.dissolved_into_id != before:
        hand_on = import_string(settings.HAND_ON_TO_SUCCESSOR)
        hand_on(unit, by=by, now=timezone.localtime())
    return unit


def _lock_tree() -> None:
    """One change of the tree at a time: two of them could close a circle together.

    Reading units, and referring to them, goes on meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {Unit._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def _write(unit: Unit, fields: dict[str, Any]) -> Unit:
    for name, value in fields.items():
        setattr(unit, name, value)
    if unit.superior and unit.superior.level > unit.level:
        text = _("A superior unit cannot be of a lower level.")
        refuse("superior", text, code="lower")
    _check_circle(unit, "superior", _("This unit would be its own superior."))
    text = _("This unit would take over its own matters.")
    _check_circle(unit, "dissolved_into", text)
    unit.full_clean()
    unit.save()
    return unit


def _check_circle(unit: Unit, link: str, text: Any) -> None:
    # Read anew under the lock: what the form has loaded may be of before it.
    above: int | None = getattr(unit, f"{link}_id")
    seen: set[int] = set()
    while above and above not in seen:
        if above == unit.pk:
            refuse(link, text, code="cycle")
        seen.add(above)
        above = Unit.objects.values_list(f"{link}_id", flat=True).get(pk=above)
