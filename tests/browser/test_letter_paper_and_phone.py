"""A receipt is one sheet of its paper; the lists and the counter fit a phone."""

import re

import pytest
from django.urls import reverse

from cadres.rules.roles import Role
from tests.browser.conftest import PHONE
from tests.factories.letters import letter_at, officer, petition_office
from visits.actions.register_letter import Identity
from visits.models import ContentSubject

GROUP = [Identity(name, "测试小区3号楼", "13800002207") for name in "赵钱孙李周"]


@pytest.fixture
def office(js):
    ContentSubject.objects.get_or_create(name="水利水务", defaults={"initials": "slsw"})
    return petition_office(js.xuzhou)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("paper", ["a5", "a6"])
def test_a_receipt_is_one_sheet(open_context, office, js, language, paper):
    clerk = officer(office, Role.CLERK)
    letter = letter_at(js.huancheng, office=office, by=clerk, petitioners=GROUP)
    page = open_context(clerk, language=language).new_page()

    page.goto(
        f"{reverse('visits:letter_receipt', args=[letter.reference])}?paper={paper}"
    )
    sheet = page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", sheet)) == 1


@pytest.mark.parametrize(
    "name",
    [
        "letter_reception",
        "letter_register",
        pytest.param("letter_list", marks=pytest.mark.long),
        pytest.param("letter_correct", marks=pytest.mark.long),
    ],
)
def test_pages_of_letters_fit_a_phone(open_context, office, js, name):
    petition = officer(office)
    for request in ("小区自来水时断时续", "路灯不亮已经三个月，夜里没有人敢走" * 4):
        letter = letter_at(
            js.huancheng, office=office, by=petition, request=request, is_urgent=True,
            urgent_reason="夜间无水",
        )  # fmt: skip
    page = open_context(petition, language="en", viewport=PHONE).new_page()
    args = [letter.reference] if name == "letter_correct" else []

    page.goto(reverse(f"visits:{name}", args=args))
    page.evaluate(
        "for (const it of document.querySelectorAll('main details')) it.open = true"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    # A finger finds every field and button.
    small = page.evaluate(
        """() => [...document.querySelectorAll("main a.btn, main button, main .chip,"
          + "main input:not([type=hidden]):not([type=checkbox]), main select")]
          .filter((it) => it.checkVisibility() && it.tabIndex >= 0)
          .map((it) => [it.textContent.trim() || it.name, it.getBoundingClientRect()])
          .filter(([, box]) => box.height < 32 || box.right > innerWidth + 1)
          .map(([name, box]) => `${name}: ${box.height} ${box.right}`)"""
    )
    assert small == []
