import io
import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from docx import Document
from python_calamine import CalamineWorkbook

from tests.factories.matters import MatterWorld
from visits.models import Matter
from visits.rules.matter_states import MatterStep

pytestmark = pytest.mark.django_db
LIST = reverse("visits:matter_list")


@pytest.fixture
def world(js):
    return MatterWorld(js)


def listed(browser, query=""):
    context = browser.get(f"{LIST}?{query}").context
    return {row.matter.subject for row in context["rows"]}


def step_url(matter, step):
    return reverse("visits:matter_step", args=[matter.reference, step])


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(
    client, world, count, django_assert_num_queries
):
    for _n in range(count):
        world.matter()
    client.force_login(world.liaison)

    with django_assert_num_queries(10):
        response = client.get(f"{LIST}?work=open")

    assert len(response.context["rows"]) == count


def test_lists_of_what_is_to_do_late_and_awaiting(client_of, world):
    world.matter(subject="在办")
    world.matter(subject="迟了", due_on=world.today.replace(year=world.today.year - 1))
    world.said_done(subject="已报")
    handler, liaison = client_of(world.handler), client_of(world.liaison)

    assert listed(handler, "work=mine") == {"在办", "迟了"}
    assert listed(liaison, "work=mine") == set()
    assert listed(liaison, "work=late") == {"迟了"}
    assert listed(liaison, "work=awaiting") == {"已报"}


def test_lists_of_a_place_and_of_a_visit(client, world, js):
    first = world.visit()
    world.matter(visit=first, subject="此次")
    world.matter(subject="另一次")
    client.force_login(world.liaison)

    assert listed(client, f"visit={first.reference}") == {"此次"}
    name = f"place={world.place.name}&place_id={world.place.pk}"
    assert listed(client, f"work=all&{name}") == {"此次", "另一次"}


def test_only_allowed_steps_are_offered(client_of, world):
    matter = world.matter()
    offered = {}
    for name in ("handler", "leader", "admin"):
        page = client_of(getattr(world, name)).get(matter.get_absolute_url())
        moves = [page.context["page"].expected, *page.context["page"].others]
        offered[name] = {str(move.step) for move in moves if move}

    assert offered == {
        "handler": {"say_done", "progress", "ask_delay"},
        "leader": {"hand_over"},
        "admin": set(),
    }


def test_a_stranger_finds_nothing(client, world):
    client.force_login(world.far)

    assert client.get(world.matter().get_absolute_url()).status_code == 404


def test_a_step_is_taken_on_its_page(client, world):
    matter = world.matter()
    client.force_login(world.handler)

    response = client.post(
        step_url(matter, "say_done"),
        {"version": matter.version, "unit_word": "done", "result": "已更换"},
    )

    assert response.status_code == 302
    matter.refresh_from_db()
    assert matter.state == "said_done"


def test_a_stale_form_shows_what_the_other_did_and_keeps_the_text(client, world):
    matter = world.matter()
    known = matter.version
    world.take(matter, "progress", world.head)
    client.force_login(world.handler)

    response = client.post(
        step_url(matter, "say_done"),
        {"version": known, "unit_word": "done", "result": "我写的话"},
    )

    text = response.content.decode()
    assert response.status_code == 422
    assert "已到场" in text and "我写的话" in text
    assert response.context["form"]["version"].value() == str(known + 1)


def test_a_matter_is_raised_from_a_letter_once(client, world):
    letter = world.letter()
    client.force_login(world.petition)
    url = reverse("visits:matter_raise", args=[letter.reference])
    page = client.get(url)
    sent = {
        "client_key": uuid.uuid4(),
        "subject": page.context["form"]["subject"].value(),
        "decided_by": world.cadre.pk,
    }

    client.post(url, sent)
    client.post(url, sent)

    matter = Matter.objects.get()
    assert (matter.state, matter.letter, matter.decided_by) == (
        "raised",
        letter,
        world.cadre,
    )
    assert Matter.objects.visible_to(world.leader).get() == matter
    matter = world.take(matter, "assign", world.liaison)
    assert matter.unit == world.water


def test_a_matter_goes_behind_the_seal_with_its_letter(world):
    from visits.actions.raise_matter import raise_matter

    letter = world.letter()
    raise_matter(
        letter,
        by=world.petition,
        subject="停水",
        decided_by=world.cadre,
        client_key=uuid.uuid4(),
        now=world.now,
    )
    world.take(Matter.objects.get(), "assign", world.liaison)

    type(letter).objects.filter(pk=letter.pk).update(
        is_sealed=True, sealed_text=b"x", request="", facts="", search_text=""
    )

    people = (world.leader, world.handler, world.petition, world.admin)
    assert [Matter.objects.visible_to(it).count() for it in people] == [0, 0, 0, 0]


