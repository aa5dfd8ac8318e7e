"""Papers as Word files: what a template may hold, filling it, reading it back.

A template comes from outside, so it is hostile until read: of the template language
only `{{ field }}` and `{% if field %} … {% else %} … {% endif %}` are taken, nothing
loops, calls or reaches into a value. It is checked when it is stored and each time it
is used; it is filled in a sandbox. Values enter as data.
"""

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from docx.document import Document as DocumentType
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from visits.rules.file_kinds import DOCX, NoSuchKind, kind_of

MOST_BYTES = 2 * 2**20
MOST_UNPACKED = 20 * 2**20
MOST_PART = 2**20  # bytes of one part
MOST_BRACES = 1000  # in one part; reading tags costs more the more there are
PLACE = 60  # characters shown of the paragraph
TAKEN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not,
    nodes.And, nodes.Or,
)  # fmt: skip
ONLY = gettext_lazy(
    "Only fields like {{ 编号 }} and conditions like {% if 查询码 %} … {% endif %} are "
    "taken."
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class TemplateFault:
    """What is wrong, and where: the text of its paragraph."""

    message: str | Promise
    field: str = ""
    place: str = ""

    def __str__(self) -> str:
        if not self.place:
            return str(self.message)
        return _("%(fault)s Here: “%(place)s”") % {
            "fault": self.message,
            "place": self.place,
        }


@dataclass(frozen=True)
class Line:
    """A line of a paper as a page shows it; `style` is a class of the stylesheet."""

    text: str
    style: str


def template_faults(data: bytes, fields: Collection[str]) -> list[TemplateFault]:
    """What keeps `data` from being a template with these fields; [] if nothing."""
    if len(data) > MOST_BYTES:
        return [TemplateFault(gettext_lazy("A template has at most 2 MB."))]
    try:
        if kind_of(data) is not DOCX:
            return [TemplateFault(gettext_lazy("This is no Word document (.docx)."))]
    except NoSuchKind as why:
        return [TemplateFault(why.message)]
    if fault := _package_fault(data):
        return [TemplateFault(fault)]
    try:
        paragraphs = list(_texts(_opened(data)))
        return _faults(paragraphs, fields) or _hidden_faults(data, fields)
    # The reader of Word files fails in many ways on what is none.
    except Exception:  # noqa: BLE001
        return [TemplateFault(gettext_lazy("This Word document cannot be read."))]


def _package_fault(data: bytes) -> Promise | None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            return gettext_lazy("Unpacked, this file would be too large.")
        for entry in entries:
            if not entry.filename.endswith((".xml", ".rels")):
                continue
            part = archive.read(entry)
            if b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"\0" in part:
                return gettext_lazy("This Word document cannot be read.")
            if len(part) > MOST_PART or part.count(b"{") > MOST_BRACES:
                return gettext_lazy("The template is too long.")
    return None


def _environment() -> SandboxedEnvironment:
    made = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    made.globals.clear()
    made.filters.clear()
    made.tests.clear()
    return made


def _opened(data: bytes) -> DocxTemplate:
    template = DocxTemplate(io.BytesIO(data))
    template.init_docx()
    return template


def _texts(template: DocxTemplate) -> Iterator[str]:
    """The text of every paragraph: of the body, its tables, heads and feet."""
    document: DocumentType = template.docx
    roots = [document.element.body]
    for section in document.sections:
        for part in (
            section.header, section.footer, section.first_page_header,
            section.first_page_footer, section.even_page_header,
            section.even_page_footer,
        ):  # fmt: skip
            if not part.is_linked_to_previous:
                roots.append(part._element)  # noqa: PERF401
    for root in roots:
        for paragraph in root.iter(qn("w:p")):
            found = (it.text or "" for it in paragraph.iter(qn("w:t")))
            yield "".join(found).replace("\n", " ")


def _faults(paragraphs: list[str], fields: Collection[str]) -> list[TemplateFault]:
    """Faults in the text: a paragraph is a line, so each is found at its place."""
    # docxtpl's own marks say what of the paragraph goes away with the tag.
    plain = [re.sub(r"(\{[{%])(?:p|tr|tc|r)\s", r"\1 ", it) for it in paragraphs]
    try:
        tree = _environment().parse("\n".join(plain))
    except TemplateSyntaxError as why:
        return [TemplateFault(ONLY, place=_place(paragraphs, why.lineno))]
    found = []
    for node, field in _foreign(tree, fields):
        message: str | Promise = ONLY
        if field:
            message = _("There is no field “%(field)s” in this paper.") % {
                "field": field
            }
        found.append(TemplateFault(message, field, _place(paragraphs, node.lineno)))
    return found


def _foreign(
    tree: nodes.Template, fields: Collection[str]
) -> Iterator[tuple[nodes.Node, str]]:
    """What is neither text, a known field nor a condition; with the unknown field."""
    waiting: list[nodes.Node] = [tree]
    while waiting:
        node = waiting.pop(0)
        if not isinstance(node, TAKEN):
            yield node, ""
            continue
        if isinstance(node, nodes.Name) and node.name not in fields:
            yield node, node.name
        waiting.extend(node.iter_child_nodes())


def _hidden_faults(data: bytes, fields: Collection[str]) -> list[TemplateFault]:
    """What docxtpl would fill besides the text: attributes, notes, properties.

    Looks at exactly what will be filled.
    """
    template = _opened(data)
    document = template.docx
    about = document.core_properties
    sources = [
        template.get_xml(),
        *(xml for uri in (template.HEADER_URI, template.FOOTER_URI)
          for xml in _parts(template, uri)),
        *(part.blob.decode() for part in document.part.package.iter_parts()
          if str(part.partname).startswith("/word/footnotes")),
        *(about.author, about.comments, about.identifier, about.language,
          about.subject, about.title),
    ]  # fmt: skip
    for source in sources:
        try:
            tree = _environment().parse(template.patch_xml(source))
        except TemplateError:
            return [TemplateFault(_hidden())]
        for _node, field in _foreign(tree, fields):
            return [TemplateFault(_hidden(), field)]
    return []


def _parts(template: DocxTemplate, uri: str) -> Iterator[str]:
    for _key, part in template.get_headers_footers(uri):
        yield template.get_part_xml(part)


def _hidden() -> Promise:
    return gettext_lazy(
        "Something that would be filled stands outside the text: in a note, a hidden "
        "property or a field of Word."
    )


def _place(paragraphs: list[str], line: int) -> str:
    text = paragraphs[min(line, len(paragraphs)) - 1] if paragraphs else ""
    return text if len(text) <= PLACE else f"{text[:PLACE]}…"


def fill(data: bytes, values: Mapping[str, str], fields: Collection[str]) -> bytes:
    """A checked template with its values; a field without one is left empty."""
    full = {name: CONTROL.sub("", values.get(name, "")) for name in fields}
    template = DocxTemplate(io.BytesIO(data))
    template.render(full, _environment(), autoescape=True)
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


STYLE_OF = {
    "Paper Head": "head",
    "Paper Number": "number",
    "Paper Title": "title",
    "Paper To": "to",
    "Paper Text": "text",
    "Paper Label": "label",
    "Paper Sign": "sign",
    "Paper Note": "note",
}
ALIGNED = {1: "center", 2: "right"}


def lines_of(data: bytes) -> list[Line]:
    """What stands in the body of a Word file, line by line."""
    found = []
    for block in _opened(data).docx.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                cells = dict.fromkeys(cell.text for cell in row.cells)
                found.append(Line("　".join(cells), "row"))
        elif block.text.strip():
            found.append(Line(block.text, _style_of(block)))
    return found


def _style_of(block: Paragraph) -> str:
    name = block.style.name if block.style else ""
    aligned = ALIGNED.get(int(block.alignment or 0), "plain")
    return STYLE_OF.get(name or "", aligned)
