"""Templates from outside: what is refused, with its place, and what is filled."""

import io
import zipfile

import pytest
from django.utils import translation
from docx import Document

from tests.factories.files import archive, docx
from visits.papers import make_templates
from visits.reports.letter_papers import OURS
from visits.rules.paper_template import fill, lines_of, template_faults
from visits.rules.papers import FIELDS, PAPERS, missing, samples

FIELD_NAMES = PAPERS["receipt"].fields


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def faults(*texts):
    return [str(it) for it in template_faults(written(*texts), FIELD_NAMES)]


def written(*texts):
    out = io.BytesIO()
    document = Document()
    for text in texts:
        document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def changed(data, part, old, new):
    """A Word file with one part rewritten."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        entries = {it.filename: source.read(it) for it in source.infolist()}
    assert old in entries[part]
    entries[part] = entries[part].replace(old, new)
    return archive(entries)


@pytest.mark.parametrize("kind", PAPERS)
def test_our_papers_hold_all_their_fields_and_no_others(kind):
    data = (OURS / f"{kind}.docx").read_bytes()

    assert template_faults(data, PAPERS[kind].fields) == []
    said = "\n".join(
        it.text for it in lines_of(fill(data, samples(kind), PAPERS[kind].fields))
    )
    shown = [name for name in PAPERS[kind].fields if samples(kind)[name] in said]
    assert shown == list(PAPERS[kind].fields)
    without = dict.fromkeys(PAPERS[kind].may, "")
    bare = lines_of(fill(data, samples(kind) | without, PAPERS[kind].fields))
    assert "，，" not in "".join(it.text for it in bare)


@pytest.mark.parametrize("kind", PAPERS)
def test_our_papers_are_as_the_script_makes_them(kind):
    kept = Document(OURS / f"{kind}.docx")

    made = make_templates.make(make_templates.PAPERS[kind], "")

    assert [it.text for it in kept.paragraphs] == [it.text for it in made.paragraphs]


def test_papers_are_written_in_the_fonts_of_official_papers():
    data = (OURS / "opinion.docx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        styles = file.read("word/styles.xml").decode()
        fonts = file.read("word/fontTable.xml").decode()

    assert 'w:eastAsia="仿宋_GB2312"' in styles
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="FangSong"/>' in fonts
    section = Document(io.BytesIO(data)).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


def test_every_field_of_a_paper_is_explained():
    assert {name for it in PAPERS.values() for name in it.fields} == set(FIELDS)
    assert all(missing(kind, samples(kind)) == [] for kind in PAPERS)


@pytest.mark.parametrize(
    "text",
    [
        "编号 {{ 编号 }}，{{出具单位}}",
        "{% if 查询码 %}{{ 查询码 }}{% else %}无{% endif %}",
        "{%p if not 查询码 %}",
        "100% {ordinary} text",
    ],
)
def test_fields_and_conditions_are_taken(text):
    texts = [text, "{%p endif %}"] if "{%p" in text else [text]

    assert faults(*texts) == []


def test_an_unknown_field_is_refused_with_its_place():
    found = template_faults(
        written("编号 {{ 编号 }}", "尊敬的 {{ 姓名 }} 同志", "{{ 地址 }}"), FIELD_NAMES
    )

    assert [(it.field, it.place) for it in found] == [
        ("姓名", "尊敬的 {{ 姓名 }} 同志"),
        ("地址", "{{ 地址 }}"),
    ]
    assert str(found[0]) == (
        "There is no field “姓名” in this paper. Here: “尊敬的 {{ 姓名 }} 同志”"
    )


def test_a_field_of_another_paper_is_unknown_in_this_one():
    assert template_faults(written("{{ 信访人 }}"), FIELD_NAMES)[0].field == "信访人"


def test_an_unknown_field_in_a_table_or_a_head_is_found():
    document = Document()
    document.add_table(1, 1).cell(0, 0).text = "{{ 表 }}"
    document.sections[0].header.paragraphs[0].text = "{{ 头 }}"
    document.sections[0].footer.paragraphs[0].text = "{{ 脚 }}"
    out = io.BytesIO()
    document.save(out)

    found = template_faults(out.getvalue(), FIELD_NAMES)

    assert [(it.field, it.place) for it in found] == [
        ("表", "{{ 表 }}"),
        ("头", "{{ 头 }}"),
        ("脚", "{{ 脚 }}"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ 编号.__class__.__mro__ }}",
        "{{ 编号['a'] }}",
        "{{ 编号|upper }}",
        "{{ 编号() }}",
        "{{ 编号 * 99999999999 }}",
        "{{ 'x' * 9 }}",
        "{% for a in 编号 %}{% for b in 编号 %}x{% endfor %}{% endfor %}",
        "{% for x in range(999999999) %}x{% endfor %}",
        "{% set x = 1 %}",
        "{% include 'etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% macro x() %}{% endmacro %}",
        "{% if 编号 is defined %}{% endif %}",
        "{{ 编号 }",
        "{{ 编号",
        "{% if 编号 %}",
        "{% endif %}",
        "{{ }}",
        "{% hm %}",
    ],
)
def test_anything_else_of_the_language_is_refused_with_its_place(text):
    found = faults("before", text, "after")

    if text == "{{ 编号 }":
        assert found
    else:
        assert len(found) >= 1
        assert found[0].startswith("Only fields like {{ 编号 }}")


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("word/document.xml", b"<w:body>", b'<w:body w:x="{{ a.b }}">'),
        ("docProps/core.xml", b"python-docx", b"{{ ''.__class__ }}"),
    ],
)
def test_what_hides_outside_the_text_is_refused(part, old, new):
    data = changed(docx(), part, old, new)

    [fault] = template_faults(data, FIELD_NAMES)

    assert "outside the text" in str(fault)


RELS = "word/_rels/document.xml.rels"
OUTSIDE = (
    b'<Relationship Id="x" Type="http://a/image" Target="%s" TargetMode="External"/>'
)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "The file is empty.", id="nothing"),
        pytest.param(b"hello", "This is no Word document (.docx).", id="text"),
        pytest.param(bytes(3 * 2**20), "at most 2 MB", id="too large"),
        pytest.param(
            archive({"word/vbaProject.bin": b"x"}, docx()), "macros", id="macros"
        ),
        pytest.param(
            archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a"}),
            "cannot be read",
            id="broken",
        ),
        pytest.param(
            changed(
                docx(),
                "word/document.xml",
                b"<w:document",
                b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document',
            ),
            "cannot be read",
            id="entities",
        ),
        pytest.param(
            changed(docx(), RELS, b"</Rel", OUTSIDE % b"http://x/y.png" + b"</Rel"),
            "from outside",
            id="picture from outside",
        ),
        pytest.param(
            changed(docx(), RELS, b"</Rel", OUTSIDE % b"\\\\host\\a" + b"</Rel"),
            "from outside",
            id="picture from a share",
        ),
        pytest.param(docx("{{ 编号 }}" * 501), "too long", id="too many fields"),
        pytest.param(docx("{{" * 501), "too long", id="braces without end"),
        pytest.param(docx("长" * 400_000), "too long", id="too long"),
    ],
)
def test_what_is_no_clean_word_file_is_refused(data, says):
    [fault] = template_faults(data, FIELD_NAMES)

    assert says in str(fault)


def test_a_field_cut_in_pieces_by_a_word_processor_is_still_one():
    document = Document()
    paragraph = document.add_paragraph("号：")
    for piece in ("{", "{ 编", "号 }", "}"):
        paragraph.add_run(piece).bold = piece == "{ 编"
    out = io.BytesIO()
    document.save(out)

    assert template_faults(out.getvalue(), FIELD_NAMES) == []
    [line] = lines_of(fill(out.getvalue(), {"编号": "K7PM"}, FIELD_NAMES))
    assert line.text == "号：K7PM"


def test_values_are_data_and_keep_their_lines():
    value = "一\n{{ 出具单位 }} <w:t> & \x07\x0c\ud800二"

    [line] = lines_of(fill(written("{{ 编号 }}"), {"编号": value}, FIELD_NAMES))

    assert line.text == "一\n{{ 出具单位 }} <w:t> & 二"
