from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from tests.factories import AccountFactory
from tests.factories.matters import MatterWorld
from visits.actions.print_slips import print_slips
from visits.actions.refusals import Refusal
from visits.actions.speak_by_code import find_slip, speak_by_code
from visits.models import Matter, MatterEvent, Notice
from visits.reports.matter_steps import actors
from visits.rules.matter_states import MatterActor

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(js):
    return MatterWorld(js)


def code_of(refusal):
    return refusal.value.code


def speak(world, matter, code, says="settled", statement=""):
    slip = find_slip(
        reference=matter.reference, code=code, address="10.0.0.1", now=world.now
    )
    return speak_by_code(slip, says=says, statement=statement, now=world.now)


def test_from_assigned_to_looked_back(world):
    matter = world.take(world.matter(), "progress", world.handler)
    assert (matter.state, matter.reported_on) == ("in_progress", world.today)
    matter = world.take(matter, "say_done", world.head, unit_word="partly")
    matter = world.take(matter, "hear_call", world.admin)
    assert (matter.state, matter.unit_word, matter.people_word) == (
        "confirmed",
        "partly",
        "settled",
    )
    matter = world.take(matter, "strike_off", world.leader)
    matter = world.take(matter, "look_back", world.admin)

    assert matter.state == "looked_back"
    assert list(matter.events.order_by("pk").values_list("step", flat=True)) == [
        "raise",
        "progress",
        "say_done",
        "hear_call",
        "strike_off",
        "look_back",
    ]


def test_a_refusal_reopens_and_keeps_both_statements(world):
    matter = world.said_done()
    number = matter.reference

    matter = world.take(
        matter, "hear_call", world.admin, says="not_settled", statement="还是没水"
    )

    assert (matter.state, matter.reference, matter.reopened) == ("reopened", number, 1)
    assert (matter.unit_word, matter.people_word) == ("done", "not_settled")
    said, heard = matter.events.order_by("pk")[1:]
    assert said.record["result"] == "已更换水泵"
    assert heard.record["statement"] == "还是没水"


def test_what_was_settled_on_the_spot_waits_for_the_word_too(world):
    matter = world.settled()

    with pytest.raises(Refusal) as refusal:
        world.take(matter, "strike_off", world.leader)

    assert code_of(refusal) == "move_not_allowed"
    assert world.take(matter, "hear_paper", world.liaison).state == "confirmed"


def test_a_public_matter_waits_for_two(world):
    matter = world.said_done(is_public=True)

    matter = world.take(matter, "hear_call", world.admin)
    assert (matter.state, matter.heard) == ("said_done", 1)
    matter = world.take(matter, "hear_call", world.admin)

    assert matter.state == "confirmed"


def test_the_database_itself_refuses_to_close_without_the_word(world):
    matter = world.said_done()

    with pytest.raises(IntegrityError), transaction.atomic():
        Matter.objects.filter(pk=matter.pk).update(state="confirmed")


@pytest.mark.parametrize("who", ["handler", "head", "leader", "liaison", "helper"])
def test_who_handled_it_never_calls(world, who):
    matter = world.matter()
    matter.supporting_units.set([world.roads])
    matter = world.take(matter, "say_done", world.handler)

    with pytest.raises(Refusal) as refusal:
        world.take(matter, "hear_call", getattr(world, who))

    assert code_of(refusal) == "not_yours"


def test_a_second_account_of_a_handler_never_calls(world):
    matter = world.said_done()
    world.admin.name, world.admin.unit = world.handler.name, world.handler.unit
    world.admin.save()

    assert MatterActor.CALLER not in actors(matter, world.admin)
    assert MatterActor.CALLER in actors(matter, world.second)


def test_a_paper_names_its_witness_sealed_and_masked(world):
    matter = world.take(world.said_done(), "hear_paper", world.liaison)

    event = matter.events.get(step="hear_paper")
    assert event.witness == "王某"
    assert "witness" not in event.record
    assert "王测试".encode() not in bytes(event.sealed_witness)


def test_the_unit_records_no_paper(world):
    matter = world.said_done()
    world.admin.unit = world.water
    world.admin.save()

    with pytest.raises(Refusal) as refusal:
        world.take(matter, "hear_paper", world.admin)

    assert code_of(refusal) == "own_unit"


def test_a_slip_speaks_once(world):
    matter = world.said_done(is_public=True)
    first, second = print_slips(matter, by=world.liaison, now=world.now)

    matter = speak(world, matter, first.lower())
    assert (matter.state, matter.heard) == ("said_done", 1)
    with pytest.raises(Refusal) as refusal:
        speak(world, matter, first)
    assert code_of(refusal) == "used"
    matter = speak(world, matter, second)

    assert matter.state == "confirmed"
    event = matter.events.order_by("-pk").first()
    assert (event.by, event.acted_as) == (None, "people")


