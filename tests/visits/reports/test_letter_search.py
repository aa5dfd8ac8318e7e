"""What is looked for, and that an index answers it."""

import uuid

import pytest
from django.db import connection

from visits.models import Letter
from visits.reports.letter_search import search_letters, snippet, wanted_in


@pytest.mark.parametrize(
    ("typed", "reference", "short"),
    [
        ("自来水", "", []),
        ("K7QX-4M9D", "K7QX4M9D", []),
        (" k7qx 4m9d ", "K7QX4M9D", []),
        ("水", "", ["水"]),
        ("自来水 停", "", ["停"]),
        ("%%", "", ["%%"]),
        ("", "", []),
        ("a\x00b", "", ["a", "b"]),
    ],
)
def test_what_is_typed_is_words_or_a_reference(typed, reference, short):
    wanted = wanted_in(typed)

    assert wanted.reference == reference
    assert wanted.too_short == short


def test_a_snippet_shows_the_words_around_the_hit():
    text = "三号楼以上每晚无水，住户四十六户。" * 4

    found = snippet(text, "没有 住户")

    assert found.hit == "住户"
    assert found.before.endswith("每晚无水，")
    assert found.after.startswith("四十六户。")
    assert found.after.endswith("…")
    assert snippet(text, "没有") is None


@pytest.mark.django_db
def test_the_index_of_pairs_answers_a_search(desk):
    """A few thousand letters of one office; the words are in few of them."""
    first = desk.letter()
    Letter.objects.bulk_create(
        Letter(
            **{
                field.attname: getattr(first, field.attname)
                for field in Letter._meta.concrete_fields
                if field.attname not in ("id", "reference", "seal_id", "client_key",
                                         "request", "search_text")
            },
            client_key=uuid.uuid4(),
            request=f"事项{number}",
            search_text=f"道路{number}塌陷，请求修复第{number}号路面",
        )
        for number in range(4000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        # What was just written waits beside the index, which makes it look dear.
        cursor.execute("SELECT gin_clean_pending_list('letter_text_bigrams')")
        cursor.execute("ANALYZE visits_letter")

    letters = Letter.objects.visible_to(desk.petition)
    rows = search_letters(letters, wanted_in("每晚无水"))
    plan = rows.order_by("-received_on", "-pk")[:51].explain()

    assert "letter_text_bigrams" in plan
    assert "Seq Scan on visits_letter " not in plan
    assert list(rows) == [first]
