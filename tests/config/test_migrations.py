"""Upgrades go without downtime: old code runs on the new schema, and nothing waits long.

The version before still serves while migrations run, and again after a roll-back. So a
new column may be missing from what old code writes, nothing it reads goes away in the
same version, and no statement keeps a table that people use locked.
"""

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

# The last ones before the first installation: nobody had data to be locked out of.
FIRST_INSTALLED = {"cadres": 15, "visits": 20}
# App, number and operation of those that were looked at, each with its reason.
LOOKED_AT: dict[tuple[str, str], str] = {}


def faults(migration):
    """What is wrong with each operation, in words."""
    made = {
        it.name.lower()
        for it in migration.operations
        if isinstance(it, migrations.CreateModel)
    }
    found = []
    for it in flat(migration.operations):
        model = getattr(it, "model_name", "").lower()
        if word := fault(it, is_new=model in made):
            found.append(f"{type(it).__name__} {model}: {word}")
        if isinstance(it, AddIndexConcurrently) and migration.atomic:
            found.append(f"{model}: an index is made concurrently outside of atomic")
    if not migration.atomic and len(migration.operations) > 1:
        found.append("what is not atomic stops half way: one operation in each")
    return found


def flat(operations):
    for it in operations:
        yield it
        if isinstance(it, migrations.SeparateDatabaseAndState):
            yield from flat(it.database_operations)


def fault(it, *, is_new):
    gone = migrations.RenameField | migrations.RenameModel | migrations.AlterModelTable
    if isinstance(it, gone):
        return "old code asks for the old name; add, copy, and remove a version later"
    if isinstance(it, migrations.RemoveField | migrations.DeleteModel):
        return "old code still reads it; remove it a version after its last use"
    if is_new:
        return ""
    if isinstance(it, migrations.AddField):
        field = it.field
        has_default = field.db_default is not models.NOT_PROVIDED
        if not (field.null or has_default or field.many_to_many):
            return "old code does not fill it: null=True or db_default"
    if isinstance(it, migrations.AlterField):
        return "it may write the table anew under a lock; look at it"
    if isinstance(it, migrations.AddIndex) and not isinstance(it, AddIndexConcurrently):
        return "it keeps writers out; AddIndexConcurrently"
    if isinstance(it, migrations.AddConstraint):
        return "it reads the whole table under a lock; add it not valid, then validate"
    return ""


def ours():
    loader = MigrationLoader(None)
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app in FIRST_INSTALLED and int(name[:4]) > FIRST_INSTALLED[app]:
            yield app, name, migration


def test_no_migration_stands_in_the_way_of_an_upgrade():
    found = {
        (app, name): faults(migration)
        for app, name, migration in ours()
        if (app, name) not in LOOKED_AT
    }

    assert {key: words for key, words in found.items() if words} == {}


def planted(*operations, atomic=True):
    migration = migrations.Migration("planted", "visits")
    migration.operations, migration.atomic = list(operations), atomic
    return faults(migration)


TEXT = models.CharField(max_length=5)
NULLABLE = models.CharField(null=True)
INDEX = models.Index(fields=["at"], name="visit_at")
CHECK = models.CheckConstraint(condition=models.Q(pk__gt=0), name="visit_positive")


@pytest.mark.parametrize(
    ("operations", "is_fine"),
    [
        ([migrations.AddField("visit", "a", models.CharField(null=True))], True),
        ([migrations.AddField("visit", "a", models.CharField(db_default=""))], True),
        ([migrations.AddField("visit", "a", models.CharField(default=""))], False),
        ([migrations.RenameField("visit", "a", "b")], False),
        ([migrations.RenameModel("Visit", "Trip")], False),
        ([migrations.AlterModelTable("visit", "trips")], False),
        ([migrations.RemoveField("visit", "a")], False),
        ([migrations.DeleteModel("Visit")], False),
        ([migrations.AlterField("visit", "a", TEXT)], False),
        ([migrations.AddIndex("visit", INDEX)], False),
        ([migrations.AddConstraint("visit", CHECK)], False),
        (
            [
                migrations.CreateModel("Trip", [("a", TEXT)]),
                migrations.AddConstraint("trip", CHECK),
                migrations.AddIndex("trip", INDEX),
            ],
            True,
        ),
        (
            [
                migrations.SeparateDatabaseAndState(
                    database_operations=[migrations.RemoveField("visit", "a")]
                )
            ],
            False,
        ),
        ([migrations.RunPython(migrations.RunPython.noop)], True),
    ],
    ids=lambda it: type(it).__name__,  # as text it holds addresses in memory
)
def test_what_would_stand_in_the_way_is_found(operations, is_fine):
    assert (planted(*operations) == []) == is_fine


def test_an_index_made_concurrently_is_not_in_a_transaction():
    assert planted(AddIndexConcurrently("visit", INDEX)) != []
    assert planted(AddIndexConcurrently("visit", INDEX), atomic=False) == []


def test_what_is_not_atomic_does_one_thing():
    index = AddIndexConcurrently("visit", INDEX)

    assert planted(migrations.AddField("visit", "a", NULLABLE), index, atomic=False)
