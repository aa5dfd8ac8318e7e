"""What an installation should not lack: see `manage.py check --database default`."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning  # noqa: A004
from django.db import connections

OWNED = """
SELECT count(*) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
  AND pg_get_userbyid(relowner) = %s
"""


def application_owns_nothing(
    databases: Any = None, **_kwargs: Any
) -> list[CheckMessage]:
    if not databases:
        return []
    role = settings.APPLICATION_ROLE
    with connections["default"].cursor() as cursor:
        cursor.execute(OWNED, [role])
        (owned,) = cursor.fetchone()
    if not owned:
        return []
    return [
        Warning(
            f"The role {role}, as which the application connects, owns {owned} tables: "
            "whoever takes over the application could switch off what guards them.",
            hint="Name the owner in DATABASE_OWNER_URL and a role that owns nothing in "
            "DATABASE_URL, then run “manage.py prepare”.",
            id="cadres.W001",
        )
    ]
