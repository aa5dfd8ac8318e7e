"""Where to go as a map, when the office has loaded its own borders."""

from dataclasses import dataclass, field

from cadres.models import Outline
from cadres.rules.outlines import Frame, Ring, middle_of
from visits.reports.where_to_go import Group, Line

LETTER = 15  # width of one letter of a name, in units of the map's own paper


@dataclass(frozen=True)
class Shape:
    """One place on the map; its name stands there if it is wide enough."""

    line: Line
    path: str
    x: int
    y: int
    is_named: bool


@dataclass
class WhereMap:
    """Shapes, and below them the tiles of all places without a border."""

    frame: Frame
    shapes: list[Shape]
    rest: list[Group] = field(default_factory=list)


def where_map(groups: list[Group]) -> WhereMap | None:
    """A shape for each township that has a border; else one for its whole county.

    The figures are those of the tiles. None when no border is known.
    """
    lines = [it for group in groups for it in (group.whole, *group.tiles)]
    known: dict[int, list[Ring]] = dict(
        Outline.objects.filter(place__in=[line.place.pk for line in lines]).values_list(
            "place", "rings"
        )
    )
    drawn: list[Line] = []
    rest: list[Group] = []
    for group in groups:
        found = [line for line in group.tiles if line.place.pk in known]
        if not found and group.whole.place.pk in known:
            drawn.append(group.whole)
            continue
        drawn += found
        others = [line for line in group.tiles if line.place.pk not in known]
        if others:
            rest.append(Group(group.whole, others))
    if not drawn:
        return None
    frame = Frame.around(ring for line in drawn for ring in known[line.place.pk])
    shapes = [_shape(frame, line, known[line.place.pk]) for line in drawn]
    return WhereMap(frame, shapes, rest)


def _shape(frame: Frame, line: Line, rings: list[Ring]) -> Shape:
    x, y = frame.spot(middle_of(rings))
    dots = [frame.spot(point)[0] for ring in rings for point in ring]
    room = max(dots) - min(dots)
    is_named = room >= LETTER * len(line.place.short_name)
    return Shape(line, frame.path(rings), x, y, is_named)
