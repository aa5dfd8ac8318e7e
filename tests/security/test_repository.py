"""What lies in the repository: no secret, nothing unpinned, no way round the rules."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from config.sbom import sbom

ROOT = Path(settings.BASE_DIR)
# As keys and passwords look; examples in documents and tests are told by their words.
SECRETS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "cloud key": r"\b(AKIA|ASIA)[0-9A-Z]{16}\b",
    "token of a forge": r"\b(gh[pousr]_[A-Za-z0-9]{30,}|glpat-[\w-]{20,})",
    "token of a chat": r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    "signed token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
    "identity key": r"\b[0-9]{1,5}:[A-Za-z0-9+/]{43}=",
    "password in an address": (
        r"\b[a-z+]+://[\w.-]+:(?!password\b|secret\b|\$|\{|x@)[^@\s/\"'`]+@[\w.]"
    ),
}
TEXT = {".py", ".md", ".html", ".js", ".css", ".toml", ".txt", ".sh", ".cfg", ".yml"}
FORBIDDEN = {
    ".html": [r"\|\s*safe\b", r"autoescape off", r"\son[a-z]+=\"",
              r"<script(?![^>]*(\bsrc=|type=\"application/json\"))",
              r"\sstyle=\"", r"(src|href)=\"(https?:)?//"],
    ".py": [r"\bmark_safe\b", r"\bSafeString\((?!\)|\" )", r"\bcsrf_exempt\b",
            r"\bpickle\b", r"\beval\("],
}  # fmt: skip
# The one place that puts HTML together itself: `html` escapes what is not safe.
MAKES_HTML = ROOT / "cadres/html.py"
NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]*[\w*]|[\w-]+\.(?:md|txt|toml|py))`")


@cache
def tracked():
    """The files of the repository; without one (an archive), those that would be."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
        ).stdout.decode()
        found = [ROOT / it for it in listed.split("\0") if it]
    except (OSError, subprocess.CalledProcessError):
        found = [it for it in ROOT.rglob("*") if not {".venv", "var"} & {*it.parts}]
    return [it for it in found if it.is_file()]


def test_no_secret_lies_in_the_repository():
    found = []
    for path in tracked():
        if path.suffix not in TEXT and path.suffix:
            continue
        if path == Path(__file__) or "vendor" in path.parts:
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        found += [
            (str(path.relative_to(ROOT)), kind)
            for kind, pattern in SECRETS.items()
            if re.search(pattern, text)
        ]

    assert found == []
    named = {it.name for it in tracked()}
    assert not {it for it in named if it.endswith((".pem", ".key", ".p12", ".sqlite3"))}
    assert ".env" not in named


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_each_part_is_pinned_to_its_content_wherever_it_comes_from(name):
    """Nobody's package of the same name fits: a file with another hash is refused."""
    text = (ROOT / name).read_text()
    parts = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", text).strip())

    assert len(parts) > 30
    assert [it for it in parts if not re.match(r"[A-Za-z0-9._-]+==\S+", it)] == []
    assert [it for it in parts if "--hash=sha256:" not in it] == []
    assert not re.search(r"https?:|--(extra-)?index|--find-links|git\+|file:", text)


def test_the_bill_of_materials_names_each_part():
    pinned = (ROOT / "requirements.txt").read_text()
    vendored = (ROOT / "static/vendor/README.md").read_text()

    parts = sbom(pinned, vendored)["components"]

    assert len(parts) == pinned.count("==") + vendored.count("npm package")
    assert sum(len(it["hashes"]) for it in parts) == pinned.count("--hash=")
    assert [it["name"] for it in parts if "licenses" not in it] == []
    django = next(it for it in parts if it["name"] == "django")
    assert django["purl"] == f"pkg:pypi/django@{django['version']}"


@pytest.mark.parametrize("suffix", FORBIDDEN)
def test_no_code_goes_round_what_keeps_pages_safe(suffix):
    found = []
    for path in tracked():
        if path.suffix != suffix or path.is_relative_to(ROOT / "tests"):
            continue
        if path == MAKES_HTML:
            continue
        text = path.read_text(encoding="utf-8")
        found += [
            (str(path.relative_to(ROOT)), it.group())
            for pattern in FORBIDDEN[suffix]
            for it in re.finditer(pattern, text)
        ]

    assert found == []


@pytest.mark.parametrize(
    "name", ["docs/security.md", "docs/threat-model.md", "SECURITY.md"]
)
def test_what_documents_of_security_point_to_is_there(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    # What is marked is made elsewhere and is not here yet.
    text = re.sub(r"(?m)^.*<!-- check after merge -->.*$", "", text)
    files = [it for it in NAMED.findall(text) if not any(ROOT.glob(it))]
    tests = "".join(it.read_text() for it in (ROOT / "tests").rglob("test_*.py"))
    proofs = [
        it for it in re.findall(r"`(test_\w+)`", text) if f"def {it}(" not in tests
    ]

    assert (files, proofs) == ([], [])
