"""The lines of reports that no template draws: whatever comes from elsewhere is text."""

from types import SimpleNamespace

import pytest
from lxml import html

from visits.reports.coverage import Tile
from visits.reports.table import Cell, Line
from visits.templatetags.report import (
    action_options,
    coverage_rows,
    coverage_tiles,
    definitions,
    report_footers,
    report_lines,
    stacked_bar,
    year_lines,
)

BAD = """<i>&'"</i>"""
TILE = Tile(f"/{BAD}", BAD, BAD, 3, "far", BAD, None)
CELLS = [
    Cell(BAD, f"?{BAD}", BAD, f"?{BAD}", "late"),
    Cell(BAD, note=BAD, kind="late"),
    Cell(BAD, parts=[{"code": "study", "x": 0.0, "width": 100.0}], links=[(BAD, BAD)]),
    Cell(BAD, links=[(BAD, "")]),
]
LINES = [Line(BAD, CELLS, f"?{BAD}", BAD), Line(BAD, CELLS)]
WORDS = SimpleNamespace(label=BAD, unit=BAD, definition=BAD, rule=BAD)
YEAR = {"label": BAD, "cells": [BAD, BAD], "url": BAD, "is_part": True, "percent": 7}


@pytest.mark.parametrize(
    "drawn",
    [
        pytest.param(report_lines(LINES), id="lines"),
        pytest.param(report_footers(LINES), id="footers"),
        pytest.param(year_lines([YEAR, YEAR | {"url": ""}]), id="year"),
        pytest.param(definitions([WORDS], totals=True), id="definitions"),
        pytest.param(coverage_tiles([TILE]), id="tiles"),
        pytest.param(coverage_rows([TILE]), id="tiles as rows"),
        pytest.param(stacked_bar(BAD, []), id="bar"),
        pytest.param(action_options([("ABCD2345", BAD)], None), id="actions"),
    ],
)
def test_what_is_written_straight_is_escaped(drawn):
    page = html.fromstring(f"<table>{drawn}</table>")

    assert not page.xpath("//i")
    said = [*page.itertext(), *(it for e in page.iter() for it in e.attrib.values())]
    assert sum(it.count(BAD) for it in said) == drawn.count("&lt;i&gt;") > 0


def test_a_figure_leads_to_its_rows_and_says_how_late_it_is():
    (line,) = html.fromstring(f"<table>{report_lines(LINES[:1])}</table>").xpath("//tr")

    assert [it.get("href") for it in line.xpath(".//a")] == [
        f"?{BAD}", f"?{BAD}", f"?{BAD}", BAD,
    ]  # fmt: skip
    assert line.xpath("string(td[1]/a/@class)") == "state state-late"
    assert line.xpath("count(td[3]/svg/rect)") == 1
    assert [it.get("class") for it in line.xpath("td")] == [
        "nums",
        "nums",
        "mix",
        "mix",
    ]