def test_new_slips_make_the_old_ones_void(world):
    matter = world.said_done()
    [old] = print_slips(matter, by=world.liaison, now=world.now)
    print_slips(matter, by=world.liaison, now=world.now)

    with pytest.raises(Refusal) as refusal:
        speak(world, matter, old)

    assert code_of(refusal) == "unknown"


def test_the_unit_prints_no_slips(world):
    with pytest.raises(Refusal):
        print_slips(world.said_done(), by=world.handler, now=world.now)


def test_a_slip_waits_until_it_is_said_to_be_done(world):
    matter = world.matter()
    [code] = print_slips(matter, by=world.liaison, now=world.now)

    with pytest.raises(Refusal) as refusal:
        speak(world, matter, code)

    assert code_of(refusal) == "not_asked"
    matter = world.take(matter, "say_done", world.handler)
    assert speak(world, matter, code).state == "confirmed"


def test_tries_at_a_number_are_limited(world):
    matter = world.said_done()
    codes = []
    for _try in range(11):
        with pytest.raises(Refusal) as refusal:
            speak(world, matter, "22222222")
        codes.append(code_of(refusal))

    assert codes == ["unknown"] * 10 + ["too_many"]


def test_a_later_date_needs_reasons_and_the_decider(world):
    matter = world.matter()
    first = matter.due_on

    matter = world.take(matter, "ask_delay", world.handler)
    assert matter.due_on == first
    with pytest.raises(Refusal):
        world.take(matter, "approve_delay", world.handler)
    matter = world.take(matter, "approve_delay", world.leader)

    assert matter.due_on == world.today + timedelta(days=60)
    assert matter.first_due_on == first
    event = matter.events.get(step="approve_delay")
    assert event.record == {"before_due_on": first.isoformat()}


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"reasons": ""}, "reasons"),
        ({"new_due_on": date(2020, 1, 1)}, "new_due_on"),
    ],
)
def test_a_later_date_without_reasons_or_not_later_is_refused(world, record, field):
    with pytest.raises(ValidationError) as refusal:
        world.take(world.matter(), "ask_delay", world.handler, **record)

    assert field in refusal.value.error_dict


def test_a_reopened_matter_is_assigned_anew_and_keeps_its_first_date(world):
    matter = world.take(world.struck_off(), "reopen", world.leader)
    first = matter.first_due_on

    matter = world.take(matter, "assign", world.leader, lead_unit="交通局")

    assert (matter.unit, matter.first_due_on) == (world.roads, first)
    assert matter.events.order_by("-pk").first().record["before_lead_unit"] == "水务局"


def test_a_unit_outside_the_system_is_spoken_for_by_the_decider(world):
    matter = world.matter(unit=None, lead_unit="某厂")

    matter = world.take(matter, "say_done", world.liaison)

    assert matter.state == "said_done"


def test_two_at_once_one_is_told_what_the_other_did(world, english):
    matter = world.matter()
    known = matter.version
    world.take(matter, "progress", world.head)

    with pytest.raises(Refusal) as refusal:
        from visits.actions.move_matter import move_matter

        move_matter(
            matter,
            by=world.handler,
            step="say_done",
            record=world.plain("say_done"),
            version=known,
            now=world.now,
        )

    assert code_of(refusal) == "stale"
    assert "局长" in refusal.value.messages[0]


def test_the_history_is_written_once(world):
    event = world.matter().events.get()

    with pytest.raises(DatabaseError), transaction.atomic():
        MatterEvent.objects.filter(pk=event.pk).update(step="assign")
    with pytest.raises(DatabaseError), transaction.atomic():
        event.delete()


def test_it_is_seen_by_those_whose_business_it_is(world):
    matter = world.matter()
    matter.supporting_units.set([world.roads])
    people = {
        name: Matter.objects.visible_to(getattr(world, name)).count()
        for name in (
            "leader",
            "liaison",
            "handler",
            "head",
            "helper",
            "admin",
            "petition",
            "far",
        )
    }

    assert people == {
        "leader": 1,
        "liaison": 1,
        "handler": 1,
        "head": 1,
        "helper": 1,
        "admin": 1,
        "petition": 0,
        "far": 0,
    }
    assert Matter.objects.visible_to(AccountFactory()).count() == 0


def test_of_an_unannounced_visit_it_is_hidden_until_that_is_over(world):
    visit = world.visit(mode="unannounced", starts_at=world.now - timedelta(hours=5))
    world.matter(visit=visit)

    assert Matter.objects.visible_to(world.liaison).count() == 1
    assert Matter.objects.visible_to(world.handler).count() == 0
    assert Matter.objects.visible_to(world.admin).count() == 0


def test_those_who_go_on_with_it_are_told(world):
    matter = world.said_done()
    world.take(matter, "hear_call", world.admin, says="not_settled")

    told = set(Notice.objects.values_list("account__name", "kind"))

    assert told == {
        ("辛志强", "matter_waits"),
        ("联络员", "matter_waits"),
        ("辛志强", "matter_back"),
        ("联络员", "matter_back"),
        ("承办人", "matter_back"),
        ("局长", "matter_back"),
    }
