"""Papers of letters: which, for whom, with which name, complete or not at all."""

import io
import re
import shutil
import subprocess
from datetime import timedelta
from unittest import mock

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document

from cadres.rules.roles import Role
from tests.factories import UnitFactory
from tests.factories.intake import register_data
from tests.factories.letters import officer, take
from visits.actions.register_letter import Identity
from visits.actions.seal_transfer import ask_transfer, confirm_transfer
from visits.models import Access, Letter
from visits.models.receipt import is_code
from visits.reports.letter_papers import papers_for
from visits.rules.letter_states import Step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
FULL, MASKED = "李测试", "李某"


def address(letter, kind):
    return reverse("visits:letter_paper", args=[letter.reference, kind])


def make(client, letter, kind, reason="送达信访人", as_="docx"):
    return client.post(address(letter, kind), {"reason": reason, "as": as_})


def words(answer):
    """Every word of a Word file, as its reader gets them."""
    document = Document(io.BytesIO(answer.content))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


@pytest.fixture
def client_of(client_of):
    """Browsers that speak English."""

    def signed_in(account):
        client = client_of(account)
        client.cookies["django_language"] = "en"
        return client

    return signed_in


@pytest.fixture
def at(casework):
    """A letter brought to where a kind of paper can be made of it."""

    def refused():
        return take(casework.forwarded(), Step.NOT_ACCEPT, casework.handler)

    def extended():
        return take(casework.handled(), Step.EXTEND, casework.head)

    def answered():
        return take(casework.handled(), Step.ANSWER, casework.head)

    def urged():
        return take(
            casework.forwarded(), Step.URGE, casework.petition, reasons="已近期限"
        )

    return {
        "receipt": casework.letter,
        "acceptance": casework.accepted,
        "refusal": refused,
        "extension": extended,
        "opinion": answered,
        "transfer": casework.forwarded,
        "reminder": urged,
    }


def maker(casework, kind):
    """Who writes to the petitioner then: the unit, as long as it has the letter."""
    by_unit = ("acceptance", "extension")
    return casework.handler if kind in by_unit else casework.petition


SAYS = {
    "receipt": ["登记回执", "来信", "登记"],
    "acceptance": ["受理告知书", "第三十一条第六项", "徐州市水务局承办", "前办结"],
    "refusal": ["不予受理告知书", "其他法定途径", "劳动仲裁"],
    "extension": ["延期办理告知书", "需检测", "延长30日"],
    "opinion": ["处理意见书", "更换水泵", "供水条例", "三十日内可请求复查", "予以支持"],
    "transfer": ["转送函", "徐州市水务局：", "属其职责", "五个工作日"],
    "reminder": ["督办函", "徐州市水务局：", "已近期限", "法定期限为"],
}
TO_PERSON = ["acceptance", "refusal", "extension", "opinion"]


@pytest.mark.parametrize("kind", SAYS)
def test_each_paper_says_what_the_steps_recorded(casework, at, client_of, kind):
    letter = at[kind]()
    client = client_of(maker(casework, kind))

    answer = make(client, letter, kind)

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    said = words(answer)
    assert [it for it in SAYS[kind] if it not in said] == []
    assert letter.printed_reference in said
    today = timezone.localdate()
    assert f"{today.year}年{today.month}月{today.day}日" in said
    assert "{" not in said
    assert "。。" not in said


@pytest.mark.parametrize("kind", SAYS)
def test_the_page_and_the_word_file_say_the_same(casework, at, client_of, kind):
    letter = at[kind]()
    client = client_of(maker(casework, kind))

    page = make(client, letter, kind, as_="page").context["lines"]

    said = [line for line in words(make(client, letter, kind)).split("\n") if line]
    assert [line.text for line in page] == said


@pytest.mark.parametrize("kind", TO_PERSON)
def test_the_full_name_stands_in_letters_to_the_person_and_leaves_a_trace(
    casework, at, client_of, kind
):
    letter = at[kind]()
    client = client_of(maker(casework, kind))

    looked_over = client.get(address(letter, kind)).content.decode()
    assert (FULL in looked_over, MASKED in looked_over) == (False, True)
    assert make(client, letter, kind, reason=" ").status_code == 422
    assert not Access.objects.exists()

    page = make(client, letter, kind, as_="page").content.decode()
    assert FULL in page
    assert FULL in words(make(client, letter, kind))
    rows = Access.objects.values_list("kind", "by", "reason", "letter")
    assert (
        list(rows)
        == [("printed", maker(casework, kind).pk, "送达信访人", letter.pk)] * 2
    )


