"""Each column has its tier; who wrote is encrypted, never indexed, never counted."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from cadres.models.encrypted import SealedTexts
from visits.models import Petitioner
from visits.models.tiers import TIERS, Tier

OURS = [
    model
    for model in apps.get_models(include_auto_created=True)
    if model._meta.app_label in ("cadres", "visits")
]


def tier_of(model, name):
    tiers = TIERS.get(model._meta.label, {})
    return [tier for tier, names in tiers.items() if name in names.split()]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_column_has_one_tier(model):
    named = " ".join(TIERS.get(model._meta.label, {}).values()).split()

    assert sorted(named) == sorted(field.name for field in model._meta.concrete_fields)


def test_no_tier_speaks_of_a_model_that_is_gone():
    assert set(TIERS) == {model._meta.label for model in OURS}


def of_persons():
    for model in OURS:
        for field in model._meta.concrete_fields:
            if max(tier_of(model, field.name), default=0) >= Tier.IDENTITY:
                yield model, field


def test_what_tells_who_wrote_is_encrypted():
    found = list(of_persons())
    texts = [
        field for _model, field in found if not isinstance(field, models.ForeignKey)
    ]

    assert len(texts) >= 6
    assert all(isinstance(field, SealedTexts) for field in texts)
    sealed = {
        field
        for model in OURS
        for field in model._meta.concrete_fields
        if isinstance(field, SealedTexts)
    }
    assert sealed == set(texts)


@pytest.mark.django_db
def test_no_index_stands_on_what_tells_who_wrote():
    columns = {
        (model._meta.db_table, field.column)
        for model, field in of_persons()
        if isinstance(field, SealedTexts)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.relname, a.attname FROM pg_index i"
            " JOIN pg_class t ON t.oid = i.indrelid"
            " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY(i.indkey)"
        )
        indexed = set(cursor.fetchall())

    assert ("visits_petitioner", "letter_id") in indexed  # the question is a good one
    assert indexed & columns == set()


def test_the_identity_store_has_no_column_to_look_a_person_up_by():
    names = {field.name for field in Petitioner._meta.concrete_fields}

    # What is left once it is masked, 王某, is nobody's name.
    left = {"masked_name"}
    assert names - left == {"id", "letter", "seal_id", "position", "kind", "identity"}


def test_no_code_counts_groups_or_searches_by_petitioner():
    """Aggregates and filters never reach through `petitioners` (handbook 12.1)."""
    forbidden = []
    for path in code():
        for node in ast.walk(ast.parse(path.read_text())):
            texts = [
                it.value
                for it in ast.walk(node)
                if isinstance(node, ast.Call)
                and isinstance(it, ast.Constant)
                and isinstance(it.value, str)
            ]
            words = [it.arg for it in getattr(node, "keywords", []) if it.arg]
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            of_person = [
                it for it in texts if it.startswith(("petitioners", "identity"))
            ]
            if name in {"Count", "Sum", "Min", "Max", "annotate", "values"}:
                forbidden += [(path.name, node.lineno, it) for it in of_person]
            forbidden += [
                (path.name, node.lineno, it)
                for it in words
                if it.startswith(("petitioners__", "identity__", "petitioner__"))
                # A constraint says that what is masked has none.
                and it != "identity__isnull"
            ]

    assert forbidden == []


def code():
    for app in ("cadres", "visits", "config"):
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path
