"""Load an office's own borders, for the map of where to go."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

from django.db import transaction

from cadres.actions.write_audit import write_audit
from cadres.models import AuditEntry, District, Outline
from cadres.rules.outlines import NoOutline, own_code, rings_of

CODE_NAMES = ("code", "adcode")
BATCH = 500


class NotGeoJson(Exception):
    """The file is no FeatureCollection of GeoJSON."""


@dataclass
class OutlineReport:
    """What was loaded, and which feature (the first is 1) was refused, and why."""

    loaded: int = 0
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    is_loaded: bool = False


@transaction.atomic
def load_outlines(
    file: IO[str], *, on: date, keep_going: bool = False
) -> OutlineReport:
    """Keep the border of each place that the file names by its code.

    A place that has one already gets the new one. With a feature refused nothing is
    loaded, unless `keep_going`.

    Raises:
        NotGeoJson: see there.
    """
    report = OutlineReport()
    found = dict(_readable(file, report))
    places = District.objects.real().valid(on=on).filter(code__in=list(found))
    by_code = dict(places.values_list("code", "pk"))
    rows = []
    for code, (number, rings) in found.items():
        if code in by_code:
            rows.append(Outline(place_id=by_code[code], rings=rings, loaded_on=on))
        else:
            report.refused.append((number, code, "no place has this code today"))
    report.loaded = len(rows)
    report.refused.sort()
    report.is_loaded = keep_going or not report.refused
    if report.is_loaded:
        Outline.objects.bulk_create(
            rows,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["place"],
            update_fields=["rings", "loaded_on"],
        )
        write_audit(AuditEntry.Kind.COMMAND, "load_outlines", loaded=report.loaded)
    return report


def _readable(
    file: IO[str], report: OutlineReport
) -> Iterator[tuple[str, tuple[int, Any]]]:
    try:
        data = json.load(file)
    except (ValueError, RecursionError) as error:
        raise NotGeoJson from error
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list):
        raise NotGeoJson
    seen: set[str] = set()
    for number, feature in enumerate(features, start=1):
        code = _code_of(feature)
        try:
            if not code:
                raise NoOutline("it has no code")
            if code in seen:
                raise NoOutline("its code stands twice")
            seen.add(code)
            yield code, (number, rings_of(feature.get("geometry")))
        except NoOutline as why:
            report.refused.append((number, code, str(why)))


def _code_of(feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return ""
    for name in CODE_NAMES:
        if code := own_code(properties.get(name)):
            return code
    return ""
