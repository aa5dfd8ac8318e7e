"""Large exports: made by the queue once, kept for a day, for who asked alone."""

import io
import re
from datetime import date, timedelta

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from python_calamine import CalamineWorkbook

from cadres.models import RoleGrant, Setting
from tests.factories import CadreFactory, MatterFactory, VisitFactory, at
from tests.factories.letters import letter_at
from visits.actions import make_export as by_queue
from visits.actions.make_export import expire_exports
from visits.actions.sweep_files import sweep_files
from visits.forms.report import asked_again
from visits.models import Export, ExportJob, Letter, Notice, Visit, file_store
from visits.tasks import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_dir")]
EXPORT = reverse("visits:report_export")
LIST = reverse("visits:export_list")
PURPOSE = "提交市委常委会"
State = ExportJob.State


@pytest.fixture
def admin(client, district_admin):
    """Signed in, and read in English."""
    district_admin.language = "en"
    district_admin.save()
    client.force_login(district_admin)
    return district_admin


@pytest.fixture
def visit(js, district_admin):
    """Three rows: the visit, what was decided on it, and that it was promised."""
    Setting.objects.create(name="report.background_rows", value=0)
    held = VisitFactory(
        held=True,
        officials=[CadreFactory(unit=district_admin.unit)],
        places=[js.tangzhang],
        purpose="看水渠",
        starts_at=at("2025-11-04 09:00"),
        hours=1,
    )
    stop, raised_on = held.stops.get(), date(2025, 11, 4)
    letter = letter_at(stop.place)
    MatterFactory(stop=stop, letter=letter, subject="修水渠", raised_on=raised_on)
    return held


def ask(client, form="csv", report="officials", period="2025-Q4"):
    url = f"{EXPORT}?report={report}&period={period}"
    key = client.session["_auth_user_id"]
    return client.post(url, {"purpose": PURPOSE, "approver": key, "format": form})


def ask_for_rows(client):
    return ask(client, "xlsx", "districts")


def made(client, asked=ask):
    asked(client)
    job = ExportJob.objects.latest("pk")
    make(job=job.pk)
    job.refresh_from_db()
    return job


def take(client, job):
    return client.get(reverse("visits:export_take", args=[job.reference]))


def refused(client, job):
    """What the page says where no file comes."""
    page = client.get(take(client, job).url)
    return " ".join(str(message) for message in page.context["messages"])


def rows_of(response):
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    return book.get_sheet_by_name("Rows").to_python()


def queue_of(*jobs):
    return ProcrastinateJob.objects.filter(args__job__in=[job.pk for job in jobs])


def files():
    return {path.name for path in file_store.everything()}


def test_a_large_export_is_made_in_the_background(client, admin, visit):
    response = ask_for_rows(client)

    assert response.url == LIST
    job = ExportJob.objects.get()
    assert (job.state, job.total, job.by) == (State.WAITING, 3, admin)
    queued = queue_of(job).get()
    # The queue knows a key, and nothing of what is in it.
    assert (queued.task_name, queued.args) == ("visits.tasks.make", {"job": job.pk})
    assert not Export.objects.exists()
    page = client.get(LIST).content.decode()
    assert "about 3 rows" in page and "every 5s" in page

    make(job=job.pk)

    job.refresh_from_db()
    logged = Export.objects.get()
    assert (job.state, job.export, job.done) == (State.READY, logged, logged.rows)
    assert job.kept_until - logged.at == timedelta(hours=24)
    page = client.get(LIST).content.decode()
    assert "Download" in page and "every 5s" not in page
    notice = Notice.objects.get()
    assert (notice.account, notice.kind) == (admin, Notice.Kind.EXPORT_READY)
    assert notice.get_absolute_url() == LIST


def test_it_is_the_file_that_a_small_one_would_be(client, admin, visit):
    response = take(client, made(client, ask_for_rows))

    assert logged_name(response) == Export.objects.get().reference
    rows = rows_of(response)
    assert [row[3] for row in rows[2:]] == ["看水渠", "修水渠", "修水渠"]
    Setting.objects.update(value=1000)
    assert rows_of(ask_for_rows(client))[1:] == rows[1:]


def logged_name(response):
    name = response["Content-Disposition"]
    return re.search(r"-([0-9A-Z]{8})\.xlsx", name).group(1)


def test_what_lies_on_the_disk_is_encrypted_and_nobody_elses(
    client, client_of, admin, visit, auditor, leader
):
    job = made(client)

    assert files() == {str(job.key)}
    assert not file_store.path_of(job.key).read_bytes().startswith(b"PK")
    for other in (auditor, leader):
        assert take(client_of(other), job).status_code == 404


def test_asked_twice_it_is_one_job_and_run_twice_one_export(client, admin, visit):
    for _click in range(2):
        ask(client)
    job = ExportJob.objects.get()

    for _run in range(2):
        make(job=job.pk)

    assert Export.objects.count() == Notice.objects.count() == len(files()) == 1


def test_no_more_than_a_few_wait_at_once(client, admin, visit):
    for period in ("2025-Q4", "2025", "2025-11", "2025-H2"):
        last = ask(client, period=period)

    assert last.status_code == 422
    assert queue_of(*ExportJob.objects.all()).count() == ExportJob.objects.count() == 3


