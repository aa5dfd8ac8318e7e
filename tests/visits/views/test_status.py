from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from cadres.rules.roles import Role
from tests.factories.letters import letter_at, officer, petition_office
from visits.models import Upkeep
from visits.reports.operation import operation
from visits.rules.job_names import JOB_NAMES

pytestmark = pytest.mark.django_db
ADDRESS = reverse("visits:status")


def job(status="failed", task="visits.tasks.sweep", queueing_lock=None):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status,"
            " queueing_lock) VALUES ('default', %s, '{\"timestamp\": 0}', %s, %s)"
            " RETURNING id",
            [task, status, queueing_lock],
        )
        return cursor.fetchone()[0]


def test_each_task_of_the_queue_has_words():
    app.perform_import_paths()
    ours = {name for name in app.tasks if name.startswith("visits.")}

    assert ours == set(JOB_NAMES)


def test_status_is_the_system_administrators_alone(
    client, sysadmin, client_of, auditor
):
    assert client_of(auditor).get(ADDRESS).status_code == 403
    assert (
        client_of(auditor).post(reverse("visits:job_retry", args=[job()])).status_code
        == 403
    )
    client.force_login(sysadmin)
    assert client.get(ADDRESS).status_code == 200


def test_status_says_what_to_do_until_it_is_done(client, sysadmin, english, settings):
    sysadmin.language = "en"
    sysadmin.save()
    client.force_login(sysadmin)
    now = timezone.now()
    first = client.get(ADDRESS).content.decode()
    assert "manage.py backup" in first
    assert "manage.py verify_backup" in first
    assert "None has been heard of for a minute" in first
    faults = operation(now=now).faults

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    figures = {"tables": 100, "rows": 7, "files": 2, "bytes": 1}
    for kind in Upkeep.Kind:
        Upkeep.objects.create(kind=kind, at=now, seconds=3, is_good=True, about=figures)

    page = client.get(ADDRESS).content.decode()
    assert "manage.py" not in page
    assert "It is at work." in page
    assert operation(now=now).faults == faults - 3
    assert operation(now=now + timedelta(days=32)).is_drill_old
    assert operation(now=now + timedelta(hours=27)).is_backup_old

    Upkeep.objects.create(
        kind=Upkeep.Kind.BACKUP, at=now, seconds=1, is_good=False, said="disk <full>"
    )
    page = client.get(ADDRESS).content.decode()
    assert "disk &lt;full&gt;" in page
    assert "manage.py backup" in page


def test_a_failed_job_is_shown_and_run_again_once(client, sysadmin, english):
    sysadmin.language = "en"
    sysadmin.save()
    client.force_login(sysadmin)
    failed, done = job(), job("succeeded")
    late = job(queueing_lock="sweep")
    job("todo", queueing_lock="sweep")  # the next one
    assert "Remove stored files that belong to nothing" in (
        client.get(ADDRESS).content.decode()
    )

    address = reverse("visits:job_retry", args=[failed])
    pages = [client.post(address, follow=True).content.decode() for _twice in range(2)]
    other = client.post(reverse("visits:job_retry", args=[done]), follow=True)
    behind = client.post(reverse("visits:job_retry", args=[late]), follow=True)

    assert "The job will run again" in pages[0]
    assert "is not among the failed ones any more" in pages[1]
    assert "is not among the failed ones any more" in other.content.decode()
    assert "waits already, and does the same" in behind.content.decode()
    states = dict(ProcrastinateJob.objects.values_list("pk", "status"))
    assert [states[it] for it in (failed, done, late)] == [
        "todo",
        "succeeded",
        "failed",
    ]


def test_status_costs_the_same_and_says_nothing_of_sealed_letters(
    client, sysadmin, js, django_assert_max_num_queries
):
    """Their limits are long past; to the administrator they do not exist."""
    client.force_login(sysadmin)
    past = timezone.localtime() - timedelta(days=100)
    before = operation(now=timezone.now())
    office = petition_office(js.xuzhou)
    given = {"office": office, "by": officer(office, Role.CLERK), "now": past}
    letter_at(js.huancheng, complains_about_someone=True, request="反映收费", **given)
    sealed = operation(now=timezone.now())
    letter_at(js.huancheng, **given)
    for _number in range(3):
        job()

    with django_assert_max_num_queries(24):
        client.get(ADDRESS)

    assert (sealed.due, sealed.provisional) == (before.due, before.provisional)
    assert operation(now=timezone.now()).due == before.due + 1


def test_todays_page_has_a_line_of_it(client, sysadmin, auditor, client_of):
    client.force_login(sysadmin)

    assert ADDRESS in client.get(reverse("visits:today")).content.decode()
    assert (
        ADDRESS not in client_of(auditor).get(reverse("visits:today")).content.decode()
    )
