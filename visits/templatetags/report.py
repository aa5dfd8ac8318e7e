"""The lines of a report's table: a page has hundreds of cells.

Whatever comes from elsewhere is escaped where it is put in, by the plain function:
`format_html` takes four times as long to find out what it was given.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from visits.reports.coverage import Tile
from visits.reports.table import Cell, Line

register = template.Library()


@register.simple_tag
def report_lines(lines: Sequence[Line]) -> SafeString:
    return SafeString("\n".join(_line(it) for it in lines))


@register.simple_tag
def report_footers(lines: Sequence[Line]) -> SafeString:
    """The total, and those of the periods before."""
    kinds = ("", *[' class="before"'] * (len(lines) - 1))
    return SafeString("\n".join(map(_line, lines, kinds)))


def _line(line: Line, kind: str = "") -> str:
    label = escape(line.label)
    if line.url:
        label = f'<a class="title" href="{escape(line.url)}">{label}</a>'
    note = f'<span class="line">{escape(line.note)}</span>' if line.note else ""
    cells = "".join(map(_cell, line.cells))
    return f'<tr{kind}><th scope="row">{label}{note}</th>{cells}</tr>'


@register.filter
def td(cell: Cell) -> SafeString:
    return SafeString(_cell(cell))


def _cell(cell: Cell) -> str:
    text, url, note, note_url, kind, _value, parts, links = cell
    if links:
        bar = _bar(text, parts) if parts else ""
        words = " · ".join(_link(it, to) for it, to in links)
        return f'<td class="mix">{bar}<span class="line">{words}</span></td>'
    said = escape(text)
    state = f' class="state state-{kind}"' if kind else ""
    if url:
        said = f'<a{state} href="{escape(url)}">{said}</a>'
    elif kind:
        said = f"<span{state}>{said}</span>"
    if note:
        said += f'<span class="line">{_link(note, note_url)}</span>'
    return f'<td class="nums">{said}</td>'


def _link(text: str, url: str) -> str:
    if not url:
        return escape(text)
    return f'<a href="{escape(url)}">{escape(text)}</a>'


@register.simple_tag
def stacked_bar(label: str, parts: Iterable[Any]) -> SafeString:
    """`label` says all of it in words; parts have a code, x and width (0 to 100)."""
    return SafeString(_bar(label, parts))


def _bar(label: str, parts: Iterable[Any]) -> str:
    drawn = "".join(
        f'<rect class="fill-{it["code"]}" x="{it["x"]:.2f}"'
        f' width="{it["width"]:.2f}" height="10"></rect>'
        for it in parts
    )
    return (
        '<svg class="bar" role="img" viewBox="0 0 100 10" preserveAspectRatio="none">'
        f"<title>{escape(label)}</title>{drawn}</svg>"
    )


@register.simple_tag
def coverage_tiles(tiles: Sequence[Tile]) -> SafeString:
    """A square of colour each, which says in words what the colour says."""
    return SafeString("\n".join(map(_tile, tiles)))


def _tile(it: Tile) -> str:
    text = escape(it.text)
    return (
        f'<li><a class="tile-{it.tone}" href="{escape(it.url)}" title="{text}">'
        f'<span class="visually-hidden">{text}</span></a></li>'
    )


@register.simple_tag
def coverage_rows(tiles: Sequence[Tile]) -> SafeString:
    """The same as rows of a table: township, county, days since a visit."""
    never = escape(_("never visited"))
    states = dict.fromkeys(("fresh", "recent", "far"), "state")
    return SafeString(
        "\n".join(
            f'<tr><td><a href="{escape(it.url)}">{escape(it.name)}</a></td>'
            f"<td>{escape(it.county)}</td>"
            f'<td class="nums"><span class="{states.get(it.tone, "state state-late")}">'
            f"{never if it.days is None else it.days}</span></td></tr>"
            for it in tiles
        )
    )


@register.simple_tag
def action_options(actions: Iterable[tuple[str, str]], chosen: Any) -> SafeString:
    """`actions` are references and names."""
    reference = chosen.reference if chosen else ""
    return SafeString(
        "".join(
            f'<option value="{it}"{" selected" * (it == reference)}>{escape(name)}'
            "</option>"
            for it, name in actions
        )
    )


@register.simple_tag
def year_lines(lines: Iterable[Mapping[str, Any]]) -> SafeString:
    """Of the year of a petition office; the first count opens the letters behind it."""
    return SafeString("\n".join(map(_year_line, lines)))


def _year_line(line: Mapping[str, Any]) -> str:
    first, *others = line["cells"]
    counts = [_link(str(first), line["url"]), *(escape(str(it)) for it in others)]
    percent = "–" if line["percent"] is None else f"{line['percent']} %"
    cells = "".join(f'<td class="nums">{it}</td>' for it in (*counts, percent))
    part = ' class="part"' if line["is_part"] else ""
    return f'<tr><th scope="row"{part}>{escape(line["label"])}</th>{cells}</tr>'


@register.simple_tag
def definitions(columns: Iterable[Any], totals: object) -> SafeString:
    return SafeString(
        "\n".join(
            f"<dt>{escape(str(it.label))}{_in_brackets(str(it.unit))}</dt>"
            f"<dd>{escape(str(it.definition))}"
            f"{' ' + escape(it.rule) if totals else ''}</dd>"
            for it in columns
        )
    )


def _in_brackets(unit: str) -> str:
    return f" ({escape(unit)})" if unit else ""
