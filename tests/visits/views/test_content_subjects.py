import pytest
from django.urls import reverse

from cadres.rules.roles import Role
from tests.factories.letters import letter_at, officer, petition_office
from visits.models import ContentSubject

pytestmark = pytest.mark.django_db
LIST = reverse("visits:content_subjects")


def use(subject):
    return reverse("visits:content_subject_use", args=[subject.pk])


@pytest.mark.parametrize("role", Role)
def test_only_the_district_administrator_extends_the_list(client, js, role):
    client.force_login(officer(petition_office(js.xuzhou), role))
    subject = ContentSubject.objects.first()
    may = role == Role.DISTRICT_ADMIN

    assert client.get(LIST).status_code == (200 if may else 403)
    assert client.post(use(subject), {}).status_code == (302 if may else 403)
    assert (f'href="{LIST}"' in client.get("/").content.decode()) is may


def test_a_new_subject_is_found_by_its_initials(client, district_admin):
    client.force_login(district_admin)

    assert client.post(LIST, {"name": " 养老服务 "}).url == LIST

    subject = ContentSubject.objects.get(name="养老服务")
    assert (subject.pinyin, subject.initials, subject.is_used) == (
        "yanglaofuwu",
        "ylfw",
        True,
    )


@pytest.mark.parametrize("name", ["", " ", "水利水务", "长" * 51, "\x00"])
def test_subjects_that_are_refused(client, district_admin, name):
    client.force_login(district_admin)
    before = ContentSubject.objects.count()

    assert client.post(LIST, {"name": name}).status_code == 422
    assert ContentSubject.objects.count() == before


def test_what_is_no_longer_used_stays_on_its_letters(client, district_admin, js):
    subject = ContentSubject.objects.get(name="水利水务")
    letter = letter_at(js.huancheng, subject=subject)
    client.force_login(district_admin)

    client.post(use(subject))
    subject.refresh_from_db()
    letter.refresh_from_db()
    assert (subject.is_used, letter.subject) == (False, subject)

    client.post(use(subject), {"is_used": "on"})
    subject.refresh_from_db()
    assert subject.is_used


def test_the_last_subject_stays_in_use(client, district_admin):
    last = ContentSubject.objects.first()
    ContentSubject.objects.exclude(pk=last.pk).update(is_used=False)
    client.force_login(district_admin)

    client.post(use(last))

    last.refresh_from_db()
    assert last.is_used
