"""The server that `manage.py bench` measures: as in production, but for two things."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "config.bench_urls"
# Everyone signs in from one address here.
ACCOUNT_RATE_LIMITS = False
