import pytest
from django.urls import reverse

from cadres.rules.roles import Role
from tests.factories import AccountFactory
from tests.factories.matters import MatterWorld
from visits.actions.write_lesson import write_lesson
from visits.models import Lesson

pytestmark = pytest.mark.django_db
TEXT = "先看井，再开会。"
QUERIES = 8


@pytest.fixture
def world(js):
    return MatterWorld(js)


def address(visit):
    return reverse("visits:lesson_write", args=[visit.reference])


def typed(world, **more):
    given = {"text": TEXT, "place": world.place.pk, "topic": "", "version": 0}
    return given | more


def share(world, visit, *, text=TEXT, place=None):
    return write_lesson(
        visit,
        by=world.leader,
        now=world.now,
        text=text,
        place=place or world.place,
        is_shared=True,
        version=0,
    )


def test_a_note_is_written_from_the_page_of_the_visit(client, world):
    visit = world.visit()
    client.force_login(world.leader)
    assert address(visit) in client.get(visit.get_absolute_url()).content.decode()

    answer = client.post(address(visit), typed(world))

    assert answer.url == visit.get_absolute_url()
    page = client.get(visit.get_absolute_url()).content.decode()
    assert TEXT in page


def test_the_liaison_neither_reads_nor_writes_it(client, client_of, world):
    visit = world.visit()
    client.force_login(world.leader)
    client.post(address(visit), typed(world))

    other = client_of(world.liaison)

    assert other.get(address(visit)).status_code == 404
    assert TEXT not in other.get(visit.get_absolute_url()).content.decode()


def test_what_was_typed_stays_beside_what_is_wrong(client, world):
    visit = world.visit()
    client.force_login(world.leader)

    answer = client.post(address(visit), typed(world, text="长" * 501, place="9" * 30))

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"text", "place"}
    assert "长长长" in answer.content.decode()
    for bad in ("\x00", "²", "-1"):
        data = typed(world, text=bad, place=bad, version=bad)
        assert client.post(address(visit), data).status_code == 422


def test_a_shared_note_stands_at_the_place_and_in_the_briefing(client, world):
    share(world, world.visit())
    client.force_login(world.liaison)

    place = client.get(world.place.get_absolute_url()).content.decode()
    going = world.going()
    url = reverse("visits:visit_briefing", args=[going.reference])
    briefing = client.get(url)

    assert TEXT in place
    [stop] = briefing.context["briefing"].stops
    assert [it.text for it in stop.lessons] == [TEXT]
    assert TEXT in briefing.content.decode()


def test_the_briefing_has_three_of_the_place_before_those_of_its_township(
    client, world, js
):
    for n in range(2):
        share(world, world.visit(places=[js.village]), text=f"村{n}", place=js.village)
    for n in range(2):
        share(
            world, world.visit(places=[js.tangzhang]), text=f"镇{n}", place=js.tangzhang
        )
    client.force_login(world.liaison)
    going = world.going(places=[js.village])

    url = reverse("visits:visit_briefing", args=[going.reference])
    [stop] = client.get(url).context["briefing"].stops

    assert [it.text for it in stop.lessons] == ["村1", "村0", "镇1"]


def test_a_note_on_a_topic_stands_where_the_purpose_names_it(client, world, js):
    for topic in ("饮水", "道路", ""):
        write_lesson(
            world.visit(),
            by=world.leader,
            now=world.now,
            text=f"关于{topic}",
            topic=topic,
            place=world.place,
            is_shared=True,
            version=0,
        )
    client.force_login(world.liaison)
    going = world.going(places=[js.shitun], purpose="饮水安全调研")

    url = reverse("visits:visit_briefing", args=[going.reference])
    [stop] = client.get(url).context["briefing"].stops

    assert [it.text for it in stop.lessons] == ["关于饮水"]


def test_kept_back_again_it_is_gone(client, world):
    lesson = share(world, world.visit())
    client.force_login(world.leader)
    client.post(address(lesson.visit), typed(world, version=1))

    client.force_login(world.admin)
    page = client.get(world.place.get_absolute_url()).content.decode()

    assert TEXT not in page
    assert not Lesson.objects.get().is_shared


LIST = reverse("visits:lesson_list")


def texts(response):
    return [it.text for it in response.context["page"]]


def test_all_shared_notes_in_ones_sight_stand_in_one_list(client, world, js):
    share(world, world.visit(), text="先看井。")
    visit = world.visit(places=[js.shitun])
    share(world, visit, text="算给他看。", place=js.shitun)
    own = world.visit()
    client.force_login(world.leader)
    client.post(address(own), typed(world, text="只给自己。"))

    assert texts(client.get(LIST)) == ["算给他看。", "先看井。"]
    path = {"place": js.shitun.path, "place_id": js.shitun.pk}
    assert texts(client.get(LIST, path)) == ["算给他看。"]
    client.force_login(world.liaison)
    assert texts(client.get(LIST)) == ["算给他看。", "先看井。"]


def test_the_list_narrows_to_a_topic_and_offers_those_in_sight(client, world):
    share(world, world.visit())
    visit = world.visit()
    lesson = share(world, visit, text="管护先分责。")
    Lesson.objects.filter(pk=lesson.pk).update(topic="农村供水")
    client.force_login(world.leader)

    response = client.get(LIST, {"topic": "农村供水"})

    assert texts(response) == ["管护先分责。"]
    assert response.context["topics"] == ["农村供水"]
    assert len(texts(client.get(LIST, {"topic": "没有"}))) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(
    client, world, count, django_assert_num_queries
):
    for number in range(count):
        share(world, world.visit(), text=f"第{number}条")
    client.force_login(world.leader)
    client.get(LIST)

    with django_assert_num_queries(QUERIES):
        response = client.get(LIST)

    assert len(texts(response)) == count


def test_who_sees_no_visits_has_no_such_list(client, js):
    client.force_login(AccountFactory(role=Role.REPORT_READER, role__place=js.xuzhou))

    assert client.get(LIST).status_code == 403
