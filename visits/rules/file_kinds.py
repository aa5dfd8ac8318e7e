"""What a file is, told by its content alone; its name and its sender are not asked.

A file that is two things at once (a PDF that also opens as an archive, a page in front
of a PDF) is refused: nobody needs one.
"""

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from lxml import etree

MOST_ENTRIES = 2000
MOST_UNPACKED = 200 * 2**20  # bytes
MOST_RATIO = 150  # unpacked to packed, once it is more than a few MB
RATIO_FROM = 10 * 2**20  # bytes
MOST_RELATIONS = 2**20  # bytes of one list of what a part of a file refers to
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # as office programs do
# What a damaged archive makes `zipfile` raise.
DAMAGES = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError,
    ValueError, NotImplementedError, etree.XMLSyntaxError,
)  # fmt: skip
# An address of another machine; a path on the reader's own loads nothing.
OUTSIDE = re.compile(
    r"\s*(https?:|ftp:|//|\\\\|file:(//[^/]|////|/{0,3}\\\\))", re.IGNORECASE
)
# The start of an old sheet under a password, and one of its sheets of macros.
PASSWORD = re.compile(
    rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL
)
MACRO_SHEET = re.compile(
    rb"\x85\x00(.)\x00.{4}[\x00-\x02]\x01(.)([\x00\x01])", re.DOTALL
)
END_OF_ARCHIVE = b"PK\x05\x06"


@dataclass(frozen=True, eq=False)  # its label has another hash in each language
class FileKind:
    content_type: str
    label: str | Promise
    extension: str  # first of those it may have
    others: tuple[str, ...] = ()
    is_picture: bool = False


JPEG = FileKind("image/jpeg", _("Picture"), "jpg", ("jpeg",), is_picture=True)
PNG = FileKind("image/png", _("Picture"), "png", is_picture=True)
WEBP = FileKind("image/webp", _("Picture"), "webp", is_picture=True)
GIF = FileKind("image/gif", _("Picture"), "gif", is_picture=True)
TIFF = FileKind("image/tiff", _("Picture"), "tiff", ("tif",), is_picture=True)
PDF = FileKind("application/pdf", _("PDF"), "pdf")
OOXML = "application/vnd.openxmlformats-officedocument"
DOCX = FileKind(f"{OOXML}.wordprocessingml.document", _("Word document"), "docx")
XLSX = FileKind(f"{OOXML}.spreadsheetml.sheet", _("Excel sheet"), "xlsx")
DOC = FileKind("application/msword", _("Word document"), "doc", ("wps",))
XLS = FileKind("application/vnd.ms-excel", _("Excel sheet"), "xls", ("et",))
# Not "csv": a sheet program that opens one runs the formulas in it.
TEXT = FileKind("text/plain", _("Text"), "txt", ("md",))
KINDS = (JPEG, PNG, WEBP, GIF, TIFF, PDF, DOCX, XLSX, DOC, XLS, TEXT)
BY_TYPE = {kind.content_type: kind for kind in KINDS}


class NoSuchKind(Exception):
    """The file is none of the kinds taken; `code` and `message` say why."""

    def __init__(self, message: str | Promise, *, code: str = "kind") -> None:
        super().__init__(code)
        self.message, self.code = message, code


