from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from procrastinate.contrib.django import app

from cadres.demo.accounts import demo_accounts, insist_on_demo, keep_passwords
from cadres.models import District
from visits.demo.letter_story import CODES
from visits.demo.load import load_demo


class Command(BaseCommand):
    help = "Load the demo (Xuzhou in Jiangsu, invented people) once, with its accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--password",
            action="store_true",
            help="only print the accounts and their password",
        )
        parser.add_argument(
            "--codes",
            action="store_true",
            help="only print letters whose progress can be looked up, with their codes",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            insist_on_demo()
            if options["codes"]:
                self._print_codes()
                return
            if not options["password"]:
                self._load()
            keep_passwords()
        except ImproperlyConfigured as refusal:
            raise CommandError(str(refusal)) from refusal
        except District.DoesNotExist as missing:
            raise CommandError(
                "The places of Jiangsu are missing: run “manage.py load_places” first."
            ) from missing

        self._print_accounts()

    def _load(self) -> None:
        now = timezone.now()
        if load_demo(now=now):
            # What is near its limit is told at once, not at the next full hour.
            app.configure_task("visits.tasks.warn").defer(
                timestamp=int(now.timestamp())
            )

    def _print_accounts(self) -> None:
        self.stdout.write("演示账号 Demo accounts:")
        for account in demo_accounts():
            with translation.override("zh-hans"):
                chinese = str(account.role)
            with translation.override("en"):
                english = str(account.role)
            self.stdout.write(f"  {account.username:<9} {chinese} {english}")
        self.stdout.write(f"密码 Password: {settings.DEMO_PASSWORD}")

    def _print_codes(self) -> None:
        self.stdout.write("查询演示 Letters to look up (reference, code):")
        for reference, (code, _state) in CODES.items():
            self.stdout.write(f"  {reference[:4]}-{reference[4:]}  {code}")
