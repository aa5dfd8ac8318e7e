"""Lists that leave the product: the rows and columns of their page, and no more."""

import csv
import io
import zipfile
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from docx import Document
from python_calamine import CalamineWorkbook

from cadres.models import Setting
from tests.factories import (
    CadreFactory,
    InvestigationFactory,
    MatterFactory,
    ProblemFactory,
    QuestionFactory,
    TalkFactory,
    VisitFactory,
    at,
)
from tests.factories.letters import letter_at, take
from visits.models import Export, ExportJob, Letter, OwnList, Visit
from visits.reports.letter_list import clock_name
from visits.rules.letter_states import Step
from visits.tasks import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_dir")]
EXPORT = reverse("visits:report_export")
LETTERS = "list=letters&work=all"
PAGES = {
    "letters": "letter_list",
    "matters": "matter_list",
    "visits": "calendar",
    "questions": "question_list",
    "studies": "investigation_list",
    "problems": "problem_list",
}
NOW = at("2025-11-04 09:00")


@pytest.fixture
def petition(client, desk, district_admin):
    """Of the petition office, signed in; the administrator of the city lets it out."""
    return signed_in(client, desk.petition)


@pytest.fixture
def admin(client, district_admin):
    return signed_in(client, district_admin)


def signed_in(client, account):
    account.language = "en"
    account.save()
    client.force_login(account)
    return account


def export(client, query, form="csv"):
    """As the first approver that the page offers."""
    url = f"{EXPORT}?{query}"
    offered = client.get(url).context["form"]["approver"].field.choices
    approver = next(pk for pk, _name in offered if pk)
    typed = {"purpose": "年终核对", "approver": approver, "format": form}
    return client.post(url, typed)


def in_csv(response):
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    return rows[rows.index([]) + 1 :]


def in_xlsx(response):
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    rows = book.get_sheet_by_name("Rows").to_python(skip_empty_area=False)
    head = next(at for at, row in enumerate(rows) if row[0] == "Reference")
    return rows[head:]


def references(response):
    return [row[0] for row in in_csv(response)[1:]]


def talk_at(place):
    visit = VisitFactory(held=True, places=[place], starts_at=NOW)
    return TalkFactory(stop=visit.stops.get())


def study_of(account, **more):
    leader = CadreFactory(unit=account.unit)
    return InvestigationFactory(leader=leader, recorded_by=account, **more)


def check(client, query, heads, *rows):
    """The same in the CSV, where all is text, and in the workbook, where days are."""
    plain = [["" if it is None else str(it) for it in row] for row in rows]
    typed = [["" if it is None else it for it in row] for row in rows]
    assert in_csv(export(client, query)) == [heads, *plain]
    assert in_xlsx(export(client, query, "xlsx")) == [heads, *typed]


def seal(letter):
    Letter.objects.filter(pk=letter.pk).update(
        is_sealed=True, sealed_text=b"x", request="", facts="", search_text=""
    )


def test_letters_leave_with_their_columns_and_neither_text_nor_name(
    client, desk, petition
):
    routed = desk.letter(now=NOW, is_urgent=True, urgent_reason="断水")
    routed = take(routed, Step.FORWARD, desk.petition, now=NOW, to_unit=desk.water)
    fresh = desk.letter(now=at("2025-12-04 09:00"), channel="online", category="")
    place = desk.place.path

    check(
        client,
        f"{LETTERS}&state=all",
        [
            "Reference", "Marks", "Place", "Channel", "State", "Category", "Subject",
            "Unit in charge", "Clock that ends first", "Due on",
        ],
        [
            routed.printed_reference, "urgent · provisional", place, "Letter", "Forwarded",
            "Request under the petition procedure", "", "徐州市水务局",
            clock_on_page(client, routed), routed.due_on,
        ],
        [
            fresh.printed_reference, "provisional", place, "Online", "Registered", "", "", "",
            clock_on_page(client, fresh), fresh.due_on,
        ],
    )  # fmt: skip
    for form in ("csv", "xlsx", "docx", "print"):
        said = unpacked(export(client, f"{LETTERS}&state=all", form).content)
        assert routed.printed_reference.encode() in said
        for secret in (routed.request, routed.facts, "断水", "李测试", "13800002207"):
            assert secret.encode() not in said