@pytest.mark.parametrize("kind", ["receipt", "transfer", "reminder"])
def test_other_papers_never_bear_the_name(casework, at, client_of, kind):
    letter = at[kind]()
    client = client_of(maker(casework, kind))

    for answer in (client.get(address(letter, kind)), make(client, letter, kind)):
        said = answer.content.decode() if "html" in answer["Content-Type"] else ""
        assert FULL not in (said or words(answer))
    assert not Access.objects.exists()


def test_if_the_look_cannot_be_written_nothing_is_shown(casework, client_of):
    letter = casework.accepted()
    client = client_of(casework.handler)

    with (
        mock.patch.object(Access.objects, "create", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        make(client, letter, "acceptance")


def test_a_transfer_letter_masks_the_name_and_keeps_a_secret_one(casework, client_of):
    client = client_of(casework.petition)

    assert MASKED in words(make(client, casework.forwarded(), "transfer"))
    secret = casework.forwarded(keep_name_secret=True)
    assert "李" not in words(make(client, secret, "transfer"))


def test_assigning_makes_another_letter_than_forwarding(casework, client_of):
    letter = casework.letter()
    take(letter, Step.ASSIGN, casework.petition, to_unit=casework.water)
    due = timezone.localdate() + timedelta(days=30)

    said = words(make(client_of(casework.petition), letter, "transfer"))

    assert "信访事项交办函" in said
    assert f"请于{due.year}年{due.month}月{due.day}日前向我单位报告" in said


def test_a_name_kept_secret_keeps_the_unit_from_its_paper(casework, client_of):
    letter = casework.accepted(keep_name_secret=True)
    handler, office = client_of(casework.handler), client_of(casework.petition)

    page = handler.get(address(letter, "acceptance")).content.decode()
    assert "The petition office makes and sends this paper." in page
    assert "李" not in page
    answer = make(handler, letter, "acceptance")
    assert (answer.status_code, FULL in answer.content.decode()) == (422, False)
    assert not Access.objects.exists()
    assert FULL in words(make(office, letter, "acceptance"))


KINDS_AT = [
    ("letter", "petition", ["receipt"]),
    ("letter", "clerk", ["receipt"]),
    ("letter", "handler", []),
    ("forwarded", "petition", ["receipt", "transfer"]),
    ("forwarded", "handler", ["receipt"]),
    ("forwarded", "clerk", []),
    ("accepted", "petition", ["receipt", "acceptance", "transfer"]),
    ("accepted", "handler", ["receipt", "acceptance"]),
    ("accepted", "stranger", []),
    ("accepted", "far", []),
    ("accepted", "sealer", []),
]


@pytest.mark.parametrize(("state", "who", "kinds"), KINDS_AT)
def test_papers_are_offered_at_their_step_to_their_people(
    casework, client_of, state, who, kinds
):
    letter = getattr(casework, state)()
    account = getattr(casework, who)

    assert [it.kind for it in papers_for(letter, account)] == kinds
    client = client_of(account)
    for kind in SAYS:
        status = 200 if kind in kinds else 404
        assert client.get(address(letter, kind)).status_code == status
        if kind not in kinds:
            assert make(client, letter, kind).status_code == 404
    assert client.get(address(letter, "nothing")).status_code == 404


def test_what_was_sent_back_is_no_paper_any_more(casework):
    letter = casework.forwarded()
    take(letter, Step.OBJECT, casework.handler)
    take(letter, Step.AGREE, casework.petition)
    letter.refresh_from_db()

    assert [it.kind for it in papers_for(letter, casework.petition)] == ["receipt"]


def test_a_missing_field_is_named_with_its_step_and_nothing_is_printed(
    casework, client_of
):
    letter = casework.handled()
    take(letter, Step.ANSWER, casework.head, legal_basis=" ")
    client = client_of(casework.petition)

    page = client.get(address(letter, "opinion")).content.decode()

    assert "Legal basis is missing" in page
    assert "Add it with the step “Issue the opinion”." in page
    assert "paper-title" not in page
    answer = make(client, letter, "opinion")
    assert (answer.status_code, FULL in answer.content.decode()) == (422, False)
    assert not Access.objects.exists()


def test_without_a_name_the_notice_is_waived(casework, client_of):
    letter = casework.accepted(petitioners=[Identity(contact="13800002207")])

    page = client_of(casework.petition).get(address(letter, "acceptance"))

    text = page.content.decode()
    assert "Petitioner, full name is missing" in text
    assert "the notice is waived (Art. 23)" in text


def test_a_sealed_letter_gives_papers_to_its_people_by_reason(casework, client_of):
    letter = casework.letter(complains_about_someone=True, request="反映违规收费")
    client = client_of(casework.sealer)

    page = client.get(address(letter, "receipt")).content.decode()
    assert "The letter is sealed" in page
    assert "违规收费" not in page
    assert make(client, letter, "receipt", reason="").status_code == 422
    assert "登记回执" in words(make(client, letter, "receipt"))
    assert [row.kind for row in Access.objects.all()] == ["printed"]
    for who in (casework.petition, casework.clerk, casework.handler):
        assert client_of(who).get(address(letter, "receipt")).status_code == 404


def test_a_sealed_letter_is_handed_on_without_a_transfer_letter(casework, client_of):
    letter = casework.letter(named_units=[casework.water], request="反映违规收费")
    organ = UnitFactory(
        name="徐州市纪委", place=casework.office.place, kind="discipline"
    )
    inspector = officer(organ, Role.SEAL_OFFICER)
    other, now = officer(casework.office, Role.SEAL_OFFICER), timezone.now()
    asked = ask_transfer(
        letter, by=casework.sealer, to_unit=organ, reasons="属其管辖", now=now
    )
    confirm_transfer(asked, by=other, now=now)

    for who in (casework.sealer, other, inspector):
        client = client_of(who)
        assert client.get(address(letter, "transfer")).status_code == 404
        assert make(client, letter, "transfer").status_code == 404


def test_words_of_a_letter_are_only_words(casework, client_of):
    hostile = "{{ 编号 }}{% raw %}<w:p/>&amp;<b>\x0b\x0c]]>{_{x"
    letter = casework.accepted(request=hostile)
    client = client_of(casework.handler)

    said = words(make(client, letter, "acceptance"))
    page = make(client, letter, "acceptance", as_="page").content.decode()

    assert "{{ 编号 }}{% raw %}<w:p/>&amp;<b>]]>" in said
    assert "<b>" not in page


def test_papers_are_chinese_on_an_english_page(casework, client_of):
    client = client_of(casework.petition)
    page = client.get(address(casework.forwarded(), "transfer"))

    assert "以来信形式" in page.content.decode()
    assert "Transfer letter" in page.content.decode()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.REPORT_READER, Role.SYSTEM_ADMIN])
