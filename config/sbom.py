"""Write what the product is made of: `python -m config.sbom FILE`, as CycloneDX 1.6.

Each pinned part with version, licence and the hashes that its files may have; and the
vendored files of static/vendor, whose README says where they are from.
"""

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

PART = re.compile(r"(?m)^([A-Za-z0-9._-]+)==([^\s;]+)((?:[^\n]*\\\n)*[^\n]*)")
VENDORED = re.compile(
    r"(?m)^\| `[^`]*` \| npm package `([^`]+)`[^|]*\| ([^ |]+) \| (\S+)"
)


def sbom(pinned: str, vendored: str) -> dict[str, Any]:
    parts = [_part("pypi", it[1], it[2], it[3]) for it in PART.finditer(pinned)]
    parts += [
        _part("npm", it[1], it[2]) | {"licenses": [{"license": {"name": it[3]}}]}
        for it in VENDORED.finditer(vendored)
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "four-grassroots"}},
        "components": parts,
    }


def _part(kind: str, name: str, version: str, more: str = "") -> dict[str, Any]:
    address = f"pkg:{kind}/{name.lower()}@{version}"
    hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", more)
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        # One of these: each is of a file for another machine.
        "hashes": [{"alg": "SHA-256", "content": it} for it in hashes],
    }
    if licence := _licence(name) if kind == "pypi" else "":
        found["licenses"] = [{"license": {"name": licence}}]
    return found


def _licence(name: str) -> str:
    """As the installed package says it, in the shortest of its ways."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return ""
    names = about.get_all("License-Expression") or about.get_all("License") or [""]
    classed = [
        it.rpartition(" :: ")[2]
        for it in about.get_all("Classifier") or []
        if it.startswith("License ::")
    ]
    said = str(names[0]).strip()
    return said.splitlines()[0][:80] if said else ", ".join(classed)


if __name__ == "__main__":
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    readme = Path("static/vendor/README.md").read_text(encoding="utf-8")
    print(json.dumps(sbom(text, readme), indent=1, ensure_ascii=False))
