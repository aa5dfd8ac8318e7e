from datetime import date, timedelta

import pytest
from django import forms
from django.utils import timezone

from cadres.forms.place import PlaceField
from tests.factories import PlaceFactory

pytestmark = pytest.mark.django_db


class PlaceForm(forms.Form):
    place = PlaceField()


def typed(text, key=""):
    return PlaceForm({"place": text, "place_id": str(key)})


def code_of(form):
    assert not form.is_valid()
    [error] = form.errors.as_data()["place"]
    return error.code


def test_place_field_takes_what_was_chosen(js):
    form = typed(js.gulou.path, js.gulou.pk)

    assert form.is_valid()
    assert form.cleaned_data["place"] == js.gulou


@pytest.mark.parametrize(
    "text",
    ["拾屯街道", "拾屯", "320302008", "江苏 / 徐州 / 鼓楼区 / 拾屯街道", " 徐州 拾屯 "],
)
def test_place_field_takes_a_text_that_only_one_place_fits(js, text):
    form = typed(text)

    assert form.is_valid()
    assert form.cleaned_data["place"] == js.shitun


def test_place_field_names_the_places_that_a_text_fits(js):
    form = typed("鼓楼区")

    assert code_of(form) == "several"
    assert js.gulou.path in form.errors["place"][0]
    assert js.gulou_nj.path in form.errors["place"][0]


def test_place_field_takes_the_text_when_it_was_typed_over_the_choice(js):
    form = typed("徐州 鼓楼区", js.gulou_nj.pk)

    assert form.is_valid()
    assert form.cleaned_data["place"] == js.gulou


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("99999999", "forged"),
        ("9" * 40, "forged"),
        ("-1", "forged"),
        ("x", "forged"),
        ("１", "forged"),
        ("1\x00", "forged"),
    ],
)
def test_place_field_refuses_a_forged_key(js, key, code):
    assert code_of(typed(js.gulou.path, key)) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "required"),
        ("   ", "required"),
        ("无此地", "unknown"),
        ("鼓楼\x00区", "unknown"),
        ("长" * 301, "unknown"),
        ("%", "unknown"),
        ("_", "unknown"),
        ("//", "unknown"),
        ("9" * 200, "unknown"),
    ],
)
def test_place_field_refuses_a_text_that_is_no_place(js, text, code):
    assert code_of(typed(text)) == code


def test_place_field_refuses_closed_future_and_dummy_places(js):
    closed = PlaceFactory(
        code="320304", name="九里区", parent=js.xuzhou, valid_to=date(2010, 12, 30)
    )
    tomorrow = timezone.localdate() + timedelta(days=1)
    future = PlaceFactory(
        code="320399", name="未来区", parent=js.xuzhou, valid_from=tomorrow
    )
    dummy = PlaceFactory(code="3290", name="直辖", parent=js.js, is_virtual=True)

    for place in (closed, future, dummy):
        assert code_of(typed(place.path, place.pk)) == "ended"
        assert code_of(typed(place.name)) == "unknown"


def test_place_field_shows_what_was_typed_again(js):
    html = str(typed('鼓楼"><script>', js.gulou.pk)["place"])

    assert "鼓楼&quot;&gt;&lt;script&gt;" in html
    assert f'value="{js.gulou.pk}"' in html


def test_place_field_shows_a_place_it_was_given(js):
    for given in (js.gulou, js.gulou.pk):
        html = str(PlaceForm(initial={"place": given})["place"])

        assert f'value="{js.gulou.path}"' in html
        assert f'value="{js.gulou.pk}"' in html
