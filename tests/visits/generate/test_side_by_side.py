"""What several connections make together is what one makes."""

from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError, connection

from visits.generate.bulk import AUDITED, rules_of, stripped
from visits.generate.hands import Hands

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = ["gen_above", "gen_below"]
MAKE = """
CREATE TABLE gen_above (id int PRIMARY KEY, word text UNIQUE);
CREATE TABLE gen_below (
  id int PRIMARY KEY,
  above int NOT NULL REFERENCES gen_above (id) DEFERRABLE INITIALLY DEFERRED,
  word text REFERENCES gen_above (word),
  place int, hours int4range,
  CONSTRAINT gen_place_once UNIQUE (above, place) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT gen_no_overlap EXCLUDE USING gist (place WITH =, hours WITH &&)
);
CREATE INDEX gen_words ON gen_below USING gin (zh_bigrams(word));
CREATE UNIQUE INDEX gen_hours ON gen_below (hours) WHERE place > 0;
"""


@pytest.fixture
def tables():
    with connection.cursor() as cursor:
        cursor.execute(MAKE)
        yield cursor
        cursor.execute("DROP TABLE gen_below, gen_above")
        cursor.execute(AUDITED)
        for (table,) in cursor.fetchall():  # off still where making a rule failed
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER audited")


def write(above):
    def job(cursor):
        cursor.execute(
            "INSERT INTO gen_above SELECT n, '第' || n || '号' FROM"
            " generate_series(%s::int, %s) n",
            [above, above + 9],
        )
        cursor.execute(
            "INSERT INTO gen_below SELECT id, id, word, id, int4range(id, id + 1)"
            " FROM gen_above WHERE id BETWEEN %s AND %s",
            [above, above + 9],
        )
        return cursor.rowcount

    return job


def strip(cursor):
    return stripped(cursor, TABLES, keep_unique=(), hands=Hands(2), say=str)


def test_rules_are_there_again_and_hold_for_what_was_written(tables):
    before = rules_of(tables, TABLES)

    with strip(tables):
        assert rules_of(tables, TABLES) == []
        assert Hands(2).do([write(first) for first in (1, 11, 21)]) == [10, 10, 10]

    assert rules_of(tables, TABLES) == before
    tables.execute("SELECT bool_and(convalidated) FROM pg_constraint")
    assert tables.fetchone() == (True,)
    with pytest.raises(IntegrityError, match="gen_above_pkey"):
        write(11)(tables)


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE gen_below SET above = 99 WHERE id = 3",
        "UPDATE gen_below SET above = 4, place = 4, hours = NULL WHERE id = 3",
        "UPDATE gen_below SET place = 4, hours = '[4,9)' WHERE id = 3",
    ],
    ids=["link", "unique", "overlap"],
)
def test_a_row_that_breaks_a_rule_is_refused(tables, wrong):
    with pytest.raises(IntegrityError), strip(tables):
        write(1)(tables)
        tables.execute(wrong)


def test_jobs_run_side_by_side_and_answer_in_their_order():
    both = Barrier(2, timeout=20)

    def meet(word):
        def job(_cursor):
            both.wait()
            return word

        return job

    assert Hands(2).do([meet("first"), meet("second")]) == ["first", "second"]
    with pytest.raises(BrokenBarrierError):
        both.abort()
        Hands(2).do([meet("first"), meet("second")])


def test_what_has_not_begun_when_one_fails_is_left():
    begun = []

    def fail(cursor):
        cursor.execute("SELECT 1 / 0")

    def note(cursor):
        cursor.execute("SELECT pg_sleep(0.2)")
        begun.append(True)

    with pytest.raises(Exception, match="division by zero"):
        Hands(2).do([fail, *[note] * 40])

    assert len(begun) < 40


def test_one_hand_works_in_the_transaction_of_its_caller(tables):
    Hands().do([write(1)])

    assert Hands().do([lambda it: it.connection is tables.connection]) == [True]
