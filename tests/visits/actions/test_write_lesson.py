from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import AccountFactory
from tests.factories.matters import MatterWorld
from visits.actions.write_lesson import write_lesson
from visits.models import Lesson, LessonVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(js):
    return MatterWorld(js)


def write(world, visit, *, by=None, **more):
    given = {
        "text": "先看井，再开会。",
        "place": world.place,
        "is_shared": False,
        "version": 0,
        "now": world.now,
    }
    return write_lesson(visit, by=by or world.leader, **(given | more))


def test_a_note_is_private_until_it_is_shared_and_again_when_it_is_not(world):
    visit = world.visit()
    lesson = write(world, visit)
    assert lesson.shared_at is None

    lesson = write(world, visit, is_shared=True, version=1)
    assert lesson.shared_at == world.now
    lesson = write(world, visit, version=2)

    assert lesson.shared_at is None
    assert not Lesson.objects.shared().exists()


def test_earlier_versions_are_kept_and_never_rewritten(world):
    visit = world.visit()
    write(world, visit)
    write(world, visit, text="先看人。", topic="饮水", version=1)

    kept = LessonVersion.objects.get()
    assert (kept.number, kept.text, kept.topic) == (1, "先看井，再开会。", "")
    with pytest.raises(DatabaseError), transaction.atomic():
        LessonVersion.objects.update(text="改")
    with pytest.raises(DatabaseError), transaction.atomic():
        kept.delete()


def test_saving_what_stands_changes_nothing(world):
    visit = world.visit()
    write(world, visit)

    assert write(world, visit).version == 1
    assert not LessonVersion.objects.exists()


def test_an_older_window_does_not_overwrite(world):
    visit = world.visit()
    write(world, visit)

    with pytest.raises(ValidationError) as refusal:
        write(world, visit, text="另一窗口")

    assert refusal.value.code == "stale"


def test_only_who_was_there_writes_and_only_after_the_log(world):
    with pytest.raises(ValidationError) as refusal:
        write(world, world.visit(), by=world.liaison)
    assert refusal.value.code == "not_there"

    planned = world.visit(held=False)
    with pytest.raises(ValidationError) as refusal:
        write(world, planned)
    assert refusal.value.code == "not_held"


def test_a_place_where_nobody_went_is_refused(world):
    with pytest.raises(ValidationError) as refusal:
        write(world, world.visit(), place=world.js.gulou)

    assert refusal.value.error_dict["place"][0].code == "elsewhere"


def test_one_note_a_person_and_visit(world):
    visit = world.visit()
    lesson = write(world, visit)

    lesson.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        lesson.save()


def test_nobody_else_sees_what_is_private_and_colleagues_what_is_shared(world):
    others = [
        AccountFactory(role=role, role__place=world.js.xuzhou, unit=world.office)
        for role in Role
    ]
    others += [world.liaison, world.head, world.admin]
    lesson = write(world, world.visit())

    assert [it for it in others if Lesson.objects.visible_to(it).exists()] == []
    assert list(Lesson.objects.visible_to(world.leader)) == [lesson]

    write(world, lesson.visit, is_shared=True, version=1)
    seeing = {it.grants_today[0].role for it in others if Lesson.objects.visible_to(it)}
    assert Role.LIAISON in seeing
    assert Role.DISTRICT_ADMIN in seeing
    assert seeing.isdisjoint(
        {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR, Role.REPORT_READER}
    )
    assert not Lesson.objects.visible_to(world.far).exists()


def test_what_is_unannounced_is_not_told_by_a_lesson(world):
    visit = world.visit(mode="unannounced")
    type(visit).objects.filter(pk=visit.pk).update(
        hidden_until=timezone.now() + timedelta(hours=5)
    )
    write(world, visit, is_shared=True)

    assert not Lesson.objects.visible_to(world.admin).exists()
    assert not Lesson.objects.shared().exists()
