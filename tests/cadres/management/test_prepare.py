import pytest
from django.db import IntegrityError, connection

from cadres.management.commands.prepare import drop_half_made_indexes


def test_an_index_that_was_given_up_is_out_of_the_way_of_the_next_try(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute(
            'CREATE TABLE "Half made" AS SELECT 1 AS one FROM (VALUES (1), (2)) v'
        )
        try:
            cursor.execute('CREATE INDEX whole ON "Half made" (one)')
            with pytest.raises(IntegrityError):
                cursor.execute(
                    'CREATE UNIQUE INDEX CONCURRENTLY "Half" ON "Half made" (one)'
                )

            drop_half_made_indexes()

            cursor.execute(
                "SELECT indexname FROM pg_indexes WHERE tablename = 'Half made'"
            )
            assert cursor.fetchall() == [("whole",)]
        finally:
            cursor.execute('DROP TABLE "Half made"')
