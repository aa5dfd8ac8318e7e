"""The settings as they are, but for what only slows tests down."""

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests need no hashed names of static files, and no `collectstatic` before them.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A test database need not survive a crash.
DATABASES["default"]["OPTIONS"] = {  # noqa: F405
    **DATABASES["default"].get("OPTIONS", {}),  # noqa: F405
    "options": "-c synchronous_commit=off",
}
# Each test client makes a middleware of its own: none of them lists all static files.
WHITENOISE_AUTOREFRESH = True
# Walks over all pages ask faster than any person; `tests/security/test_limits.py` sets it.
LIMITS = {}
