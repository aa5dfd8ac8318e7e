import pytest
from django.urls import reverse

from cadres.rules.roles import Role
from tests.factories import AccountFactory
from tests.factories.letter_world import LetterWorld, sees
from tests.factories.letters import officer
from visits.models import Access, Letter, NamedParty, Notice, SealedHandler
from visits.rules.letter_states import LetterState

pytestmark = pytest.mark.django_db
LIST = reverse("visits:sealed_list")


@pytest.fixture
def world(js):
    return LetterWorld(js)


@pytest.fixture
def letter(world):
    return world.sealed()


def at(name, letter, *more):
    return reverse(f"visits:{name}", args=[letter.reference, *more])


def test_sealed_list_shows_no_word_of_what_is_written(client_of, world, letter):
    page = client_of(world.sealer).get(LIST).content.decode()

    assert letter.printed_reference in page
    assert "违规收费" not in page
    assert LIST in page  # the way there, in the navigation


@pytest.mark.parametrize("role", [r for r in Role.values if r != Role.SEAL_OFFICER])
def test_for_everyone_else_these_pages_do_not_exist(client_of, world, letter, role):
    client = client_of(officer(world.office, role))

    for address in (LIST, at("sealed_detail", letter), at("sealed_open", letter)):
        response = client.get(address)
        assert response.status_code in (404, 405)
        assert client.post(address, {"reason": "x"}).status_code in (404, 405)
    assert LIST not in client.get(reverse("visits:feedback")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_sealed_list_costs_the_same_for_any_number(
    client_of, world, count, django_assert_num_queries
):
    for _n in range(count):
        world.sealed()
    client = client_of(world.sealer)

    # sign-in (2), roles, what is named to one, ties, the letters
    with django_assert_num_queries(6):
        response = client.get(LIST)

    assert len(response.context["rows"]) == count


def test_the_text_is_shown_once_after_a_reason(client_of, world, letter):
    client = client_of(world.sealer)
    assert "违规收费" not in client.get(at("sealed_detail", letter)).content.decode()

    refused = client.post(at("sealed_open", letter), {"reason": " "})
    assert refused.status_code == 422
    assert not Access.objects.exists()
    page = client.post(at("sealed_open", letter), {"reason": "核实"}).content.decode()

    assert "违规收费" in page
    assert "李测试" not in page
    assert [(it.kind, it.reason) for it in Access.objects.all()] == [("sealed", "核实")]
    assert "违规收费" not in client.get(at("sealed_detail", letter)).content.decode()


def test_who_wrote_is_a_look_of_its_own(client_of, world, letter):
    typed = {"reason": "核实", "with_identity": "on"}

    page = client_of(world.sealer).post(at("sealed_open", letter), typed)

    assert "李测试" in page.content.decode()
    assert sorted(Access.objects.values_list("kind", flat=True)) == [
        "identity",
        "sealed",
    ]


def test_a_named_handler_reads_and_decides_nothing(client_of, world, letter):
    sealer = client_of(world.sealer)
    sealer.post(at("sealed_handler_name", letter), {"account": world.head.username})
    handler = SealedHandler.objects.get()
    assert Notice.objects.get().letter is None
    client = client_of(world.head)

    assert client.get(LIST).status_code == 200
    typed = {"reason": "办理"}
    assert "违规收费" in client.post(at("sealed_open", letter), typed).content.decode()
    client.post(at("sealed_handler_end", letter, handler.pk))
    client.post(at("named_party_add", letter), {"named_unit": "供水管理处"})
    assert SealedHandler.objects.exists() and not NamedParty.objects.exists()

    sealer.post(at("sealed_handler_end", letter, handler.pk))
    assert client.get(LIST).status_code == 404


@pytest.mark.parametrize("who", ["tied", "auditor", "nobody", "gone"])
def test_whoever_cannot_handle_it_is_refused_in_one_sentence(
    client_of, world, letter, who
):
    official = world.official()
    letter.named.create(official=official, added_by=world.sealer)
    accounts = {
        "tied": officer(world.office, Role.HANDLER, acts_for=[official]),
        "auditor": world.auditor,
        "nobody": AccountFactory(),
        "gone": AccountFactory(is_active=False),
    }

    response = client_of(world.sealer).post(
        at("sealed_handler_name", letter), {"account": accounts[who].username}
    )

    assert response.status_code == 422
    assert not SealedHandler.objects.exists()


def test_naming_a_unit_shuts_out_at_once_even_who_named_it(client_of, world, letter):
    letter.sealed_handlers.create(account=world.head, named_by=world.sealer)
    client = client_of(world.sealer)

    client.post(at("named_party_add", letter), {"named_unit": world.water.name})
    assert not sees(world.head, letter)
    assert not letter.sealed_handlers.exists()
    response = client.post(
        at("named_party_add", letter), {"named_unit": world.office.name}
    )

    assert response.url == LIST
    assert not sees(world.sealer, letter)
    assert Letter.objects.get(pk=letter.pk).office == world.province_office


def test_naming_nobody_or_two_at_once_is_refused(client_of, world, letter):
    official = world.official()
    client = client_of(world.sealer)
    for typed in (
        {},
        {"official": official.name, "named_unit": world.water.name},
        {"named_unit": "没有的单位"},
        {"named_unit": "\x00"},
    ):
        assert client.post(at("named_party_add", letter), typed).status_code == 422
    assert not NamedParty.objects.exists()


def test_taking_a_party_out_needs_two(client_of, world, letter):
    party = letter.named.create(unit=world.water, added_by=world.sealer)
    address = at("named_party_remove", letter, party.pk)
    first, second = client_of(world.sealer), client_of(world.second)

    for _n in range(2):
        first.post(address)
        assert NamedParty.objects.in_force().exists()
    second.post(address)

    party.refresh_from_db()
    assert (party.removal_asked_by, party.removed_by) == (world.sealer, world.second)
    assert not NamedParty.objects.in_force().exists()
    assert first.post(address).status_code == 404


def test_one_proposes_and_another_hands_it_on(client_of, world, letter):
    letter.named.create(unit=world.water, added_by=world.sealer)
    first, second = client_of(world.sealer), client_of(world.second)
    ask = at("seal_transfer_ask", letter)
    for unit in (world.water, world.pumps):
        typed = {"to_unit": unit.name, "reasons": "属其管辖"}
        assert first.post(ask, typed).status_code == 422
    typed = {"to_unit": world.discipline.name, "reasons": "属其管辖"}
    assert first.post(ask, typed).status_code == 302
    transfer = letter.transfers.get()
    decide = at("seal_transfer_decide", letter, transfer.pk)

    first.post(decide, {"confirm": "1"})
    letter.refresh_from_db()
    assert letter.state == LetterState.REGISTERED
    page = second.post(at("sealed_open", letter), {"reason": "复核移交"})
    assert "属其管辖" in page.content.decode()
    second.post(decide, {"confirm": "1"})

    letter.refresh_from_db()
    assert (letter.state, letter.unit) == (LetterState.SEALED, world.discipline)
    refused = first.post(at("sealed_open", letter), {"reason": "再看"})
    assert "违规收费" not in refused.content.decode()
    inspector = client_of(world.inspector)
    page = inspector.post(at("sealed_open", letter), {"reason": "受理"})
    assert "违规收费" in page.content.decode()


def test_whom_it_names_is_shown_with_its_text_alone(client_of, world, letter):
    letter.named.create(official=world.official(name="钱某某"), added_by=world.sealer)
    client = client_of(world.sealer)

    assert "钱某某" not in client.get(at("sealed_detail", letter)).content.decode()
    assert not Access.objects.exists()
    page = client.post(at("sealed_open", letter), {"reason": "核实"}).content.decode()

    assert "钱某某" in page


def test_that_it_names_nobody_is_said_by_two_who_have_read_it(client_of, world, letter):
    first, second = client_of(world.sealer), client_of(world.second)
    typed = {"to_unit": world.discipline.name, "reasons": "属其管辖"}
    ask = at("seal_transfer_ask", letter)
    assert first.post(ask, typed).status_code == 422
    typed["names_nobody"] = "on"
    assert first.post(ask, typed).status_code == 422
    first.post(at("sealed_open", letter), {"reason": "核对"})
    assert first.post(ask, typed).status_code == 302
    decide = at("seal_transfer_decide", letter, letter.transfers.get().pk)

    second.post(decide, {"confirm": "1"})
    letter.refresh_from_db()
    assert letter.state == LetterState.REGISTERED
    second.post(at("sealed_open", letter), {"reason": "核对"})
    second.post(decide, {"confirm": "1"})

    letter.refresh_from_db()
    assert letter.state == LetterState.SEALED


@pytest.mark.parametrize("who", ["sealer", "inspector"])
def test_danger_in_a_sealed_letter_is_reported_at_once(client_of, world, who):
    letter = world.sealed(is_urgent=True, urgent_reason="被威胁")
    if who == "inspector":
        Letter.objects.filter(pk=letter.pk).update(
            state=LetterState.SEALED, unit=world.discipline
        )
    client = client_of(getattr(world, who))
    address = at("sealed_report_urgent", letter)
    assert address in client.get(at("sealed_detail", letter)).content.decode()
    typed = {"version": letter.version, "reported_to": ""}
    assert client.post(address, typed).status_code == 422

    assert client.post(address, typed | {"reported_to": "市委"}).status_code == 302

    event = letter.events.get(step="report_urgent")
    assert (event.by, event.acted_as, event.record) == (
        getattr(world, who),
        "sealer",
        {},
    )
    assert not letter.clocks.running().filter(clock="C2").exists()
    assert client_of(world.petition).post(address, typed).status_code == 404


def test_a_second_officer_refuses(client_of, world, letter):
    letter.named.create(unit=world.water, added_by=world.sealer)
    typed = {"to_unit": world.discipline.name, "reasons": "x"}
    client_of(world.sealer).post(at("seal_transfer_ask", letter), typed)
    transfer = letter.transfers.get()

    client_of(world.second).post(
        at("seal_transfer_decide", letter, transfer.pk), {"refuse": "1"}
    )

    transfer.refresh_from_db()
    assert transfer.refused_at
    letter.refresh_from_db()
    assert letter.state == LetterState.REGISTERED


def test_an_unsealed_letter_has_no_sealed_page(client_of, world):
    letter = world.letter()

    response = client_of(world.sealer).get(at("sealed_detail", letter))

    assert response.status_code == 404
