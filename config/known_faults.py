"""Compare pinned parts with known faults: `python3 config/known_faults.py FILE`.

Runs pip-audit from an environment that is thrown away. Where nothing of it can be
reached, says so and is content: only a fault that was found is a failure.
"""

import json
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

WANTED = "pip-audit>=2.10,<3"
# Known for its faults: a list that does not name them is none.
CANARY = "jinja2==2.4.1"
AWAY = "Not compared with known faults: {} cannot be reached from here."


def audit(pinned: Path) -> int:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python, found = f"{folder}/bin/python", Path(folder) / "found.json"
        asked = Path(folder) / "asked.txt"
        parts = re.findall(r"(?m)^[A-Za-z0-9._-]+==[^\s;]+", pinned.read_text())
        asked.write_text("\n".join([*parts, CANARY]))
        install = [python, "-m", "pip", "install", "--quiet", WANTED]
        if subprocess.run(install, check=False, capture_output=True).returncode:
            print(AWAY.format("pip-audit"))
            return 0
        ask = [
            *(python, "-m", "pip_audit", "--requirement", str(asked)),
            *("--no-deps", "--disable-pip", "--progress-spinner", "off"),
            *("--format", "json", "--output", str(found)),
        ]
        subprocess.run(ask, check=False, capture_output=True)
        known = json.loads(found.read_text())["dependencies"] if found.exists() else []
    canary = [it for it in known if f"{it['name']}=={it.get('version')}" == CANARY]
    if not any(it["vulns"] for it in canary):
        print(AWAY.format("a list of them"))
        return 0
    return _told([it for it in known if it not in canary])


def _told(parts: list[dict[str, Any]]) -> int:
    faulty = [(part, fault) for part in parts for fault in part.get("vulns", [])]
    for part, fault in faulty:
        repaired = ", ".join(fault["fix_versions"]) or "nothing yet"
        print(
            f"{part['name']} {part['version']}: {fault['id']}, repaired in {repaired}"
        )
    print(f"{len(parts)} parts, {len(faulty)} known faults.")
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(audit(Path(sys.argv[1])))
