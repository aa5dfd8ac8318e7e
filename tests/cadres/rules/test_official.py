from datetime import date

import pytest

from cadres.rules.official import (
    Contact,
    PostHeld,
    faults_of_contacts,
    faults_of_homes,
    faults_of_posts,
)
from cadres.rules.pinyin import initials_of, pinyin_of

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def test_faults_of_posts_names_the_row_that_ends_first():
    posts = [PostHeld("局长", 1, MAY, JUNE), PostHeld("书记", 1, JUNE, MAY)]

    assert [(it.row, it.field) for it in faults_of_posts(posts)] == [(1, "last")]


@pytest.mark.parametrize(
    ("contacts", "found"),
    [
        pytest.param([Contact("a", MAY), Contact("b", MAY)], [], id="two places"),
        pytest.param([Contact("a", MAY), Contact("a", JUNE)], [1], id="still open"),
        pytest.param(
            [Contact("a", MAY, MAY), Contact("a", JUNE)], [], id="one after the other"
        ),
        pytest.param(
            [Contact("a", MAY, JUNE), Contact("a", JUNE)], [1], id="share one day"
        ),
        pytest.param([Contact("a", JULY, JUNE)], [0], id="ends first"),
    ],
)
def test_faults_of_contacts_sees_one_place_twice(contacts, found):
    assert [it.row for it in faults_of_contacts(contacts)] == found


def test_faults_of_homes_sees_a_place_twice():
    assert [it.row for it in faults_of_homes(["a", "b", "a"])] == [2]


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("辛志强", "xinzhiqiang", "xzq"),
        ("阿依古丽·买买提", "ayiguli·maimaiti", "aygl·mmt"),
        ("Anna", "anna", "anna"),
        ("𠮷", "𠮷", "𠮷"),
    ],
)
def test_pinyin_of_names(name, pinyin, initials):
    assert (pinyin_of(name), initials_of(name)) == (pinyin, initials)