def kind_of(data: bytes) -> FileKind:
    """Return what `data` is.

    Raises:
        NoSuchKind: code `empty`, `kind`, `macros`, `embedded`, `outside`, `bomb`,
            `damaged`, `two_in_one`.
    """
    if not data:
        raise NoSuchKind(_("The file is empty."), code="empty")
    if picture := _picture(data):
        return picture
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return office_kind(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _old_office(data)
    if _is_text(data):
        if b"%PDF-" in data[:1024]:
            text = _("This file is a text and a PDF at once.")
            raise NoSuchKind(text, code="two_in_one")
        return TEXT
    raise NoSuchKind(
        _("Only pictures, PDF, Word, Excel and plain text files are taken.")
    )


def _picture(data: bytes) -> FileKind | None:
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if data.startswith((b"II*\x00", b"MM\x00*")):
        return TIFF
    return None


def _pdf(data: bytes) -> FileKind:
    if b"%%EOF" not in data[-1024:]:
        text = _("The PDF is damaged, or something hangs on at its end.")
        raise NoSuchKind(text, code="damaged")
    if END_OF_ARCHIVE in data[-66_000:]:
        text = _("This file is a PDF and an archive at once.")
        raise NoSuchKind(text, code="two_in_one")
    return PDF


def office_kind(data: bytes) -> FileKind:
    """Look into a zipped office file: its parts, its size unpacked, its macros.

    And what it brings with it, or fetches when it is opened.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _no_bomb(entries, len(data))
            names = {entry.filename for entry in entries}
            if "[Content_Types].xml" not in names:
                raise NoSuchKind(_("Archives are not taken; send the files in it."))
            _unpack_once(archive, entries)
            types = archive.read("[Content_Types].xml").lower()
            outside = any(_loads(it) for it in _relations(archive, entries))
    except DAMAGES as why:
        raise NoSuchKind(_("The file is damaged."), code="damaged") from why
    lower = " ".join(names).lower()
    if re.search("vbaproject|activex|macrosheets/|dialogsheets/", lower) or re.search(
        b"macroenabled|macrosheet", types
    ):
        text = _("The file holds macros; save it without them.")
        raise NoSuchKind(text, code="macros")
    if "oleobject" in lower or b"oleobject" in types:
        raise _with_another_inside()
    if outside:
        text = _("Opening this file would load something from outside; take it out.")
        raise NoSuchKind(text, code="outside")
    if "word/document.xml" in names:
        return DOCX
    if "xl/workbook.xml" in names:
        return XLSX
    raise NoSuchKind(_("Of office files, only Word and Excel are taken."))


def _no_bomb(entries: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    too_dense = unpacked > RATIO_FROM and unpacked > MOST_RATIO * packed
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or too_dense:
        text = _("Unpacked, this file would be too large.")
        raise NoSuchKind(text, code="bomb")


def _unpack_once(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """What an entry says of its size may be a lie: reading it shows."""
    for entry in entries:
        if entry.compress_type not in PACKED:
            raise NotImplementedError(entry.compress_type)
        with archive.open(entry) as unpacked:
            while unpacked.read(2**20):
                pass


def _relations(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]
) -> Iterator[bytes]:
    for entry in entries:
        if entry.filename.lower().endswith(".rels"):
            if entry.file_size > MOST_RELATIONS:
                raise ValueError(entry.filename)
            yield archive.read(entry)


def _loads(relations: bytes) -> bool:
    """Whether opening the file would fetch something; a link waits for a click."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(relations, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("office programs write no document type")
    return any(
        it.get("TargetMode") == "External"
        and not (it.get("Type") or "").endswith("/hyperlink")
        and OUTSIDE.match(it.get("Target") or "")
        for it in root.iter("{*}Relationship")
    )


def _with_another_inside() -> NoSuchKind:
    text = _("The file holds another file inside; send that one by itself.")
    return NoSuchKind(text, code="embedded")


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def _old_office(data: bytes) -> FileKind:
    """The compound files of Word and Excel before 2007, by their streams' names."""
    is_sheet = _wide("Workbook") in data
    if _wide("_VBA_PROJECT") in data or (is_sheet and _has_macro_sheet(data)):
        text = _("The file holds macros; save it without them.")
        raise NoSuchKind(text, code="macros")
    if _wide("\x01Ole10Native") in data:
        raise _with_another_inside()
    if _wide("WordDocument") in data:
        return DOC
    if is_sheet and not PASSWORD.search(data):
        return XLS
    raise NoSuchKind(
        _("Of office files, only Word and Excel without a password are taken.")
    )


def _has_macro_sheet(data: bytes) -> bool:
    """Whether its list of sheets has one of Excel 4 macros, by the record's own size.

    A record is: number, size, place, visibility, kind, length of the name, its width.
    """
    return any(
        it[1][0] == 8 + it[2][0] * (1 + it[3][0]) for it in MACRO_SHEET.finditer(data)
    )


def _is_text(data: bytes) -> bool:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", text)
    return False
