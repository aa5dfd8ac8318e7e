"""The server that `manage.py bench` measures: production’s, but for three things."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "config.bench_urls"
# Everyone comes from one address here, and faster than any person.
ACCOUNT_RATE_LIMITS = False
LIMITS = {}
