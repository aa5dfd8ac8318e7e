import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from visits.operate.backup import CannotDo
from visits.operate.two_people import two_people
from visits.operate.wipe import wipe


class Command(BaseCommand):
    help = (
        "Destroy every row and every file of this installation, by two people; a list"
        " of what there was stays. Nothing brings it back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--confirm", required=True, metavar="NAME", help="the database's name"
        )
        parser.add_argument(
            "--people",
            nargs=2,
            required=True,
            metavar=("SYSTEM_ADMIN", "SECURITY_ADMIN"),
        )
        parser.add_argument(
            "--list", type=Path, required=True, help="where the list is written"
        )
        parser.add_argument(
            "--released",
            nargs="*",
            default=[],
            metavar="REFERENCE",
            help="evidence that was let go in writing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name = connection.settings_dict["NAME"]
        if options["confirm"] != name:
            raise CommandError(f"This is the database “{name}”; nothing was done.")
        try:
            people = two_people(options["people"], getpass.getpass)
            kept = wipe(
                people=people,
                list_at=options["list"],
                now=timezone.now(),
                released=options["released"],
            )
        except CannotDo as why:
            raise CommandError(str(why)) from why
        self.stdout.write(
            f"Destroyed: {sum(kept['tables'].values())} rows,"
            f" {kept['files']['count']} files. The list is {options['list']}."
        )
        for line in kept["left_to_do"]:
            self.stdout.write(f"Left to you: {line}")
