"""Pictures are drawn anew: place, device, owner and tricks of the format are gone."""

import io
import threading

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from visits.rules.file_kinds import GIF, JPEG, PNG, TIFF, WEBP, FileKind, NoSuchKind

MOST_PIXELS = 50_000_000  # an A4 page at 600 dots an inch has 35 million
LONGEST_SIDE = 20_000
FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", GIF: "GIF", TIFF: "TIFF"}
KEPT = {"JPEG": {"L", "RGB"}, "PNG": {"1", "L", "LA", "RGB", "RGBA"}}
KEPT["WEBP"] = {"RGB", "RGBA"}
# A decoded picture takes much room: one at a time in each process.
_one_at_a_time = threading.Lock()


def clean_picture(data: bytes, kind: FileKind) -> tuple[bytes, FileKind]:
    """Decode, turn upright, and encode without anything else.

    GIF and TIFF become PNG.

    Raises:
        NoSuchKind: code `pixels` (told before anything is decoded), `moving`, `pages`,
            `damaged`.
    """
    if kind is WEBP:
        _bounded(*webp_size(data))
    try:
        with _one_at_a_time:
            return _drawn_anew(data, kind)
    except NoSuchKind:
        raise
    except (Image.DecompressionBombError, MemoryError) as why:
        raise _too_large() from why
    # Decoders fail in many ways on what is no picture.
    except Exception as why:
        raise NoSuchKind(_("The picture is damaged."), code="damaged") from why


def _drawn_anew(data: bytes, kind: FileKind) -> tuple[bytes, FileKind]:
    with Image.open(io.BytesIO(data), formats=[FORMATS[kind]]) as image:
        _bounded(*image.size)
        _single(image, kind)
        image.load()
        upright = ImageOps.exif_transpose(image)
    target = kind if kind in (JPEG, PNG, WEBP) else PNG
    name = FORMATS[target]
    if upright.mode not in KEPT[name]:
        with_holes = "transparency" in upright.info or "A" in upright.mode
        upright = upright.convert("RGBA" if with_holes and name != "JPEG" else "RGB")
    upright.info.clear()
    out = io.BytesIO()
    if target is PNG:
        upright.save(out, name)
    else:
        upright.save(out, name, quality=90)
    return out.getvalue(), target


def _single(image: Image.Image, kind: FileKind) -> None:
    # A JPEG may carry further views of the same scene; its first is the picture.
    if kind is JPEG or getattr(image, "n_frames", 1) == 1:
        return
    if kind is TIFF:
        text = _("The picture has several pages; send it as a PDF.")
        raise NoSuchKind(text, code="pages")
    text = _("Moving pictures are not taken; send a single picture.")
    raise NoSuchKind(text, code="moving")


def _bounded(width: int, height: int) -> None:
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise _too_large()


def _too_large() -> NoSuchKind:
    text = _("The picture has too many pixels; at most 50 million are taken.")
    return NoSuchKind(text, code="pixels")


def webp_size(data: bytes) -> tuple[int, int]:
    """Width and height from the head: the decoder takes its room when it opens."""
    chunk, head = data[12:16], data[20:30]
    if len(head) < 10:
        raise NoSuchKind(_("The picture is damaged."), code="damaged")
    if chunk == b"VP8X":
        return (
            int.from_bytes(head[4:7], "little") + 1,
            int.from_bytes(head[7:10], "little") + 1,
        )
    if chunk == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return (
        int.from_bytes(head[6:8], "little") & 0x3FFF,
        int.from_bytes(head[8:10], "little") & 0x3FFF,
    )
