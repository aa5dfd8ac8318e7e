import threading

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from tests.factories import AccountFactory, CalendarDayFactory, VisitFactory
from tests.factories.visits import at
from visits.actions import send_digests as module
from visits.actions.send_digests import send_digests
from visits.models import Digest, Notice

MORNING = at("2026-03-04 08:30")  # a Wednesday


def notice(account, **fields):
    n = Notice.objects.count()
    return Notice.objects.create(account=account, kind="urged", key=f"k{n}", **fields)


@pytest.fixture
def reader(db):
    account = AccountFactory(email="someone@example.org")
    notice(account)
    notice(account)
    return account


def test_one_mail_a_day_says_how_many_and_nothing_of_what(reader, settings):
    settings.SITE_URL = "https://fg.example.org"

    assert send_digests(now=MORNING) == 1
    assert send_digests(now=at("2026-03-04 17:50")) == 0

    [sent] = mail.outbox
    assert sent.to == ["someone@example.org"]
    assert sent.subject == "您有2件待办"
    assert sent.body == "您有2件待办\n\nhttps://fg.example.org/notices/\n"
    digest = Digest.objects.get()
    assert (digest.account, digest.notices) == (reader, 2)
    assert digest.sent_at is not None

    assert send_digests(now=at("2026-03-05 08:30")) == 1


def test_a_mail_speaks_the_language_of_its_reader(reader):
    reader.language = "en"
    reader.save()

    send_digests(now=MORNING)

    assert mail.outbox[0].subject == "You have 2 items to deal with"


@pytest.mark.parametrize(
    ("when", "sent"),
    [
        ("2026-03-04 07:59", 0),
        ("2026-03-04 08:00", 1),
        ("2026-03-04 17:59", 1),
        ("2026-03-04 18:00", 0),
        ("2026-03-04 23:30", 0),
        ("2026-03-07 10:00", 0),  # a Saturday
        ("2026-02-17 10:00", 0),  # the Spring Festival
        ("2026-02-14 10:00", 1),  # a Saturday, worked
    ],
)
def test_no_mail_at_night_or_on_a_rest_day(reader, when, sent):
    CalendarDayFactory(date="2026-02-17", is_workday=False, name="春节")
    CalendarDayFactory(date="2026-02-14", is_workday=True, name="春节调休")

    assert send_digests(now=at(when)) == sent


@pytest.mark.django_db
def test_it_is_quiet_where_there_is_nothing_to_say():
    read = AccountFactory(email="a@example.org")
    notice(read, read_at=timezone.now())
    notice(AccountFactory(email=""))
    notice(AccountFactory(email="b@example.org", is_active=False))
    AccountFactory(email="c@example.org")

    assert send_digests(now=MORNING) == 0
    assert not Digest.objects.exists()


@pytest.mark.django_db
def test_what_one_may_no_longer_see_is_not_counted(js):
    account = AccountFactory(email="a@example.org")
    notice(account, visit=VisitFactory(mode="unannounced"))

    assert send_digests(now=MORNING) == 0


def test_a_kill_between_row_and_mail_loses_the_mail_rather_than_doubling_it(
    reader, monkeypatch
):
    def killed(account, count):
        assert Digest.objects.filter(account=account).exists()
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_mail", killed)
    with pytest.raises(KeyboardInterrupt):
        send_digests(now=MORNING)
    monkeypatch.undo()

    assert send_digests(now=at("2026-03-04 09:00")) == 0
    assert mail.outbox == []
    assert Digest.objects.get().sent_at is None
    assert Notice.objects.visible_to(reader).unread().count() == 2
    assert send_digests(now=at("2026-03-05 09:00")) == 1


def test_a_mail_server_that_refuses_one_does_not_keep_others_waiting(
    reader, monkeypatch
):
    other = AccountFactory(email="other@example.org")
    notice(other)
    real = module._mail

    def mail_or_fail(account, count):
        if account == reader:
            raise ConnectionRefusedError
        real(account, count)

    monkeypatch.setattr(module, "_mail", mail_or_fail)

    assert send_digests(now=MORNING) == 1
    assert [it.to for it in mail.outbox] == [["other@example.org"]]
    assert Digest.objects.get(account=reader).sent_at is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_once():
    for n in range(5):
        notice(AccountFactory(email=f"a{n}@example.org"))
    begin, counts = threading.Barrier(2), []

    def work():
        begin.wait()
        try:
            counts.append(send_digests(now=MORNING))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(counts) == 5
    assert sorted(it.to[0] for it in mail.outbox) == [
        f"a{n}@example.org" for n in range(5)
    ]
