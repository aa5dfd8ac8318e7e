import pytest

from tests.factories.files import PDF, archive, docx, moving, picture
from visits.rules import file_kinds
from visits.rules.file_kinds import NoSuchKind, kind_of

TYPES = b"<Types/>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


def wide(text):
    return text.encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        pytest.param(picture(), "image/jpeg", id="jpeg"),
        pytest.param(picture("PNG"), "image/png", id="png"),
        pytest.param(picture("WEBP"), "image/webp", id="webp"),
        pytest.param(picture("TIFF"), "image/tiff", id="tiff"),
        pytest.param(moving(), "image/gif", id="gif"),
        pytest.param(PDF, "application/pdf", id="pdf"),
        pytest.param(docx(), file_kinds.DOCX.content_type, id="docx"),
        pytest.param(
            archive({"[Content_Types].xml": TYPES, "xl/workbook.xml": b"<w/>"}),
            file_kinds.XLSX.content_type,
            id="xlsx",
        ),
        pytest.param(OLE + wide("WordDocument"), "application/msword", id="doc"),
        pytest.param(OLE + wide("Workbook"), "application/vnd.ms-excel", id="xls"),
        pytest.param("停水三天".encode(), "text/plain", id="utf-8"),
        pytest.param("停水三天".encode("gb18030"), "text/plain", id="gb18030"),
        pytest.param(b"<html><script>1</script>", "text/plain", id="html is text"),
    ],
)
def test_a_file_is_what_it_holds(data, content_type):
    assert kind_of(data).content_type == content_type


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"MZ\x90\0" + bytes(90), "kind", id="program"),
        pytest.param(b"\x7fELF" + bytes(90), "kind", id="elf"),
        pytest.param(b"<html>\n" + b"\0" + PDF, "kind", id="page before a PDF"),
        pytest.param(PDF + b"<script>" * 400, "damaged", id="page behind a PDF"),
        pytest.param(
            PDF + archive({"a": b"1"}), "two_in_one", id="archive behind a PDF"
        ),
        pytest.param(archive({"a.exe": b"MZ"}), "kind", id="plain archive"),
        pytest.param(
            archive({"[Content_Types].xml": TYPES, "ppt/presentation.xml": b""}),
            "kind",
            id="slides",
        ),
        pytest.param(
            archive({"word/vbaProject.bin": b"x"}, docx()), "macros", id="macros"
        ),
        pytest.param(
            archive(
                {
                    "[Content_Types].xml": b"x.document.macroEnabled.main+xml",
                    "word/document.xml": b"",
                }
            ),
            "macros",
            id="docm",
        ),
        pytest.param(
            OLE + wide("WordDocument") + wide("_VBA_PROJECT"), "macros", id="old macros"
        ),
        pytest.param(OLE + wide("EncryptedPackage"), "kind", id="with a password"),
        pytest.param(
            archive({"word/media/a": bytes(60 * 2**20)}, docx()), "bomb", id="zip bomb"
        ),
        pytest.param(
            archive({f"word/{n}": b"" for n in range(2001)}, docx()),
            "bomb",
            id="thousands of entries",
        ),
        pytest.param(docx()[:-40], "damaged", id="cut off"),
    ],
)
def test_what_nobody_needs_is_refused(data, code):
    with pytest.raises(NoSuchKind) as refusal:
        kind_of(data)

    assert refusal.value.code == code


def test_an_entry_that_lies_about_its_size_is_found_out():
    data = archive({"word/media/a": bytes(3 * 2**20)}, docx())
    # In the central directory and in the entry: three million become one hundred.
    lying = data.replace((3 * 2**20).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != data

    with pytest.raises(NoSuchKind) as refusal:
        kind_of(lying)

    assert refusal.value.code == "damaged"


def test_an_unknown_way_of_packing_is_no_error_of_ours():
    data = bytearray(docx())
    at = data.rindex(b"PK\x01\x02")
    data[at + 10 : at + 12] = (99).to_bytes(2, "little")

    with pytest.raises(NoSuchKind):
        kind_of(bytes(data))


def test_the_limits_leave_room_for_real_sheets():
    rows = b"".join(b"<c r='A%d'><v>%d</v></c>" % (n, n) for n in range(200_000))
    data = archive(
        {"[Content_Types].xml": TYPES, "xl/workbook.xml": b"", "xl/s1.xml": rows}
    )

    assert kind_of(data) is file_kinds.XLSX
