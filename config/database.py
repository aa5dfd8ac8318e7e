"""As which role a process of ours connects to the database.

The application's role owns nothing: it reads and writes rows, cannot alter a table, and
only adds to what is written once. Migrations and a few commands are the owner's.
"""

from collections.abc import Sequence
from pathlib import Path

OWNERS = {
    "backup",
    "createcachetable",
    "demo",
    "export_all",
    "generate",
    "grant_application",
    "load_outlines",
    "load_places",
    "migrate",
    "prepare",
    "purge_audit",
    "rebuild_rollups",
    "restore",
    "rotate_identity_key",
    "sqlflush",
    "verify_backup",
    "wipe",
}


def is_owners(argv: Sequence[str]) -> bool:
    """Whether this is `manage.py` with a command that needs the owner's rights."""
    return len(argv) > 1 and Path(argv[0]).name == "manage.py" and argv[1] in OWNERS
