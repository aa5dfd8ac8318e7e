import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.files import PDF, archive, docx, moving, picture
from visits.rules import file_kinds
from visits.rules.file_kinds import NoSuchKind, kind_of

TYPES = b"<Types/>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def wide(text):
    return text.encode("utf-16-le")


def relation(target, kind="attachedTemplate", mode="External", head=""):
    """A Word file one of whose parts refers to `target`."""
    rels = (
        f"{head}<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/"
        f"relationships'><Relationship Id='r1' Type='{OFFICE}/{kind}' "
        f"Target='{target}' TargetMode='{mode}'/></Relationships>"
    )
    return archive({"word/_rels/settings.xml.rels": rels.encode()}, docx())


def sheet(**parts):
    named = {name.replace("__", "/"): body for name, body in parts.items()}
    return archive({"[Content_Types].xml": TYPES, "xl/workbook.xml": b"<w/>", **named})


def old_sheet(kind, name="Macro1"):
    is_wide = not name.isascii()
    letters = wide(name) if is_wide else name.encode()
    head = b"\x85\0" + bytes([8 + len(letters), 0]) + b"\x10\2\0\0"
    return (
        OLE + wide("Workbook") + head + bytes([0, kind, len(name), is_wide]) + letters
    )


def old_sheet_under_a_password():
    begin = b"\x09\x08\x10\0\0\x06\x05\0" + bytes(12)
    return OLE + wide("Workbook") + begin + b"\x2f\0\x36\0\1\0" + bytes(60)


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
        pytest.param(b"<svg onload='alert(1)'/>", "text/plain", id="svg is text"),
        pytest.param(
            relation("https://example.org/", kind="hyperlink"),
            file_kinds.DOCX.content_type,
            id="a link waits for a click",
        ),
        pytest.param(
            relation("file:///C:/Users/li/Normal.dotm"),
            file_kinds.DOCX.content_type,
            id="a template of one's own",
        ),
        pytest.param(old_sheet(0), "application/vnd.ms-excel", id="old sheet"),
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
        pytest.param(b"<html>\n" + PDF, "two_in_one", id="text before a PDF"),
        pytest.param(relation("http://evil.test/t.dotm"), "outside", id="template"),
        pytest.param(
            relation("&#104;ttp://evil.test/t.dotm"), "outside", id="address in code"
        ),
        pytest.param(relation("\\\\evil\\t.dotm"), "outside", id="shared folder"),
        pytest.param(relation("file://evil/t.dotm"), "outside", id="file elsewhere"),
        pytest.param(
            relation("http://evil.test/hyperlink", kind="image"), "outside", id="image"
        ),
        pytest.param(
            relation("x", head="<!DOCTYPE a [<!ENTITY b 'c'>]>"),
            "damaged",
            id="entities",
        ),
        pytest.param(
            archive({"word/embeddings/oleObject1.bin": OLE}, docx()),
            "embedded",
            id="file in a file",
        ),
        pytest.param(
            sheet(xl__macrosheets__sheet1=b"<x/>"), "macros", id="sheet of macros"
        ),
        pytest.param(old_sheet(1), "macros", id="old sheet of macros"),
        pytest.param(
            old_sheet(1, "宏表"),
            "macros",
            id="old sheet of macros with a Chinese name",
        ),
        pytest.param(old_sheet_under_a_password(), "kind", id="old password"),
        pytest.param(
            OLE + wide("WordDocument") + wide("\x01Ole10Native"),
            "embedded",
            id="file in an old file",
        ),
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


def packed(method, size=3000):
    return archive({"word/media/a": bytes(size)}, docx(), method)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_only_ways_of_packing_that_office_programs_use_are_taken(method):
    with pytest.raises(NoSuchKind) as refusal:
        kind_of(packed(method))

    assert refusal.value.code == "damaged"


def test_a_part_that_claims_more_than_there_is_is_no_error_of_ours():
    data = bytearray(packed(zipfile.ZIP_STORED))
    size = (3000).to_bytes(4, "little") * 2
    for _where in ("the entry", "the list of entries"):
        at = data.index(size)
        data[at : at + 8] = (2_000_000).to_bytes(4, "little") * 2

    with pytest.raises(NoSuchKind) as refusal:
        kind_of(bytes(data))

    assert refusal.value.code == "damaged"


def test_parts_that_lie_on_each_other_are_no_bomb_of_ours():
    """Two thousand entries in the list, all at one place of the file."""
    data = archive({f"word/{n:04}": b"" for n in range(1, 1500)}, docx())
    one = archive({"word/0000": bytes(130_000)}, data)
    place = one.index(b"word/0000") - 30
    head, found, tail = one.partition(b"PK\x01\x02")
    list_of = bytearray(found + tail)
    at = 0
    while (at := list_of.find(b"PK\x01\x02", at)) >= 0:
        if (
            b"word/" in list_of[at + 46 : at + 51]
            and b"." not in list_of[at + 46 : at + 55]
        ):
            list_of[at + 42 : at + 46] = place.to_bytes(4, "little")
        at += 4

    with pytest.raises(NoSuchKind) as refusal:
        kind_of(bytes(head + list_of))

    assert refusal.value.code in {"damaged", "bomb"}


WHOLE = [
    docx(),
    packed(zipfile.ZIP_STORED),
    packed(zipfile.ZIP_LZMA),
    old_sheet(1),
    PDF,
]


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_is_changed_in_a_file_the_answer_is_a_kind_or_a_refusal(data):
    whole = bytearray(data.draw(st.sampled_from(WHOLE)))
    for _change in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(whole)))

    try:
        assert kind_of(bytes(whole[:cut])) in file_kinds.KINDS
    except NoSuchKind as refusal:
        assert refusal.message


def test_the_limits_leave_room_for_real_sheets():
    rows = b"".join(b"<c r='A%d'><v>%d</v></c>" % (n, n) for n in range(200_000))
    data = archive(
        {"[Content_Types].xml": TYPES, "xl/workbook.xml": b"", "xl/s1.xml": rows}
    )

    assert kind_of(data) is file_kinds.XLSX