def unpacked(data):
    """All that is in a file, also where it is a packed one."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return b"".join(packed.read(name) for name in packed.namelist())


def clock_on_page(client, letter):
    page = client.get(reverse("visits:letter_list"), {"work": "all", "state": "all"})
    row = next(it for it in page.context["rows"] if it.letter == letter)
    name = clock_name(row.letter)
    assert name in row.limit
    return name


def test_matters_leave_with_their_columns(client, js, admin):
    official = CadreFactory(name="=张一", unit=admin.unit)
    visit = VisitFactory(held=True, officials=[official], places=[js.tangzhang])
    matter = MatterFactory(
        stop=visit.stops.get(),
        subject="修桥",
        decided_by=official,
        assigned=True,
        lead_unit="水务局",
        due_on=date(2025, 12, 8),
        first_due_on=date(2025, 12, 1),
        reopened=1,
    )
    MatterFactory(stop=visit.stops.get(), awaiting=True, subject="不在此列")

    rows = [
        matter.printed_reference, "reopened", "修桥", js.tangzhang.path,
        "Assigned", "=张一", "水务局", date(2025, 12, 8),
        date(2025, 12, 1),
    ]  # fmt: skip
    query = f"list=matters&work=open&state={matter.state}"
    heads = [
        "Reference", "Marks", "Matter", "Place", "State", "Decided by", "Lead unit",
        "Deadline", "First deadline",
    ]  # fmt: skip

    assert in_xlsx(export(client, query, "xlsx")) == [heads, rows]
    rows[5] = "'=张一"  # shown by a spreadsheet, never run
    assert in_csv(export(client, query)) == [heads, [str(it) for it in rows]]


def test_visits_leave_with_their_columns(client, js, admin):
    team = [CadreFactory(name=name, unit=admin.unit) for name in ("张一", "李二")]
    visit = VisitFactory(
        held=True,
        officials=team,
        places=[js.tangzhang, js.huancheng],
        count=2,
        purpose="看水渠",
        unit=admin.unit,
        starts_at=NOW,
        hours=1,
    )
    VisitFactory(
        held=True,
        officials=team[:1],
        places=[js.tangzhang],
        starts_at=at("2025-08-12 09:00"),
    )

    check(
        client,
        "list=visits&first=2025-11-01&last=2025-11-30",
        [
            "Reference", "First day", "Last day", "Purpose or topic", "Organised by",
            "Places", "Officials", "State",
        ],
        [
            visit.reference, date(2025, 11, 4), date(2025, 11, 4), "看水渠",
            admin.unit.name, f"{js.tangzhang.path}, {js.huancheng.path}", "张一, 李二",
            "Logged",
        ],
    )  # fmt: skip


def test_questions_leave_with_their_columns(client, js, admin):
    talk = talk_at(js.tangzhang)
    question = QuestionFactory(talk=talk, promised=True, text="何时通水？")
    QuestionFactory(talk=talk, answered=True)
    QuestionFactory(talk=talk_at(js.huancheng), promised=True)

    check(
        client,
        f"list=questions&place={js.tangzhang.path}",
        [
            "Reference", "Question", "Place", "Asked on", "Policy talk", "Who answers",
            "State", "By when",
        ],
        [
            question.reference, "何时通水？", js.tangzhang.path, date(2025, 11, 4),
            "土地政策", "水务局", "Answer promised", question.due_on,
        ],
    )  # fmt: skip


def test_investigations_leave_with_their_columns(client, admin):
    study = study_of(admin, topic="农村供水", opened_on=date(2025, 11, 4))
    leader = study.leader
    study_of(admin)

    check(
        client,
        f"list=studies&show=all&leader={leader.pk}",
        [
            "Reference", "Topic", "Subject area", "Kind", "Led by", "Opened on",
            "State",
        ],
        [
            study.reference, "农村供水", "", "", f"{leader.name} · {leader.unit}",
            date(2025, 11, 4), "Running",
        ],
    )  # fmt: skip


def test_problems_leave_with_their_columns(client, admin):
    study = study_of(admin, topic="农村供水")
    problem = ProblemFactory(
        investigation=study,
        found_on=date(2025, 11, 4),
        answered_above=True,
        passed_to__name="省水利厅",
        passed_on=date(2025, 11, 4),
        lead_unit="水务局",
    )
    ProblemFactory(investigation=study, found_on=date(2025, 11, 5))

    check(
        client,
        "list=problems&show=from_above",
        [
            "Reference", "Problem", "Topic", "Led by", "Lead unit", "State",
            "Passed up to", "Deadline",
        ],
        [
            problem.reference, "管护责任没有分清", "农村供水", study.leader.name, "水务局",
            "Answered from above", "省水利厅", problem.due_on,
        ],
    )  # fmt: skip


def test_a_sealed_letter_is_not_even_counted(client, desk, district_admin):
    """Though the seal officer sees it in the list."""
    signed_in(client, desk.sealer)
    sealed = desk.letter()
    seal(sealed)
    page = client.get(reverse("visits:letter_list"), {"work": "all", "state": "all"})
    assert [it.letter.pk for it in page.context["rows"]] == [sealed.pk]

    response = export(client, f"{LETTERS}&state=all")

    assert references(response) == []
    assert sealed.printed_reference not in response.content.decode()
    assert Export.objects.get().rows == 0


def test_hidden_visits_and_matters_of_sealed_letters_stay_here(client, js, admin):
    visit = VisitFactory(held=True, places=[js.tangzhang])
    matter = MatterFactory(stop=visit.stops.get())
    letter = letter_at(js.tangzhang)
    MatterFactory(
        letter=letter, stop=None, source="letter", decided_by=matter.decided_by
    )
    seal(letter)
    lists = {"list=visits": [visit.reference]}
    lists["list=matters&work=all"] = [matter.printed_reference]
    for query, shown in lists.items():
        assert references(export(client, query)) == shown

    later = timezone.now() + timedelta(days=1)
    Visit.objects.update(mode="unannounced", hidden_until=later)

    for query in lists:
        assert references(export(client, query)) == []


def test_the_rows_are_those_of_the_page_for_each_person(client, desk, petition):
    desk.letter(), desk.forwarded()
    elsewhere = letter_at(desk.js.tangzhang)  # of another office
    for account in (desk.petition, desk.handler):
        signed_in(client, account)
        for query in ("work=all&state=registered", "work=waiting"):
            page = client.get(f"{reverse('visits:letter_list')}?{query}")
            shown = [it.letter.printed_reference for it in page.context["rows"]]
            assert references(export(client, f"list=letters&{query}")) == shown
            assert elsewhere.printed_reference not in shown


def test_the_log_says_what_list_it_was_and_the_file_bears_its_number(
    client, client_of, desk, petition, district_admin, auditor
):
    desk.letter()

    said = export(client, f"{LETTERS}&state=registered").content.decode()

    logged = Export.objects.get()
    assert (logged.by, logged.approver) == (petition, district_admin)
    assert (logged.kind, logged.period, logged.rows) == ("letters", "", 1)
    assert logged.printed_reference in said and "年终核对" in said
    assert "List: All in my hands · State: Registered" in said
    log = client_of(auditor).get(reverse("visits:export_list")).content.decode()
    assert "列表：我经手的全部 · 状态：已登记" in log
    mine = client.get(reverse("visits:export_list")).content.decode()
    assert "List: All in my hands · State: Registered" in mine


def test_a_document_has_what_the_workbook_has(client, desk, petition):
    letter = desk.letter()

    document = Document(io.BytesIO(export(client, LETTERS, "docx").content))

    table = document.tables[0]
    assert [cell.text for cell in table.rows[0].cells][:2] == ["Reference", "Place"]
    assert table.rows[1].cells[0].text.startswith(letter.printed_reference)
    assert len(document.tables) == 1
    page = export(client, LETTERS, "print").content.decode()
    assert letter.printed_reference in page and "What do the columns mean?" in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("list=letters&work=registered", 404),  # that it goes on, no more
        ("list=people", 404),
        ("list=letters&state=nonsense", 422),  # would be more than was meant
        (f"list=letters&place={'长' * 61}", 422),
    ],
)
def test_what_is_no_list_to_take_is_not_exported(client, desk, query, status):
    signed_in(client, desk.clerk)

    assert client.get(f"{EXPORT}?{query}").status_code == status


@pytest.mark.parametrize("page", PAGES)
def test_who_may_not_see_the_list_exports_nothing(client, reader, page):
    client.force_login(reader)

    assert client.get(f"{EXPORT}?list={page}").status_code == 403


def test_without_an_approver_there_is_no_file(client, desk):
    signed_in(client, desk.petition)

    page = client.get(f"{EXPORT}?{LETTERS}")
    typed = {"purpose": "年终核对", "approver": desk.petition.pk, "format": "csv"}

    assert not page.context["has_approver"]
    assert client.post(f"{EXPORT}?{LETTERS}", typed).status_code == 422
    assert not Export.objects.exists()


def offered(client, page, query):
    asked = f"view=list&{query}" if page == "visits" else query
    context = client.get(f"{reverse(f'visits:{PAGES[page]}')}?{asked}").context
    return context["export_query"]


@pytest.mark.parametrize(
    ("page", "query", "offer"),
    [
        ("letters", "", "list=letters"),
        ("letters", "work=all&due=late", "list=letters&work=all&due=late"),
        ("letters", "work=registered", ""),
        ("letters", "state=nonsense", ""),
        ("matters", "work=late&after=5", "list=matters&work=late"),
        ("matters", "visit=ABCDEFGH", ""),
        ("visits", "show=planned", "list=visits&show=planned"),
        ("visits", "first=2026-02-01&last=2026-01-01", ""),
        ("questions", "show=late", "list=questions&show=late"),
        ("questions", "place=0", ""),
        ("studies", "show=all&area=&after=5", "list=studies&show=all"),
        ("studies", "leader=0", ""),
        ("problems", "", "list=problems"),
        ("problems", "show=mine", ""),
    ],
)
def test_a_list_offers_what_its_filter_asks_for(
    client, desk, district_admin, page, query, offer
):
    signed_in(client, desk.clerk if page == "letters" else district_admin)

    assert offered(client, page, query) == offer


def test_words_that_were_searched_for_are_not_exported(client, desk, petition):
    kept = client.post(reverse("visits:letter_search"), {"q": "自来水"})

    assert client.get(kept.url).context["export_query"] == ""


def test_a_kept_list_offers_its_export(client, admin):
    OwnList.objects.create(
        owner=admin, page="matters", name="铜山未结", query="work=late"
    )

    page = client.get(reverse("visits:own_list_list")).content.decode()

    assert f"{EXPORT}?list=matters&amp;work=late" in page


@pytest.fixture
def job(client, desk, petition):
    """Asked for with one letter; a second one comes before it is made."""
    Setting.objects.create(name="report.background_rows", value=0)
    desk.letter(now=NOW)
    assert export(client, LETTERS).url == reverse("visits:export_list")
    job = ExportJob.objects.get()
    desk.letter(now=at("2025-12-04 09:00"))
    make(job=job.pk)
    job.refresh_from_db()
    return job


def taken(client, job):
    return client.get(reverse("visits:export_take", args=[job.reference]))


def test_a_large_one_has_the_rows_of_when_it_is_made(client, job):
    letters = Letter.objects.order_by("due_on")

    assert job.seen["letters"] == [it.pk for it in letters]
    assert references(taken(client, job)) == [it.printed_reference for it in letters]
    assert Export.objects.get().rows == 2


def test_a_letter_that_is_not_theirs_any_more_closes_the_file(client, job):
    seal(Letter.objects.first())

    response = client.get(taken(client, job).url)

    said = " ".join(str(it) for it in response.context["messages"])
    assert "not yours to read any more" in said


def test_without_the_role_no_list_is_made(client, job, petition):
    Setting.objects.update(value=0)
    export(client, f"{LETTERS}&state=all")
    later = ExportJob.objects.latest("pk")
    petition.grants.all().delete()

    make(job=later.pk)

    later.refresh_from_db()
    assert (later.state, later.failure) == ("failed", "not_allowed")
    assert taken(client, job).url == reverse("visits:export_list")


def test_paper_has_an_end(client, desk, petition, monkeypatch):
    monkeypatch.setattr("visits.actions.export_report.MOST_DOCX", 1)
    for _letter in range(2):
        desk.letter()

    for form in ("docx", "print"):
        assert export(client, LETTERS, form).status_code == 422
    assert export(client, LETTERS).status_code == 200
    assert Export.objects.count() == 1


@pytest.mark.parametrize("page", PAGES)
def test_a_file_costs_the_same_for_any_number_of_rows(client, js, desk, admin, page):
    if page == "letters":
        signed_in(client, desk.petition)
    more = {"letters": "&work=all", "matters": "&work=all", "visits": ""}
    query = f"list={page}{more.get(page, '&show=all')}"
    costs = []
    for _time in range(2):
        desk.letter()
        visit = VisitFactory(held=True, places=[js.tangzhang])
        MatterFactory(stop=visit.stops.get())
        QuestionFactory(talk=TalkFactory(stop=visit.stops.get()))
        ProblemFactory(investigation=study_of(admin), found_on=NOW.date())
        with CaptureQueriesContext(connection) as queries:
            response = export(client, query)
        costs.append((len(references(response)), len(queries)))

    (one, cost), (two, same) = costs
    assert (one, two) == (1, 2)
    assert cost == same
