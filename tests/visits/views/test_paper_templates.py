"""The office's own papers: replaced, tried out, refused with their place, given back."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document

from cadres.rules.roles import Role
from tests.factories import AccountFactory
from tests.factories.files import docx, picture
from tests.factories.letters import officer
from visits.models import DocumentTemplate
from visits.rules.papers import PAPERS

pytestmark = pytest.mark.django_db
LIST = reverse("visits:paper_template_list")
PAGE = reverse("visits:paper_template", args=["transfer"])
FILE = reverse("visits:paper_template_file", args=["transfer"])
DROP = reverse("visits:paper_template_drop", args=["transfer"])


@pytest.fixture
def office(casework, client_of):
    client = client_of(casework.petition)
    client.cookies["django_language"] = "en"
    return client


def send(client, data, page=PAGE):
    return client.post(page, {"file": SimpleUploadedFile("a.docx", data)})


def words(answer):
    document = Document(io.BytesIO(answer.content))
    return "\n".join(it.text for it in document.paragraphs)


def transfer_letter(client, letter):
    page = reverse("visits:letter_paper", args=[letter.reference, "transfer"])
    return client.post(page, {"as": "docx"})


def test_a_unit_uses_its_own_template_and_goes_back_to_ours(casework, office):
    letter = casework.forwarded()
    assert "信访事项转送函" in words(transfer_letter(office, letter))

    assert send(office, docx("本局专用 {{ 编号 }}")).status_code == 302

    said = words(transfer_letter(office, letter))
    assert said == f"本局专用 {letter.printed_reference}"
    assert "本局专用 K7PM-4TQX" in office.get(PAGE).content.decode()
    assert "Own template" in office.get(LIST).content.decode()
    assert words(office.get(FILE)) == "本局专用 {{ 编号 }}"
    assert words(office.get(FILE + "?sample")) == "本局专用 K7PM-4TQX"
    assert send(office, docx("改过 {{ 编号 }}")).status_code == 302
    assert DocumentTemplate.objects.count() == 1
    assert office.post(DROP, follow=True).status_code == 200
    assert "信访事项转送函" in words(transfer_letter(office, letter))
    assert not DocumentTemplate.objects.exists()
    assert office.post(DROP).status_code == 302


def test_another_unit_keeps_its_own_papers(casework, office, client_of):
    send(office, docx("本局专用"))

    page = client_of(casework.head).get(PAGE).content.decode()

    assert "本局专用" not in page
    assert "信访事项转送函" in page


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (docx("尊敬的 {{ 姓名 }}"), "There is no field “姓名” in this paper."),
        (docx("{{ ''.__class__ }}"), "Only fields like"),
        (picture(), "This is no Word document (.docx)."),
        (b"", "The file is empty."),
    ],
)
def test_what_cannot_be_used_is_refused_beside_the_field(office, data, says):
    answer = send(office, data)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not DocumentTemplate.objects.exists()


def test_the_place_of_a_fault_is_shown(office):
    answer = send(office, docx("尊敬的 {{ 姓名 }} 同志"))

    assert "Here: “尊敬的 {{ 姓名 }} 同志”" in answer.content.decode()
    assert office.post(PAGE, {}).status_code == 422


def test_a_stored_template_that_no_longer_fits_never_breaks_the_paper(casework, office):
    letter = casework.forwarded()
    DocumentTemplate.objects.create(
        kind="transfer",
        unit=casework.office,
        file=docx("{{ 从前有的 }}"),
        added_by=casework.petition,
    )

    page = office.get(
        reverse("visits:letter_paper", args=[letter.reference, "transfer"])
    )

    text = page.content.decode()
    assert "own template cannot be used; this is ours." in text
    assert "There is no field “从前有的” in this paper." in text
    assert "信访事项转送函" in words(transfer_letter(office, letter))
    assert office.get(PAGE).status_code == 200
    assert office.post(DROP).status_code == 302


@pytest.mark.parametrize("kind", PAPERS)
def test_each_paper_shows_its_fields_and_a_sample(office, kind):
    page = office.get(reverse("visits:paper_template", args=[kind])).content.decode()

    for name in PAPERS[kind].fields:
        assert f"<code>{{{{ {name} }}}}</code>" in page
    assert "paper-title" in page


@pytest.mark.parametrize("role", Role)
def test_who_may_change_templates(casework, client_of, role):
    client = client_of(officer(casework.office, role))
    may = role in (Role.PETITION_OFFICER, Role.UNIT_HEAD)

    for page in (LIST, PAGE, FILE):
        assert client.get(page).status_code == (200 if may else 403)
    assert send(client, docx("{{ 编号 }}")).status_code == (302 if may else 403)
    assert client.post(DROP).status_code == (302 if may else 403)


def test_without_a_unit_or_a_known_paper_there_is_nothing(casework, office, client_of):
    nobody = client_of(
        AccountFactory(role=Role.PETITION_OFFICER, role__place=casework.place)
    )

    assert nobody.get(LIST).status_code == 404
    assert nobody.get(PAGE).status_code == 404
    for page in ("paper_template", "paper_template_file"):
        assert office.get(reverse(f"visits:{page}", args=["x"])).status_code == 404
