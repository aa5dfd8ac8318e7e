import json

import pytest
from django.core.management import CommandError, call_command

from cadres.models import Outline

pytestmark = pytest.mark.django_db


def square(west, south):
    east, north = west + 0.1, south + 0.1
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(code, geometry, name="code"):
    return {"type": "Feature", "properties": {name: code}, "geometry": geometry}


@pytest.fixture
def load(tmp_path, capsys):
    def loaded(*features, **options):
        path = tmp_path / "borders.geojson"
        data = {"type": "FeatureCollection", "features": features}
        path.write_text(json.dumps(data), encoding="utf-8")
        call_command("load_outlines", path, **options)
        return capsys.readouterr().out

    return loaded


def test_each_place_gets_its_border_and_a_later_one_replaces_it(load, js):
    said = load(
        feature(js.tangzhang.code + "000", square(117.0, 34.0)),
        feature(int(js.tongshan.code), square(117.1, 34.1), "adcode"),
    )
    load(feature(js.tangzhang.code, square(118.0, 34.0)))

    assert "2 outlines are loaded." in said
    assert Outline.objects.count() == 2
    assert Outline.objects.get(place=js.tangzhang).rings[0][0] == [118.0, 34.0]


def test_with_one_refused_nothing_is_loaded_unless_asked(load, js, capsys):
    features = (
        feature(js.tangzhang.code, square(117.0, 34.0)),
        feature("999999", square(117.0, 34.0)),
        feature(js.liuji.code, {"type": "Point", "coordinates": [1, 2]}),
        feature(js.tangzhang.code, square(117.0, 34.0)),
        {"type": "Feature", "properties": None, "geometry": None},
    )
    with pytest.raises(CommandError, match="Nothing is loaded"):
        load(*features)
    said = capsys.readouterr().out
    assert not Outline.objects.exists()
    assert "feature 2 (999999): no place has this code today" in said
    assert "feature 3" in said
    assert "feature 4" in said
    assert "feature 5 (no code): it has no code" in said

    load(*features, keep_going=True)
    assert Outline.objects.get().place == js.tangzhang


@pytest.mark.parametrize(
    "text", ["", "[1]", "{}", '{"features": 3}', "\x00", "[" * 9999]
)
def test_what_is_no_geojson_is_named(tmp_path, text, db):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(CommandError, match="no FeatureCollection"):
        call_command("load_outlines", path)


def test_a_file_that_is_not_there_is_named(tmp_path, db):
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_outlines", tmp_path / "none.json")
