from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from visits.demo.load import SEED
from visits.generate.checks import OffPlan
from visits.generate.fill import NotEmpty, generate
from visits.generate.scales import SCALES


class Command(BaseCommand):
    help = "Fill an empty database with invented work, to see how it is at scale."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", choices=SCALES, required=True)
        parser.add_argument(
            "--seed", type=int, default=SEED, help="another seed, other rows"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("prepare", demo=False)
        # Loading places makes temporary tables, after which a session cannot be given
        # memory for them any more: go on in a new one.
        connection.close()
        try:
            generate(
                options["scale"],
                now=timezone.now(),
                seed=options["seed"],
                say=self.stdout.write,
            )
        except (ImproperlyConfigured, OffPlan) as refusal:
            raise CommandError(str(refusal)) from refusal
        except NotEmpty as refusal:
            raise CommandError(
                "There are accounts, visits or letters here already. A generated "
                "database is one of its own: name a new one in DATABASE_NAME, or an "
                "empty one in DATABASE_URL."
            ) from refusal