@pytest.mark.parametrize(
    "where",
    [
        "write_notices",
        pytest.param("file_store.put", marks=pytest.mark.long),
        pytest.param("log_export", marks=pytest.mark.long),
    ],
)
def test_a_kill_anywhere_leaves_nothing_half_done(
    client, admin, visit, monkeypatch, where
):
    ask(client)
    job = ExportJob.objects.get()

    def killed(*_args, **_kwargs):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(f"{by_queue.__name__}.{where}", killed)
        with pytest.raises(SystemExit):
            make(job=job.pk)
    assert not Export.objects.exists() and not Notice.objects.exists()

    make(job=job.pk)  # as the queue does with what a killed worker has left

    job.refresh_from_db()
    assert take(client, job).status_code == 200
    assert Export.objects.count() == Notice.objects.count() == 1
    sweep_files(now=timezone.now() + timedelta(hours=2))
    assert files() == {str(job.key)}


def hide_the_visit(visit):
    later = timezone.now() + timedelta(days=1)
    Visit.objects.filter(pk=visit.pk).update(mode="unannounced", hidden_until=later)


def seal_the_letter(_visit):
    Letter.objects.update(
        is_sealed=True, sealed_text=b"x", request="", facts="", search_text=""
    )


@pytest.mark.parametrize("happens", [hide_the_visit, seal_the_letter])
def test_no_file_is_handed_out_with_what_one_may_not_read_any_more(
    client, admin, visit, happens
):
    job = made(client, ask_for_rows)
    happens(visit)

    assert "not yours to read any more" in refused(client, job)

    # Asked for again, it has what may be read now.
    Setting.objects.update(value=1000)
    text = str(rows_of(ask_for_rows(client)))
    assert "修水渠" not in text
    assert ("看水渠" in text) == (happens is seal_the_letter)


def test_without_the_role_no_file_is_made_and_none_handed_out(client, admin, visit):
    before = made(client)
    ask(client)
    RoleGrant.objects.filter(account=admin).delete()

    after = ExportJob.objects.latest("pk")
    make(job=after.pk)

    after.refresh_from_db()
    assert (after.state, after.failure) == (State.FAILED, "not_allowed")
    assert Export.objects.get() == before.export
    assert take(client, before).status_code == 302
    assert client.get(LIST).status_code == 403


def test_what_fails_says_why_and_can_be_tried_again(client, admin, visit, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(by_queue, "make_report", broken)
        job = made(client)
    page = client.get(LIST).content.decode()
    assert "Something went wrong here." in page and "Try again" in page
    assert Notice.objects.get().kind == Notice.Kind.EXPORT_FAILED

    for _click in range(2):
        client.post(reverse("visits:export_again", args=[job.reference]))
    assert queue_of(job).count() == 2
    make(job=job.pk)

    job.refresh_from_db()
    assert (job.state, job.failure) == (State.READY, "")


def test_a_file_is_kept_for_a_day_and_its_line_for_good(client, admin, visit):
    job = made(client)
    almost, over = (job.kept_until + timedelta(minutes=n) for n in (-1, 1))

    assert expire_exports(now=almost) == 0
    assert expire_exports(now=over) == 1

    job.refresh_from_db()
    assert (job.state, job.key, job.seen) == (State.EXPIRED, None, {})
    assert files() == set() and Export.objects.filter(job=job).exists()
    assert "Ask for it again" in client.get(LIST).content.decode()
    assert "not there" in refused(client, job)


def test_a_file_is_not_handed_out_after_its_day_though_it_is_not_removed_yet(
    client, admin, visit
):
    job = made(client)
    ExportJob.objects.update(kept_until=timezone.now() - timedelta(seconds=1))

    assert "not there" in refused(client, job)


def test_what_hangs_is_given_up(client, admin, visit):
    ask(client)

    expire_exports(now=timezone.now() + timedelta(hours=7))

    job = ExportJob.objects.get()
    assert (job.state, job.failure) == (State.FAILED, "gave_up")
    make(job=job.pk)  # the queue comes to it after all
    assert not Export.objects.exists()


def test_no_other_period_stands_in_for_an_action_that_is_lost(district_admin):
    query = "report=districts&action=NOSUCHAC"

    with pytest.raises(Http404):
        asked_again(query, user=district_admin, today=date(2026, 1, 1))


def test_small_files_paper_and_print_are_made_at_once(client, admin, visit):
    for form in ("docx", "print"):
        assert ask(client, form).status_code == 200
    Setting.objects.update(value=1000)
    assert ask(client).status_code == 200
    assert not ExportJob.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_jobs(
    client, admin, visit, count, django_assert_num_queries
):
    for number in range(count):
        ExportJob.objects.create(
            by=admin, purpose=PURPOSE, format="xlsx", language="en",
            query=f"period=202{number}", about=str(number), total=5,
        )  # fmt: skip

    with django_assert_num_queries(5):
        page = client.get(LIST)

    assert len(page.context["jobs"]) == count
