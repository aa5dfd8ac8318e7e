"""Tables with millions of rows carry no index that another one makes superfluous."""

import pytest
from django.apps import apps
from django.db import connection

from cadres.rules.levels import ANCESTORS

pytestmark = pytest.mark.django_db
LARGE = [
    "DiaryEntry",
    "Letter",
    "LetterClock",
    "LetterDraft",
    "LetterEvent",
    "Matter",
    "MatterEvent",
    "Petitioner",
    "QuestionEvent",
    "Stop",
    "Visit",
    "VisitEvent",
    "VisitOfficial",
]
# Plain indexes of one column with which another plain one begins.
SUPERFLUOUS = """
WITH plain AS (
  SELECT indrelid, indkey[0] AS first, indnatts, indisunique, indclass[0] AS kind
  FROM pg_index WHERE indpred IS NULL AND indkey[0] > 0
)
SELECT attname FROM plain one JOIN pg_attribute ON attrelid = indrelid
  AND attnum = first
WHERE indrelid = %s::regclass AND indnatts = 1 AND NOT indisunique AND EXISTS (
  SELECT FROM plain other WHERE other.indrelid = one.indrelid
    AND other.first = one.first AND other.kind = one.kind AND other.indnatts > 1)
"""
# All that lies somewhere has these from one declaration; not all ask by day as well.
OF_PLACES = {f"{name}_id" for name in ANCESTORS}


def superfluous(name):
    model = apps.get_model("visits", name)
    with connection.cursor() as cursor:
        cursor.execute(SUPERFLUOUS, [model._meta.db_table])
        return {column for (column,) in cursor.fetchall()} - OF_PLACES


@pytest.mark.parametrize("name", LARGE)
def test_no_index_begins_another(name):
    assert superfluous(name) == set()


def test_one_that_does_is_found():
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON visits_letterevent (letter_id)")

    assert superfluous("LetterEvent") == {"letter_id"}
