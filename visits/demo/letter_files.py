"""A few small files on the demo's letters: pictures, PDF and Word; one still waits."""

import io
from uuid import UUID, uuid5

from docx import Document
from PIL import Image, ImageDraw

from cadres.models import Account, Unit
from visits.actions.attach_file import Sent, attach_file
from visits.demo.caseload import Case, Caseload
from visits.models import Attachment
from visits.reports.letter_files import may_add
from visits.rules.letter_states import LetterState

SPACE = UUID("5a1a2f4e-7f0c-4b52-9d0e-3f1f6f0f40b4")
WITH_FILES = (LetterState.REGISTERED, LetterState.FORWARDED, LetterState.HANDLING)
MOST = 10  # looked at
EACH = 2  # letters of each of these states


def attach_some(caseload: Caseload, office: Unit, officer: Account) -> None:
    """To letters of the city's office that were not sealed."""
    for state in WITH_FILES:
        cases = [
            it
            for it in caseload.cases
            if (it.letter.office, it.letter.state) == (office, state)
            and not it.letter.is_sealed
        ]
        now = caseload.now
        cases = [it for it in cases[:MOST] if may_add(it.letter, officer, now=now)]
        for case in cases[:EACH]:
            _attach(case, officer, _photo(), "现场照片.jpg", shows_identity=False)
            _attach(case, officer, _pdf(case.letter.reference), "来信扫描件.pdf")
        for case in cases[:1]:
            text = f"{case.letter.request}。\n{case.letter.facts}"
            _attach(case, officer, _word(text), "补充材料.docx", shows_identity=False)
    waiting = Attachment.objects.filter(content_type="application/pdf").first()
    if waiting:
        waiting.state = Attachment.State.PENDING
        waiting.save(update_fields=["state"])


def _attach(
    case: Case, officer: Account, data: bytes, name: str, *, shows_identity: bool = True
) -> None:
    attach_file(
        case.letter,
        by=officer,
        file=Sent(name, data),
        client_key=uuid5(SPACE, name),
        now=case.events[-1].at,
        shows_identity=shows_identity,
    )


def _photo() -> bytes:
    """A wet street under a grey sky, as far as a few shapes can show it."""
    picture = Image.new("RGB", (480, 320), (176, 190, 197))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 60, 200, 220), fill=(141, 110, 99))
    for left in (60, 110, 160):
        draw.rectangle((left, 90, left + 24, 130), fill=(255, 245, 200))
    draw.rectangle((0, 220, 480, 320), fill=(97, 97, 97))
    draw.ellipse((180, 235, 400, 300), fill=(100, 149, 190))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()


def _pdf(title: str) -> bytes:
    """One page, with its own table of objects, that every reader opens."""
    text = f"BT /F1 24 Tf 72 720 Td (Scan of letter {title}) Tj ET".encode()
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox 7 0 R/Contents 4 0 R/Resources 6 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Font<</F1 5 0 R>>>>",
        b"[0 0 595 842]",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(bodies) + 1,
        table,
    )
    return bytes(out)


def _word(text: str) -> bytes:
    document = Document()
    document.add_heading("补充材料", level=1)
    for line in text.split("\n"):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
