from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories.letters import letter_at, officer, petition_office
from visits.models import ContentSubject, Letter
from visits.reports.same_matter import CANDIDATES, phrases, same_matter, worded_alike

TEXT = "小区自来水时断时续，无人管"


@pytest.fixture
def office(js):
    return petition_office(js.xuzhou)


@pytest.fixture
def reader(office):
    return officer(office)


def likely(reader, **about):
    about = {"place": None, "subject": None, "text": TEXT} | about
    return same_matter(reader, on=timezone.localdate(), **about)


def test_phrases_are_four_characters_in_three_pairs():
    assert phrases("自来水断") == [["自来", "来水", "水断"]]
    assert phrases("水断") == []
    assert phrases("断水，很久") == []
    assert len(phrases("水" * 200)) <= 8


@pytest.mark.django_db
def test_wording_alone_must_be_much_alike(reader, office, js):
    alike = letter_at(js.huancheng, office=office, request="自来水时断时续，无人管理")
    letter_at(js.huancheng, office=office, request="夜市油烟扰民", facts="")

    assert [found.letter for found in likely(reader)] == [alike]
    assert likely(reader, text="水费") == []


@pytest.mark.django_db
def test_the_place_alone_says_too_little(reader, office, js):
    letter_at(js.huancheng, office=office, request="夜市油烟扰民", facts="")

    assert likely(reader, place=js.huancheng, text="路灯不亮已久") == []


@pytest.mark.django_db
def test_the_same_village_and_subject_come_first(reader, office, js, english):
    water = ContentSubject.objects.get(initials="slsw")
    far = letter_at(js.shitun, office=office, request=TEXT, facts="")
    near = letter_at(
        js.village, office=office, subject=water, request="水渠淤塞多年", facts=""
    )
    near_too = letter_at(
        js.village, office=office, subject=water, request=TEXT, facts=""
    )

    found = likely(reader, place=js.village, subject=water)

    assert [one.letter for one in found] == [near_too, far, near]
    assert found[2].reasons == ["same village", "same subject"]


@pytest.mark.django_db
def test_letters_of_other_offices_stay_unknown(reader, js):
    letter_at(js.huancheng, office=petition_office(js.yancheng), request=TEXT)

    assert likely(reader, place=js.huancheng) == []


@pytest.mark.django_db
def test_who_is_named_in_a_letter_gets_no_hint_of_it(reader, office, js):
    letter = letter_at(js.huancheng, office=office, request=TEXT)
    letter.named.create(unit=office, added_by=reader)

    assert likely(reader) == []


@pytest.mark.django_db
def test_nothing_is_asked_by_person(reader, office, js, django_assert_max_num_queries):
    letter_at(js.huancheng, office=office, request=TEXT)

    with django_assert_max_num_queries(14) as asked:
        likely(reader, place=js.huancheng)

    assert not any(
        "visits_petitioner" in query["sql"] for query in asked.captured_queries
    )


@pytest.mark.django_db
def test_wording_is_found_through_the_bigram_index(reader, office, js):
    letter_at(js.huancheng, office=office, request=TEXT)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = worded_alike(Letter.objects.unsealed(), TEXT).explain()

    assert "letter_text_bigrams" in plan


@pytest.mark.django_db
def test_a_slow_answer_is_given_up(reader, office, js, monkeypatch):
    letter_at(js.huancheng, office=office, request=TEXT)
    from visits.reports import same_matter as report

    def slow(letters, text):
        return letters.extra(where=["pg_sleep(1) IS NOT NULL"])

    monkeypatch.setattr(report, "worded_alike", slow)

    assert likely(reader) == []
    assert Letter.objects.count() == 1


@pytest.mark.django_db
def test_a_clerk_learns_that_it_is_there_and_not_what_it_says(office, js):
    clerk = officer(office, Role.CLERK)
    water = ContentSubject.objects.get(initials="slsw")
    about = {"place": js.huancheng, "subject": water}
    theirs = letter_at(js.huancheng, office=office, subject=water)
    own = letter_at(js.huancheng, office=office, by=clerk, subject=water)
    letter_at(js.huancheng, subject=water)
    letter_at(js.huancheng, office=office, subject=water, complains_about_someone=True)

    found = {row.letter: row.is_seen for row in likely(clerk, **about)}

    assert found == {theirs: False, own: True}


@pytest.mark.django_db
def test_of_many_that_are_worded_alike_the_newest_are_read(reader, office, js):
    today = timezone.localdate()
    for n in range(CANDIDATES + 2):
        letter_at(js.huancheng, office=office, received_on=today - timedelta(days=n))

    days = {row.letter.received_on for row in likely(reader)}

    assert days == {today - timedelta(days=n) for n in range(5)}
