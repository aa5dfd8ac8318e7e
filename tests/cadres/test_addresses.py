"""Addresses that are kept are those that Django would find."""

import pytest
from django.template import Context, Template
from django.test.utils import override_script_prefix
from django.urls import reverse

from cadres.addresses import address, address_of

RECORDS = (
    "visits:letter_detail",
    "visits:matter_detail",
    "visits:visit_detail",
    "visits:problem_detail",
    "visits:investigation_detail",
    "visits:question_detail",
    "visits:session_detail",
)


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_has_the_address_that_django_finds(name):
    assert address_of(name, "A9EZBTSA") == reverse(name, args=["A9EZBTSA"])


def test_an_address_follows_where_the_site_is_mounted():
    assert address("visits:today") == reverse("visits:today")
    with override_script_prefix("/office/"):
        assert address("visits:today") == reverse("visits:today")
        assert address_of("visits:letter_detail", "A9EZBTSA").startswith("/office/")


def test_the_tag_finds_addresses_with_and_without_arguments():
    template = Template(
        "{% url 'visits:today' %} {% url 'visits:letter_detail' it %}"
        "{% url 'visits:nowhere' as none %}{{ none }}"
    )
    shown = template.render(Context({"it": "A9EZBTSA"}))
    letter = reverse("visits:letter_detail", args=["A9EZBTSA"])
    assert shown == f"{reverse('visits:today')} {letter}"