def test_slips_show_their_codes_once_and_someone_concerned_speaks(
    client, client_of, world
):
    matter = world.said_done()
    liaison = client_of(world.liaison)
    page = liaison.post(reverse("visits:matter_slips", args=[matter.reference]))
    [code] = re.findall(r"data-code>([^<]+)<", page.content.decode())
    assert code not in liaison.get(matter.get_absolute_url()).content.decode()

    found = client.post(
        reverse("visits:word"), {"reference": matter.printed_reference, "code": code}
    )
    assert found.url == reverse("visits:word_matter")
    shown = client.get(found.url).content.decode()
    assert matter.subject in shown and "已更换水泵" in shown
    done = client.post(found.url, {"says": "not_settled", "statement": "还是没水"})

    assert done.url == reverse("visits:word_thanks")
    matter.refresh_from_db()
    assert matter.state == "reopened"
    assert "还是没水" in liaison.get(matter.get_absolute_url()).content.decode()


def test_the_unit_gets_no_slips(client, world):
    matter = world.said_done()
    client.force_login(world.handler)
    page = client.post(reverse("visits:matter_slips", args=[matter.reference]))

    assert page.status_code == 302
    assert not matter.slips.exists()


def test_a_wrong_code_is_refused_and_tries_run_out(client, world):
    matter = world.said_done()
    sent = {"reference": matter.reference, "code": "22222222"}

    answers = [
        client.post(reverse("visits:word"), sent).status_code for _try in range(11)
    ]

    assert answers == [422] * 10 + [429]


def test_the_list_of_a_meeting_prints_and_is_a_file(client, world):
    visit = world.visit()
    world.matter(visit=visit, subject="=1+1", supporting="交通局")
    world.settled(visit=visit, subject="路灯")
    client.force_login(world.liaison)

    page = client.get(reverse("visits:visit_matters", args=[visit.reference]))
    counts = [count for _label, count in page.context["meeting"].counts]
    assert counts == [2, 0, 1, 1, 0]
    table = client.get(reverse("visits:visit_matters_xlsx", args=[visit.reference]))
    book = CalamineWorkbook.from_filelike(io.BytesIO(table.content))
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[4:]] == ["=1+1", "路灯"]
    due_on = Matter.objects.get(subject="=1+1").due_on
    assert rows[4][5:7] == [due_on, due_on]
    word = client.get(reverse("visits:visit_matters_docx", args=[visit.reference]))
    document = Document(io.BytesIO(word.content))
    cells = [row.cells[1].text for row in document.tables[0].rows]
    assert cells[1:] == ["=1+1", "路灯"]


def test_a_look_back_that_is_due_says_so_in_the_list(client, world):
    matter = world.struck_off()
    Matter.objects.filter(pk=matter.pk).update(look_back_on=world.today)
    client.force_login(world.second)

    rows = client.get(reverse("visits:matter_list")).context["rows"]

    assert [(row.matter, row.clock.words) for row in rows] == [(matter, "应回头看")]


def test_a_sample_is_drawn_once_and_never_for_who_handled_it(client, world):
    matters = [world.struck_off() for _n in range(3)]
    client.force_login(world.admin)
    url = reverse("visits:matter_samples")
    sent = {
        "place": world.js.xuzhou.path,
        "place_id": world.js.xuzhou.pk,
        "first": world.today,
        "last": world.today,
        "size": 3,
    }

    first, again = client.post(url, sent), client.post(url, sent)

    assert (first.status_code, again.status_code) == (302, 422)
    # The administrator has called about each of them before.
    handlers = {world.leader, world.liaison, world.handler, world.admin}
    callers = {call.caller for it in matters for call in it.calls.all()}
    assert callers and not callers & handlers
    call = matters[0].calls.get()
    assert "look_back" in {
        str(move.step) for move in client_page(client, call).context["page"].others
    } | {str(client_page(client, call).context["page"].expected.step)}
    world.take(matters[0], MatterStep.LOOK_BACK, call.caller)
    call.refresh_from_db()
    assert call.done_at


def client_page(client, call):
    client.force_login(call.caller)
    return client.get(call.matter.get_absolute_url())


def test_a_look_back_that_is_due_waits_for_who_had_no_hand_in_it(client_of, world):
    matter = world.struck_off()
    Matter.objects.filter(pk=matter.pk).update(look_back_on=world.today)

    assert listed(client_of(world.second), "work=mine") == {matter.subject}
    assert listed(client_of(world.handler), "work=mine") == set()


def test_today_tells_the_unit_of_a_first_report_that_is_due(client, world):
    later = world.today + timedelta(days=25)
    world.matter(subject="远期", due_on=later)
    world.matter(subject="待报", due_on=later, report_due_on=world.today)
    client.force_login(world.handler)

    tasks = client.get(reverse("visits:today")).context["tasks"]

    assert [task.title for task in tasks] == ["待报 · 水务局"]
