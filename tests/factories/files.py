"""Files as people send them, the harmless and the hostile."""

import io
import zipfile
import zlib

from docx import Document
from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def picture(form="JPEG", size=(60, 40), **saved) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 20)).save(out, form, **saved)
    return out.getvalue()


def picture_with_place(*, orientation=6) -> bytes:
    """A telephone's JPEG: taken at a place, turned, with a comment."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "PlantedMaker"
    exif.get_ifd(0x8825).update(
        {1: "N", 2: (34.0, 15.0, 33.33), 3: "E", 4: (117.0, 11.0, 2.0)}
    )
    return picture(exif=exif, comment=b"planted comment")


def png_claiming(width: int, height: int) -> bytes:
    """A few bytes that say they are a huge picture."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            len(body).to_bytes(4, "big")
            + name
            + body
            + zlib.crc32(name + body).to_bytes(4, "big")
        )

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    rows = zlib.compress(bytes(10_000))
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def moving(form="GIF") -> bytes:
    out = io.BytesIO()
    first, second = (Image.new("RGB", (8, 8), c) for c in ("red", "blue"))
    first.save(out, form, save_all=True, append_images=[second])
    return out.getvalue()


def docx(text="你好") -> bytes:
    out = io.BytesIO()
    document = Document()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def archive(
    entries: dict[str, bytes], base: bytes = b"", method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """A zip with these entries, added to those of `base`."""
    out = io.BytesIO(base)
    mode = "a" if base else "w"
    with zipfile.ZipFile(out, mode, method) as file:
        for name, body in entries.items():
            file.writestr(name, body)
    return out.getvalue()
