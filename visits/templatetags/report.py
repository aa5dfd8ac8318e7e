"""The lines of a report's table: a page has hundreds of cells."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cadres.html import NONE, html, joined
from visits.reports.coverage import Tile
from visits.reports.table import Cell, Line

register = template.Library()


@register.simple_tag
def report_lines(lines: Sequence[Line]) -> SafeString:
    return joined(_line(it) for it in lines)


@register.simple_tag
def report_footers(lines: Sequence[Line]) -> SafeString:
    """The total, and those of the periods before."""
    return joined(_line(it, is_before=bool(at)) for at, it in enumerate(lines))


def _line(line: Line, *, is_before: bool = False) -> SafeString:
    label = html("{}", line.label)
    if line.url:
        label = html('<a class="title" href="{}">{}</a>', line.url, label)
    note = html('<span class="line">{}</span>', line.note) if line.note else NONE
    cells = joined(map(td, line.cells))
    if is_before:
        form = '<tr class="before"><th scope="row">{}{}</th>{}</tr>\n'
    else:
        form = '<tr><th scope="row">{}{}</th>{}</tr>\n'
    return html(form, label, note, cells)


@register.filter
def td(cell: Cell) -> SafeString:
    text, url, note, note_url, kind, _value, parts, links = cell
    if links:
        bar = stacked_bar(text, parts) if parts else NONE
        words = html(" · ".join(["{}"] * len(links)), *(_link(*it) for it in links))
        return html('<td class="mix">{}<span class="line">{}</span></td>', bar, words)
    said = html("{}", text)
    state = html(' class="state state-{}"', kind) if kind else NONE
    if url:
        said = html('<a{} href="{}">{}</a>', state, url, said)
    elif kind:
        said = html("<span{}>{}</span>", state, said)
    if note:
        under = html('<span class="line">{}</span>', _link(note, note_url))
        said = html("{}{}", said, under)
    return html('<td class="nums">{}</td>', said)


def _link(text: str, url: str) -> SafeString:
    if not url:
        return html("{}", text)
    return html('<a href="{}">{}</a>', url, text)


@register.simple_tag
def stacked_bar(label: str, parts: Iterable[Any]) -> SafeString:
    """`label` says all of it in words; parts have a code, x and width (0 to 100)."""
    drawn = joined(
        html(
            '<rect class="fill-{}" x="{}" width="{}" height="10"></rect>',
            *(it["code"], f"{it['x']:.2f}", f"{it['width']:.2f}"),
        )
        for it in parts
    )
    return html(
        '<svg class="bar" role="img" viewBox="0 0 100 10" preserveAspectRatio="none">'
        "<title>{}</title>{}</svg>",
        *(label, drawn),
    )


@register.simple_tag
def coverage_tiles(tiles: Sequence[Tile]) -> SafeString:
    """A square of colour each, which says in words what the colour says."""
    return joined(
        html(
            '<li><a class="tile-{}" href="{}" title="{}">'
            '<span class="visually-hidden">{}</span></a></li>\n',
            *(it.tone, it.url, it.text, it.text),
        )
        for it in tiles
    )


@register.simple_tag
def coverage_rows(tiles: Sequence[Tile]) -> SafeString:
    """The same as rows of a table: township, county, days since a visit."""
    never = _("never visited")
    states = dict.fromkeys(("fresh", "recent", "far"), "state")
    return joined(
        html(
            '<tr><td><a href="{}">{}</a></td><td>{}</td>'
            '<td class="nums"><span class="{}">{}</span></td></tr>\n',
            *(it.url, it.name, it.county, states.get(it.tone, "state state-late")),
            never if it.days is None else str(it.days),
        )
        for it in tiles
    )


@register.simple_tag
def action_options(actions: Iterable[tuple[str, str]], chosen: Any) -> SafeString:
    """`actions` are references and names."""
    reference = chosen.reference if chosen else ""
    forms = '<option value="{}">{}</option>', '<option value="{}" selected>{}</option>'
    return joined(html(forms[it == reference], it, name) for it, name in actions)


@register.simple_tag
def year_lines(lines: Iterable[Mapping[str, Any]]) -> SafeString:
    """Of the year of a petition office; the first count opens the letters behind it."""
    return joined(map(_year_line, lines))


def _year_line(line: Mapping[str, Any]) -> SafeString:
    first, *others = line["cells"]
    counts = [_link(str(first), line["url"]), *map(str, others)]
    percent = "–" if line["percent"] is None else f"{line['percent']} %"
    cells = joined(html('<td class="nums">{}</td>', it) for it in (*counts, percent))
    if line["is_part"]:
        form = '<tr><th scope="row" class="part">{}</th>{}</tr>\n'
    else:
        form = '<tr><th scope="row">{}</th>{}</tr>\n'
    return html(form, line["label"], cells)


@register.simple_tag
def definitions(columns: Iterable[Any], totals: object) -> SafeString:
    return joined(
        html(
            "<dt>{}{}</dt><dd>{}{}</dd>\n",
            *(str(it.label), html(" ({})", str(it.unit)) if it.unit else NONE),
            *(str(it.definition), html(" {}", str(it.rule)) if totals else NONE),
        )
        for it in columns
    )
