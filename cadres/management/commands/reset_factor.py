"""Reset a second factor from the server: where no second administrator could."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from cadres.actions.second_factor import reset_on_server
from cadres.models import Account


class Command(BaseCommand):
    help = "Take password and second factors off an account; print its invitation once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        account = Account.objects.filter(username__iexact=options["username"]).first()
        if account is None:
            raise CommandError("There is no such account.")
        try:
            invited = reset_on_server(account, now=timezone.now())
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(f"{account.username}: {invited.code}")
        where = settings.SITE_URL + reverse("welcome")
        self.stdout.write(f"Set the password with this code at {where}")
