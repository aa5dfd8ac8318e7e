#!/usr/bin/env python
import os
import re
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # The audit log names the command by which something was changed; libpq reads it.
    command = re.fullmatch("[a-z_]{1,40}", sys.argv[1]) if len(sys.argv) > 1 else None
    if command:
        told = f"-c grassroots.source=manage.py:{command[0]}"
        os.environ["PGOPTIONS"] = f"{os.environ.get('PGOPTIONS', '')} {told}".strip()
    try:
        settings.INSTALLED_APPS  # noqa: B018  Read here, an error is one sentence.
    except ImproperlyConfigured as error:
        sys.exit(f"Four Grassroots cannot start. {error}")
    execute_from_command_line(sys.argv)
