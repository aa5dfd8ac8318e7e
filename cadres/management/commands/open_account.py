"""Open an account from the server: the first administrators have nobody to ask."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cadres.actions.grant_role import grant_role
from cadres.actions.open_account import open_account
from cadres.models import District, Unit
from cadres.rules.roles import Role


class Command(BaseCommand):
    help = "Open an account, give it a role at a place, and print its invitation once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("name")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--place", required=True, help="code of the place, e.g. 32")
        parser.add_argument(
            "--unit", required=True, help="name of a unit; made there if it is missing"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        places = District.objects.valid(on=today).filter(code=options["place"])
        place = places.first()
        if place is None:
            raise CommandError(f"There is no place with the code {options['place']}.")
        unit, _made = Unit.objects.get_or_create(
            place=place,
            name=options["unit"],
            defaults={"level": place.level, "kind": Unit.Kind.GOVERNMENT},
        )
        try:
            invited = open_account(
                by=None,
                now=timezone.now(),
                username=options["username"],
                name=options["name"],
                unit=unit,
            )
            account = invited.invitation.account
            grant_role(
                account,
                by=None,
                today=today,
                role=options["role"],
                place=place,
                first=today,
            )
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(f"{account.username}: {invited.code}")
        where = settings.SITE_URL + reverse("welcome")
        self.stdout.write(f"Set the password with this code at {where}")
