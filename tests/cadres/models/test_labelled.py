"""Words for codes are those that Django would say, in the language of the moment."""

import pytest
from django.db import models
from django.utils.translation import override

from cadres.models import District, RoleGrant
from visits.models import Letter, Matter


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (Letter(state="handling"), "state"),
        (Letter(category=""), "category"),
        (Letter(channel="unknown"), "channel"),
        (Matter(unit_word=""), "unit_word"),
        (District(level=3), "level"),
        (District(level=None), "level"),
        (RoleGrant(role="leader"), "role"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_code_has_the_word_that_django_says(row, field, language):
    with override(language):
        said = getattr(row, f"get_{field}_display")()
        field = row._meta.get_field(field)
        assert said == models.Model._get_FIELD_display(row, field)
