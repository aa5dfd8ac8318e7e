from datetime import date, timedelta

import pytest

from visits.rules.identity_clock import ended_by, masked_on
from visits.rules.masking import without, words_to_mask


@pytest.mark.parametrize(
    ("ended_on", "months", "on"),
    [
        (date(2024, 11, 30), 24, date(2026, 11, 30)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
    ],
)
def test_masked_on_is_the_same_day_some_months_later(ended_on, months, on):
    assert masked_on(ended_on, months=months) == on
    # Not before it, and at most a few days after it where a month is shorter.
    assert ended_by(on - timedelta(days=1), months=months) < ended_on
    assert ended_by(on + timedelta(days=3), months=months) >= ended_on


def test_words_that_tell_who_wrote_are_replaced_and_no_others():
    person = {"name": "欧阳测试", "contact": "13800002207", "address": "3号"}
    firm = {"name": "测试供水公司", "contact": "", "address": ""}
    words = words_to_mask(person, kind="person")
    words |= words_to_mask(firm, kind="organisation")

    text = "欧阳测试（13800002207）住3号，状告测试供水公司。"
    assert without(text, words) == "欧阳某（****）住3号，状告测试***。"
    assert words_to_mask({"name": "王"}, kind="person") == {}
    assert without("Al Al", words_to_mask({"name": "Al"}, kind="person")) == "A* A*"
