from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection

from cadres.actions.grant_application import grant_application


class Command(BaseCommand):
    help = (
        "Give the application's role (the user of DATABASE_URL) the rights it needs "
        "and no others. Part of “prepare”; run it as the owner after each “migrate”."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        role = settings.APPLICATION_ROLE
        if role == connection.settings_dict["USER"]:
            return  # one role for all: `check --database default` says so
        try:
            grant_application(role)
        except ProgrammingError as error:
            raise CommandError(
                f"The role {role} could not be given its rights: {error} If it is "
                f"missing, let an administrator of PostgreSQL run: "
                f"CREATE ROLE {role} LOGIN PASSWORD '…';"
            ) from error
