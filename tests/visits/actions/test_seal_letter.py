"""What an accused official, or someone near to them, must never learn."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories import (
    AccountFactory,
    CadreFactory,
    MandateFactory,
    PostFactory,
    RoleGrantFactory,
    UnitFactory,
)
from tests.factories.letter_world import LetterWorld, sees
from tests.factories.letters import officer, take
from visits.actions.draft_step import draft_step
from visits.actions.hold_letter import hold_letter, note_progress
from visits.actions.link_letters import link_letters
from visits.actions.name_party import remove_party
from visits.actions.open_identity import open_identity, open_sealed
from visits.actions.recuse import declare_recusal
from visits.actions.refusals import Refusal
from visits.actions.seal_letter import rewrite_history
from visits.actions.seal_transfer import ask_transfer, confirm_transfer
from visits.actions.split_letter import split_letter
from visits.models import (
    Access,
    LeaderHold,
    Letter,
    LetterDraft,
    LetterEvent,
    LetterLink,
    Notice,
    Recusal,
)
from visits.rules.letter_states import UNDER_WAY, Category, LetterState, Step

pytestmark = pytest.mark.django_db
SECRET = "处长王贪收好处费"


@pytest.fixture
def world(js):
    return LetterWorld(js)


def days(number):
    return timezone.localdate() + timedelta(days=number)


def sealer_with(world, **fields):
    return officer(world.office, Role.SEAL_OFFICER, **fields)


def tied(world, official, how):
    """Someone with an appointment as seal officer and a tie to `official`."""
    account = sealer_with(world)
    if how == "is the official":
        account.cadre = official
        account.save()
    if how == "will act for them":
        MandateFactory(account=account, cadre=official, first=days(3))
    if how == "acted for them":
        MandateFactory(account=account, cadre=official, last=days(-30))
    return account


@pytest.mark.parametrize(
    "how", ["is the official", "will act for them", "acted for them"]
)
def test_whoever_has_a_tie_to_a_named_official_is_shut_out(world, how):
    official = world.official()
    account = tied(world, official, how)

    assert not sees(account, world.sealed(named_officials=[official]))
    assert sees(account, world.sealed())


def unit_tied(world, unit, how):
    account = sealer_with(world)
    if how == "belongs to it":
        account.unit = unit
        account.save()
    if how == "belongs to a unit below":
        account.unit = UnitFactory(superior=UnitFactory(superior=unit))
        account.save()
    if how == "gets a role there":
        RoleGrantFactory(account=account, role=Role.HANDLER, unit=unit, first=days(9))
    if how == "has a post there":
        cadre = CadreFactory(unit=world.office)
        PostFactory(cadre=cadre, unit=unit)
        account.cadre = cadre
        account.save()
    if how == "acts for someone there":
        MandateFactory(account=account, cadre=CadreFactory(unit=unit))
    if how == "belongs to its successor":
        unit.dissolved_into = account.unit = UnitFactory()
        unit.save()
        account.save()
    return account


@pytest.mark.parametrize(
    "how",
    [
        "belongs to it",
        "belongs to a unit below",
        "gets a role there",
        "has a post there",
        "acts for someone there",
        "belongs to its successor",
    ],
)
def test_whoever_has_a_tie_to_a_named_unit_is_shut_out(world, how):
    unit = UnitFactory(place=world.js.xuzhou)
    account = unit_tied(world, unit, how)

    assert not sees(account, world.sealed(named_units=[unit]))
    assert sees(account, world.sealed())


def test_the_superior_of_a_named_unit_is_not_shut_out(world):
    superior = UnitFactory(place=world.js.xuzhou)
    below = UnitFactory(superior=superior)
    account = officer(superior, Role.SEAL_OFFICER)
    RoleGrantFactory(account=account, role=Role.SEAL_OFFICER, unit=world.office)

    assert sees(account, world.sealed(named_units=[below]))


@pytest.mark.parametrize("how", ["their unit", "a unit below", "the unit of a post"])
def test_whoever_works_where_a_named_official_does_is_shut_out(world, how):
    unit = UnitFactory(place=world.js.xuzhou)
    official = CadreFactory(unit=world.water)
    if how == "the unit of a post":
        PostFactory(cadre=official, unit=unit, last=days(9))
    else:
        official = CadreFactory(unit=unit)
    at = UnitFactory(superior=unit) if how == "a unit below" else unit
    account = AccountFactory(
        unit=at, role=Role.SEAL_OFFICER, role__place=world.js.xuzhou
    )

    assert not sees(account, world.sealed(named_officials=[official]))
    assert sees(account, world.sealed())


def test_a_letter_about_an_official_of_the_office_goes_one_level_up(world):
    letter = world.sealed(named_officials=[CadreFactory(unit=world.office)])

    assert letter.office == world.province_office
    assert not sees(world.sealer, letter)


def test_a_unit_that_received_an_accusation_itself_does_not_keep_it(world):
    letter = world.sealed(office=world.water, by=officer(world.water, Role.CLERK))

    assert letter.office == world.office
    assert sees(world.sealer, letter)


def test_a_letter_about_the_office_itself_goes_one_level_up(world):
    world.office.superior = world.government
    world.office.save()
    sealer_above = officer(world.province_office, Role.SEAL_OFFICER)

    for named in (world.office, world.government):
        letter = world.sealed(named_units=[named])

        assert letter.office == world.province_office
        assert not sees(world.sealer, letter)
        assert sees(sealer_above, letter)


def test_sorting_as_accusation_leaves_no_word_in_clear(world):
    letter = world.letter(
        request=SECRET, is_urgent=True, urgent_reason=SECRET, external_ref=SECRET
    )
    letter = take(
        letter, Step.FORWARD, world.petition, to_unit=world.water, reasons=SECRET
    )
    letter.supporting_units.add(world.pumps)
    Notice.objects.create(
        account=world.handler, kind=Notice.Kind.ROUTED, key="x", letter=letter
    )

    letter = take(letter, Step.SORT, world.handler, category=Category.ACCUSATION)

    row = Letter.objects.filter(pk=letter.pk).values().get()
    events = list(letter.events.values_list("record", flat=True))
    assert SECRET not in str(row) + str(events)
    assert not Notice.objects.exists()
    assert not letter.supporting_units.exists()
    assert (letter.state, letter.unit) == (LetterState.REGISTERED, None)
    seen = [world.handler, world.head, world.petition, world.clerk, world.sealer]
    assert [sees(who, letter) for who in seen] == [False] * 4 + [True]
    text = open_sealed(letter, by=world.sealer, reason="办理", now=world.now)
    assert (text["request"], text["urgent_reason"]) == (SECRET, SECRET)


@pytest.mark.parametrize("state", UNDER_WAY)
def test_an_accusation_found_later_is_sealed_from_every_open_state(world, state):
    letter = world.at_unit(request=SECRET)
    Letter.objects.filter(pk=letter.pk).update(
        state=state, accepted_on=days(0), review_unit=world.government
    )
    assert sees(world.petition, letter)

    letter = take(
        letter,
        Step.FIND_ACCUSATION,
        world.petition,
        reasons=SECRET,
        named_official=world.official(),
        named_unit=world.pumps,
    )

    assert (letter.state, letter.category) == ("registered", "accusation")
    assert (letter.unit, letter.review_unit) == (None, None)
    assert [it.clock for it in letter.clocks.running()] == ["C1"]
    assert letter.named.in_force().count() == 2
    rows = Letter.objects.filter(pk=letter.pk).values().get()
    assert SECRET not in str(rows) + str(list(letter.events.values()))
    seen = [world.handler, world.head, world.petition, world.clerk, world.sealer]
    assert [sees(who, letter) for who in seen] == [False] * 4 + [True]


def test_an_accusation_sorted_out_early_keeps_away_whom_it_names(world):
    letter = world.at_unit()
    with pytest.raises(ValidationError):
        take(
            letter,
            Step.SORT,
            world.petition,
            category=Category.REQUEST,
            named_unit=world.office,
        )

    letter = take(
        letter,
        Step.SORT,
        world.petition,
        category=Category.ACCUSATION,
        named_unit=world.office,
    )

    assert letter.office == world.province_office
    assert not sees(world.sealer, letter)


def test_an_accusation_is_split_off_while_the_request_is_handled(world):
    letter = take(world.at_unit(), Step.ACCEPT, world.handler)

    second = split_letter(
        letter,
        by=world.handler,
        version=letter.version,
        request=SECRET,
        facts="",
        category=Category.ACCUSATION,
        named_officials=[world.official()],
        now=world.now,
        client_key=uuid.uuid4(),
    ).letter

    assert second.is_sealed
    assert [sees(who, second) for who in (world.handler, world.sealer)] == [False, True]
    letter.refresh_from_db()
    assert (letter.state, letter.is_sealed) == (LetterState.ACCEPTED, False)


def test_sealing_takes_the_words_that_stand_beside_the_letter(world, leader):
    letter = take(world.at_unit(), Step.ACCEPT, world.handler)
    letter = take(letter, Step.INQUIRE, world.handler)
    hold = hold_letter(
        letter,
        by=world.petition,
        leader=leader.cadre,
        plan=f"{SECRET}甲",
        due_on=days(9),
        now=world.now,
    )
    note_progress(hold, by=world.petition, progress=f"{SECRET}乙")
    link_letters(
        letter,
        by=world.petition,
        other=world.letter(),
        kind="related",
        reason=f"{SECRET}丙",
        now=world.now,
    )
    other = officer(world.water, Role.HANDLER)
    recusal = declare_recusal(letter, by=other, ground=f"{SECRET}丁", now=world.now)
    draft = draft_step(
        letter,
        by=world.handler,
        step=Step.EXTEND,
        record={"days": 9, "reasons": f"{SECRET}戊", "told_on": days(0)},
        version=letter.version,
        now=world.now,
    )

    letter = take(letter, Step.FIND_ACCUSATION, world.handler, reasons="反映干部")

    clear = [LeaderHold, LetterLink, Recusal, LetterDraft, LetterEvent, Letter]
    assert SECRET not in str([list(model.objects.values()) for model in clear])
    beside = open_sealed(letter, by=world.sealer, reason="办理", now=world.now)[
        "beside"
    ]
    assert all(f"{SECRET}{it}" in beside for it in "甲乙丙丁戊")
    for row in (hold, recusal, draft):
        row.refresh_from_db()
    assert (recusal.account, draft.drafted_by) == (other, world.handler)
    assert (hold.leader, draft.state) == (leader.cadre, LetterDraft.State.RETURNED)


def test_a_matter_split_off_and_sealed_later_leaves_the_first_one_silent(world):
    first = world.letter()
    second = split_letter(
        first,
        by=world.petition,
        version=first.version,
        request="另一事项",
        facts="",
        category=Category.REQUEST,
        now=world.now,
        client_key=uuid.uuid4(),
    ).letter
    assert first.events.filter(record__split_into=second.reference).exists()

    take(second, Step.SORT, world.petition, category=Category.ACCUSATION)

    records = str(list(first.events.values_list("record", flat=True)))
    assert second.reference not in records


def test_history_moves_behind_the_seal_and_nowhere_else(world):
    letter = world.at_unit()
    event = letter.events.get(step=Step.FORWARD)
    rows = LetterEvent.objects.filter(pk=event.pk)
    changes = [
        {"record": {}, "sealed_record": b"x"},  # outside of `rewrite_history`
        {"record": {}},
        {"record": event.record | {"reasons": "另写"}, "sealed_record": b"x"},
        {"sealed_record": b"x", "on": "2020-01-01"},
    ]
    for number, change in enumerate(changes):
        with pytest.raises(DatabaseError), transaction.atomic():
            if number:
                rewrite_history()
            rows.update(**change)
    with transaction.atomic():
        rewrite_history()
        rows.update(record={}, sealed_record=b"x")
    assert rows.get().record == {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('grassroots.reseal', '', false)")


def test_a_stale_page_of_a_letter_sealed_meanwhile_tells_nothing(world):
    letter = world.at_unit()
    take(letter, Step.SORT, world.handler, category=Category.ACCUSATION)

    with pytest.raises(Refusal) as refusal:
        take_stale(letter, world.handler)
    assert refusal.value.code == "not_yours"
    for call in (draft_step, split_stale):
        with pytest.raises(Refusal) as refusal:
            call(
                letter,
                by=world.handler,
                step=Step.EXTEND,
                record={},
                version=letter.version,
                now=world.now,
            )
        assert refusal.value.code == "not_yours"


def take_stale(letter, by):
    from visits.actions.move_letter import move_letter

    move_letter(
        letter,
        by=by,
        step=Step.ACCEPT,
        record={},
        version=letter.version,
        now=timezone.localtime(),
    )


def split_stale(letter, *, by, version, now, **_other):
    split_letter(
        letter,
        by=by,
        version=version,
        request="x",
        facts="",
        category="",
        now=now,
        client_key=uuid.uuid4(),
    )


def test_a_sealed_text_is_read_by_its_keepers_alone_and_each_reading_is_kept(world):
    letter = world.sealed()
    now = world.now

    for reason in ("", "  "):
        with pytest.raises(Refusal):
            open_sealed(letter, by=world.sealer, reason=reason, now=now)
    with pytest.raises(Refusal):
        open_sealed(letter, by=world.petition, reason="看看", now=now)
    assert not Access.objects.exists()
    assert letter.text() == {"request": "", "facts": ""}

    text = open_sealed(letter, by=world.sealer, reason="办理", now=now)

    assert text["request"] == "反映违规收费"
    assert [(a.by, a.kind) for a in Access.objects.all()] == [(world.sealer, "sealed")]


@pytest.mark.parametrize("look", [open_sealed, open_identity])
def test_a_look_that_cannot_be_written_shows_nothing(world, look):
    letter = world.sealed()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE visits_access ADD CHECK (reason <> '拒绝')")

    with pytest.raises(DatabaseError), transaction.atomic():
        look(letter, by=world.sealer, reason="拒绝", now=world.now)


def test_after_the_transfer_the_organ_reads_and_the_office_only_knows(world):
    letter = world.sealed(named_units=[world.pumps])
    letter.sealed_handlers.create(account=world.head, named_by=world.sealer)
    assert not sees(world.inspector, letter)
    transfer = ask_transfer(
        letter,
        by=world.sealer,
        to_unit=world.discipline,
        reasons="属其管辖",
        now=world.now,
    )
    confirm_transfer(transfer, by=world.second, now=world.now)

    assert sees(world.inspector, letter)
    assert sees(world.sealer, letter)
    assert not sees(world.head, letter)
    open_sealed(letter, by=world.inspector, reason="受理", now=world.now)
    for look in (open_sealed, open_identity):
        with pytest.raises(Refusal):
            look(letter, by=world.sealer, reason="再看", now=world.now)


def ask(world, letter, **fields):
    return ask_transfer(
        letter,
        **{
            "by": world.sealer,
            "to_unit": world.discipline,
            "reasons": "属其管辖",
            "now": world.now,
        }
        | fields,
    )


def test_nothing_is_handed_on_before_it_is_known_whom_it_names(world):
    letter = world.sealed()
    with pytest.raises(Refusal) as refusal:
        ask(world, letter)
    assert refusal.value.code == "nobody_named"
    with pytest.raises(Refusal) as refusal:
        ask(world, letter, names_nobody=True)
    assert refusal.value.code == "read_first"

    open_sealed(letter, by=world.sealer, reason="核对", now=world.now)
    transfer = ask(world, letter, names_nobody=True)
    with pytest.raises(Refusal) as refusal:
        confirm_transfer(transfer, by=world.second, now=world.now)
    assert refusal.value.code == "read_first"
    open_sealed(letter, by=world.second, reason="核对", now=world.now)
    letter = confirm_transfer(transfer, by=world.second, now=world.now)

    assert letter.state == LetterState.SEALED


def test_a_name_taken_out_meanwhile_stops_the_transfer(world):
    letter = world.sealed(named_units=[world.pumps])
    transfer = ask(world, letter)
    for by in (world.sealer, world.second):
        remove_party(letter.named.get(), by=by, now=world.now)

    with pytest.raises(Refusal) as refusal:
        confirm_transfer(transfer, by=world.second, now=world.now)

    assert refusal.value.code == "nobody_named"


def test_a_letter_goes_where_a_competent_organ_can_read_it(world):
    letter = world.sealed(named_units=[world.pumps])
    empty = UnitFactory(place=world.js.nanjing, kind="discipline")
    tied = UnitFactory(place=world.js.nanjing, kind="discipline")
    account = officer(tied, Role.SEAL_OFFICER)
    RoleGrantFactory(account=account, role=Role.HANDLER, unit=world.pumps)
    for unit, code in (
        (world.government, "not_competent"),
        (empty, "no_reader"),
        (tied, "no_reader"),
        (world.pumps, "named"),
    ):
        with pytest.raises(ValidationError) as refusal:
            ask(world, letter, to_unit=unit)
        assert refusal.value.error_dict["to_unit"][0].code == code
    transfer = ask(world, letter)
    world.inspector.is_active = False
    world.inspector.save()

    with pytest.raises(Refusal) as refusal:
        confirm_transfer(transfer, by=world.second, now=world.now)

    assert refusal.value.code == "no_reader"


def test_the_second_officer_is_another_person_not_another_account(world):
    letter = world.sealed(named_units=[world.pumps])
    again = sealer_with(world, name=world.sealer.name)
    transfer = ask_transfer(
        letter, by=world.sealer, to_unit=world.discipline, reasons="x", now=world.now
    )

    with pytest.raises(Refusal) as refusal:
        confirm_transfer(transfer, by=again, now=world.now)

    assert refusal.value.code == "same_person"


def test_a_named_handler_who_left_every_post_sees_nothing(world):
    letter = world.sealed()
    account = AccountFactory(unit=world.office)
    letter.sealed_handlers.create(account=account, named_by=world.sealer)
    assert not sees(account, letter)

    RoleGrantFactory(account=account, role=Role.HANDLER, unit=world.office)

    assert sees(account, letter)


def test_a_clerk_who_changed_the_office_loses_what_they_registered(world):
    letter = world.letter()
    world.clerk.grants.update(unit=world.water)
    clerk = Account.objects.get(pk=world.clerk.pk)

    assert not sees(clerk, letter)
    assert not Letter.objects.status_of(clerk).exists()


def test_a_leader_named_later_writes_no_more_progress(world, leader):
    letter = world.letter()
    hold = hold_letter(
        letter,
        by=world.petition,
        leader=leader.cadre,
        plan="协调",
        due_on=days(9),
        now=world.now,
    )
    letter.named.create(official=leader.cadre, added_by=world.sealer)

    with pytest.raises(Refusal):
        note_progress(hold, by=Account.objects.get(pk=leader.pk), progress="x")


def test_a_link_is_seen_by_those_who_see_both_ends(world):
    one, other = world.at_unit(), world.at_unit()
    LetterLink.objects.create(
        letter=one, other=other, kind="related", reason="同一水泵", by=world.petition
    )
    assert LetterLink.objects.visible_to(world.handler).exists()

    take(other, Step.SORT, world.petition, category=Category.ACCUSATION)

    assert not LetterLink.objects.visible_to(world.handler).exists()


def test_ties_cost_one_query(world, django_assert_num_queries):
    account = Account.objects.get(pk=world.sealer.pk)

    with django_assert_num_queries(1):
        assert world.office.pk in account.ties.units
        assert account.ties.officials == set()