def test_roles_without_letters_have_no_papers(casework, client_of, role):
    client = client_of(officer(casework.office, role))

    assert client.get(address(casework.forwarded(), "transfer")).status_code == 403


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
@pytest.mark.parametrize(("kind", "pages"), [("acceptance", 1), ("opinion", 2)])
def test_a_word_processor_opens_the_paper(
    casework, at, client_of, tmp_path, kind, pages
):
    file = tmp_path / "paper.docx"
    file.write_bytes(make(client_of(maker(casework, kind)), at[kind](), kind).content)

    subprocess.run(
        [
            shutil.which("soffice"),
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            tmp_path,
            file,
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )

    pdf = (tmp_path / "paper.pdf").read_bytes()
    assert pdf.count(b"/Type/Page") - pdf.count(b"/Type/Pages") == pages


def test_the_first_receipt_made_for_word_bears_the_code(casework, client_of, js):
    client = client_of(casework.clerk)
    client.post(
        reverse("visits:letter_register"), register_data(casework.office, js.huancheng)
    )
    letter = Letter.objects.get()

    first, second = (words(make(client, letter, "receipt", reason="")) for _n in (1, 2))

    [code] = re.findall(r"查询码([0-9A-Z]{4}-[0-9A-Z]{4})", first)
    assert is_code(letter.reference, code, letter.code_hash)
    assert "登记时交给你（们）的查询码" in second
    [look] = Access.objects.all()
    assert (look.by, look.kind) == (casework.clerk, Access.Kind.PRINTED)


def test_the_unit_that_did_not_accept_makes_the_notice_itself(client_of, casework, at):
    letter = at["refusal"]()

    answer = make(client_of(casework.handler), letter, "refusal")

    assert answer.status_code == 200
    assert FULL in words(answer)
