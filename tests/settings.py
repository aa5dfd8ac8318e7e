"""The settings as they are, but for what only slows tests down."""

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests need no hashed names of static files, and no `collectstatic` before them.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Tests make a database of their own, and tables that are emptied: as the owner.
DATABASES["default"] |= OWNER_DATABASE  # noqa: F405
# A test database need not survive a crash.
DATABASES["default"]["OPTIONS"] = {  # noqa: F405
    **DATABASES["default"].get("OPTIONS", {}),  # noqa: F405
    "options": "-c synchronous_commit=off",
}
# Each test client makes a middleware of its own: none of them lists all static files.
WHITENOISE_AUTOREFRESH = True
# Tests sign in where they begin: nobody is asked for a second factor or a password
# again, one account may stand in several browsers, and no session ends by the clock that
# a test has moved. Tests of these set them.
SETTING_DEFAULTS = {
    **{f"factor.{role}": 0 for role in Role},  # noqa: F405
    "signin.one_session": 0,
    "signin.step_up_minutes": 0,
    "signin.idle_minutes": 100_000,
    "signin.longest_hours": 10_000,
}
# Walks over all pages ask faster than any person; `tests/security/test_limits.py` sets it.
LIMITS = {}
