import json
import logging
import sys

import pytest
from django.db import IntegrityError, connection

from config.logs import JsonLines, Lines, request_id, told

HOSTILE = "a\nERROR forged \r\x00\x1b[31m\u2028\u202e end"
SECRET = "欧阳秘密"


def record(message, **more):
    made = logging.LogRecord("visits.x", logging.ERROR, __file__, 1, message, (), None)
    vars(made).update(more)
    return made


@pytest.mark.parametrize("formatter", [Lines(), JsonLines()], ids=["line", "json"])
def test_whatever_is_in_it_a_record_is_one_line(formatter):
    found = request_id.set("0123456789abcdef")
    try:
        line = formatter.format(record(HOSTILE, figures={"view": "x\ny", "ms": 7}))
    finally:
        request_id.reset(found)

    assert line.isprintable()
    assert "0123456789abcdef" in line
    if isinstance(formatter, JsonLines):
        assert json.loads(line)["ms"] == 7
        assert json.loads(line)["level"] == "ERROR"


def raised(error):
    secret = SECRET  # a local variable that no line may show
    try:
        try:
            raise error
        except type(error) as cause:
            raise LookupError(secret) from cause
    except LookupError:
        return sys.exc_info()


@pytest.mark.django_db
@pytest.mark.parametrize("formatter", [Lines(), JsonLines()], ids=["line", "json"])
def test_an_error_is_told_by_kind_and_place_without_any_value(formatter):
    for error in (ValueError(SECRET), KeyError(SECRET), OSError(28, "full", SECRET)):
        line = formatter.format(record("failed", exc_info=raised(error)))

        assert SECRET not in line
        assert "LookupError" in line
        assert type(error).__name__ in line
        assert "test_logs.py" in line
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE t (name text CONSTRAINT t_once UNIQUE)")
        with pytest.raises(IntegrityError) as twice:
            cursor.execute(f"INSERT INTO t VALUES ('{SECRET}'), ('{SECRET}')")
    assert SECRET in str(twice.value)
    assert SECRET not in told(twice.value)
    assert "23505, t_once" in told(twice.value)
    assert "no module named xyz" in told(ImportError("no module named xyz"))
