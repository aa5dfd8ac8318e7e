"""LibreOffice opens each kind of file that leaves the product: all of them at once."""

import shutil
import subprocess
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories import AccountFactory, CadreFactory, VisitFactory
from tests.factories.letter_world import LetterWorld
from visits.models import FiledReport

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice"),
]
EXPORT, FILE = reverse("visits:report_export"), reverse("visits:report_file")


REPORTS = ("districts", "officials", "units", "petition")
FILED, LISTS = ("districts", "petition"), ("letters", "visits")
EVERY = [f"report={it}" for it in REPORTS] + [f"list={it}" for it in LISTS]
EVERY += [f"filed={it}" for it in FILED]
# One of each maker in the short run; in the long one every kind, as either file.
SOME = [("report=districts", "xlsx"), ("filed=petition", "docx")]
ALL = [(kind, form) for kind in EVERY for form in ("xlsx", "docx")]


@pytest.mark.parametrize(
    "papers",
    [
        pytest.param(SOME, id="some"),
        pytest.param(ALL, id="all", marks=pytest.mark.long),
    ],
)
def test_libreoffice_converts_every_kind_of_paper(client, js, tmp_path, papers):
    world = LetterWorld(js)
    boss = AccountFactory(
        unit=world.office, role=Role.DISTRICT_ADMIN, role__place=js.xuzhou
    )
    boss.grants.create(role=Role.PETITION_OFFICER, unit=world.office)
    world.answered()
    yesterday = timezone.localtime() - timedelta(days=1)
    VisitFactory(
        held=True,
        places=[js.tangzhang],
        officials=[CadreFactory(name="=李二", unit=world.office)],
        unit=world.office,
        starts_at=yesterday.replace(hour=9, minute=0, second=0, microsecond=0),
    )
    client.force_login(boss)
    period = f"period={yesterday.year}"
    for kind in FILED:
        client.post(f"{FILE}?report={kind}&{period}", {"client_key": uuid.uuid4()})
    filed = dict(FiledReport.objects.values_list("kind", "reference"))
    files = []
    for paper, form in papers:
        what, _is, name = paper.partition("=")
        query = f"filed={filed[name]}" if what == "filed" else f"{paper}&{period}"
        typed = {"purpose": "季度例会", "approver": boss.pk, "format": form}
        sent = client.post(f"{EXPORT}?{query}", typed)
        assert sent.status_code == 200 and sent.content[:2] == b"PK", paper
        files.append(tmp_path / f"{what}-{name}-{form}.{form}")
        files[-1].write_bytes(sent.content)

    done = subprocess.run(
        [
            shutil.which("soffice"),
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            tmp_path,
            *files,
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )

    for file in files:
        assert file.with_suffix(".pdf").read_bytes().startswith(b"%PDF"), file.name
    assert b"Error" not in done.stdout + done.stderr
