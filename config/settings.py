"""All settings. The environment is read here alone; README lists every variable.

What an office changes while running (days, limits, thresholds) is not here but in
the table behind `cadres.models.Setting`.
"""

import re
import sys
from ipaddress import ip_network
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from cadres.rules.key_ring import keys_in
from cadres.rules.roles import Role
from config import embedded
from config.database import is_owners

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")
# What this machine keeps for itself: keys, the embedded server, files, static files.
VAR_DIR = Path(env.str("VAR_DIR", default="") or BASE_DIR / "var")

DEBUG = env.bool("DEBUG", default=False)

# Without DATABASE_URL this is a newcomer's machine: our own PostgreSQL in var/.
EMBEDDED = "DATABASE_URL" not in env
if EMBEDDED:
    SECRET_KEY = embedded.secret_key(VAR_DIR)
    _NAME = env.str("DATABASE_NAME", default=embedded.NAME)
    OWNER_DATABASE = embedded.database(VAR_DIR, _NAME)
    _APPLICATION = OWNER_DATABASE | {"USER": embedded.APPLICATION}
    IDENTITY_KEYS = env.list("IDENTITY_KEYS", default=[embedded.identity_key(VAR_DIR)])
    BACKUP_KEYS = env.list("BACKUP_KEYS", default=[embedded.backup_key(VAR_DIR)])
    ARCHIVE_KEYS = env.list("ARCHIVE_KEYS", default=[embedded.archive_key(VAR_DIR)])
else:
    SECRET_KEY = env.str("SECRET_KEY", default="")
    if not SECRET_KEY:
        raise ImproperlyConfigured(
            "Set SECRET_KEY to a long random text: with DATABASE_URL this is a "
            "production start, and sessions are signed with it."
        )
    _APPLICATION = embedded.from_url(env.str("DATABASE_URL"))
    # Who owns the tables: for migrations and a few commands (config/database.py).
    _OWNER_URL = env.str("DATABASE_OWNER_URL", default=env.str("DATABASE_URL"))
    OWNER_DATABASE = embedded.from_url(_OWNER_URL)
    IDENTITY_KEYS = env.list("IDENTITY_KEYS", default=[])
    if not IDENTITY_KEYS:
        raise ImproperlyConfigured(
            "Set IDENTITY_KEYS: petitioners' names are encrypted with them. Make one "
            "with “python -m config.keys”, and keep it apart from the backups."
        )
    # Needed by the commands of backup and archive alone: the web server does without.
    BACKUP_KEYS = env.list("BACKUP_KEYS", default=[])
    ARCHIVE_KEYS = env.list("ARCHIVE_KEYS", default=[])
try:
    keys_in(IDENTITY_KEYS)
except ValueError as error:
    raise ImproperlyConfigured(f"IDENTITY_KEYS cannot be used: {error}") from None
APPLICATION_ROLE = _APPLICATION["USER"]
DATABASES = {"default": OWNER_DATABASE if is_owners(sys.argv) else _APPLICATION}
# Where the commands of backup look for pg_dump and pg_restore first.
PG_PROGRAMS = embedded.programs()
DATABASES["default"] |= {
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
}

# The demo accounts share one password; they exist only where this is on.
DEMO = env.bool("DEMO", default=EMBEDDED)
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")
if DEMO and not DEMO_PASSWORD:
    DEMO_PASSWORD = embedded.demo_password(VAR_DIR)

# The address served on, as a browser names it; 0.0.0.0 and :: are none.
_HOST = env.str("HOST", default="")
_HOSTS = ["127.0.0.1", "localhost", "[::1]", f"[{_HOST}]" if ":" in _HOST else _HOST]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[host for host in _HOSTS if host])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "cadres",
    "visits",
]

# Django's admin site, for tables of reference alone: see config/admin.py.
ADMIN = env.bool("ADMIN", default=False)
if ADMIN:
    INSTALLED_APPS.insert(0, "django.contrib.admin.apps.SimpleAdminConfig")

MIDDLEWARE = [
    "config.watch.WatchRequests",
    "config.middleware.EmptyForHead",
    # Those that put headers stand around all others, so that each answer has them:
    # errors, refusals and static files, too.
    "config.middleware.HeadersOnAll",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.RefuseBadText",
    "config.middleware.RefuseLargeBody",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.HealthFirst",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.ChosenLanguage",
    "config.middleware.RefuseOtherMethods",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.audit.Audited",
    "config.middleware.LimitedSession",
    "config.middleware.LanguageOfAccount",
    "config.middleware.LoginRequired",
    "config.limits.Limited",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.PrivatePages",
    "config.middleware.ExplainNotAllowed",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["cadres.templatetags.addresses"],
        },
    }
]
FORM_RENDERER = "cadres.forms.drawing.Renderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- People and sessions -----------------------------------------------------------

AUTH_USER_MODEL = "cadres.Account"
# A user name is unique whatever its case; Django only knows of unique columns.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["config.permissions.RoleBackend"]
# Called by cadres when a unit is dissolved (Art. 24): unit, by, now.
HAND_ON_TO_SUCCESSOR = "visits.actions.hand_on_letters.hand_on_letters"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# The rest of what a password must be stands in the table of settings.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "cadres.actions.set_password.OfficePolicy"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("visits:today")
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_ADAPTER = "config.accounts.ClosedSignUp"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USERNAME_BLACKLIST: list[str] = []
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# Of wrong passwords `cadres.actions.try_sign_in` counts those at one name; what is left
# to allauth: per address, and wrong codes of a second factor per account.
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {
    "login": "120/m/ip",  # right ones, too: an office stands behind one address
    "password_failed": "30/5m/ip",
    "login_failed": "30/5m/ip,5/5m/key",
    "welcome": "30/5m/ip",  # no limit by name: the codes are too long to be guessed
}
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 0  # the time of grace is a setting of ours
ACCOUNT_EMAIL_NOTIFICATIONS = False  # their templates name people and places
MFA_ADAPTER = "config.accounts.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "四下基层"
MFA_TOTP_TOLERANCE = 1  # steps of 30 s by which a clock may be off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs in by mail here
# Passkeys need https, but for a newcomer at http://localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = EMBEDDED
# An office's own identity provider; without it there is no such sign-in.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_NAME = env.str("OIDC_NAME", default="OpenID Connect")
SOCIALACCOUNT_ADAPTER = "config.oidc.KnownPeopleAlone"
SOCIALACCOUNT_LOGIN_ON_GET = True  # it only leads to the provider
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "office",
                    "name": OIDC_NAME,
                    "client_id": env.str("OIDC_CLIENT_ID", default=""),
                    "secret": env.str("OIDC_CLIENT_SECRET", default=""),
                    "settings": {"server_url": OIDC_ISSUER, "fetch_userinfo": False},
                }
            ],
        }
    }
    if OIDC_ISSUER
    else {}
)
# The demo's accounts belong to everyone who looks in: nobody ends another's session
# there, each device is a new one, and nobody must set up a second factor. Any of it can
# be set, there too.
SETTING_DEFAULTS: dict[str, int] = (
    {"signin.one_session": 0, "signin.tell_unusual": 0}
    | {f"factor.{role}": 0 for role in Role}
    if DEMO
    else {}
)
SESSION_ENGINE = "cadres.models.session"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 24 * 3600  # no session's limit is longer
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

# Rate limits of the sign-in need one cache for all processes; the database is one.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
    }
}

# --- Safety ------------------------------------------------------------------------

SECURE_SSL_REDIRECT = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT
# A browser takes a cookie of such a name from this very host alone, and over HTTPS.
COOKIE_PREFIX = "__Host-" if SECURE_SSL_REDIRECT else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
# What a message says belongs into no cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL_REDIRECT else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SSL_REDIRECT
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
# How many of the addresses in X-Forwarded-For are of proxies of ours: the limits of
# sign-in and look-up are those of the address before them.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int(
    "ALLAUTH_TRUSTED_PROXY_COUNT", default=1 if BEHIND_PROXY else 0
)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # The first is what browsers of today know; see config/policy_reports.py.
        "report-to": "csp",
        "report-uri": "/csp-report",
    }
}
# All that a page could ask a browser for, but what ours do: nothing is tracked, heard
# or seen, and nobody is located. Passkeys and copying a text stay.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "clipboard-read",
        "compute-pressure",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "gamepad",
        "geolocation",
        "gyroscope",
        "hid",
        "identity-credentials-get",
        "idle-detection",
        "keyboard-map",
        "local-fonts",
        "magnetometer",
        "microphone",
        "midi",
        "otp-credentials",
        "payment",
        "picture-in-picture",
        "screen-wake-lock",
        "serial",
        "storage-access",
        "sync-xhr",
        "usb",
        "window-management",
        "xr-spatial-tracking",
    )
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 50
# A larger request is refused unread, see `config.middleware.RefuseLargeBody`.
# Files of letters stay in memory until they are encrypted: never in a temporary folder.
REQUEST_MAX_BYTES = 60 * 2**20
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = REQUEST_MAX_BYTES
# How many requests of a kind (`config.limits`) in how many seconds, an hour at most:
# of one account, or of one address that is not signed in. LIMITS=search=90/60,file=0/60
# changes some; 0 stands for no limit.
LIMITS: dict[str, tuple[int, int]] = {
    "search": (120, 60),
    "pick": (600, 60),
    "report": (120, 60),
    "file": (120, 3600),
    "identity": (120, 3600),
    "upload": (240, 3600),
    "public": (300, 60),
    "csp": (60, 60),
}
if DEMO:
    # Its accounts are shared by everyone who looks in, and measured by the bench.
    LIMITS |= {
        it: (LIMITS[it][0] * 10, LIMITS[it][1]) for it in ("search", "report", "file")
    }
for _kind, _text in env.dict("LIMITS", default={}).items():
    _limit = re.fullmatch("([0-9]{1,6})/([0-9]{1,4})", _text)
    if not _limit or _kind not in LIMITS or not 0 < int(_limit[2]) <= 3600:
        raise ImproperlyConfigured(f"LIMITS: “{_kind}={_text}” is no limit.")
    LIMITS[_kind] = int(_limit[1]), int(_limit[2])
# Where clamd listens: a socket's path, or host:port. Empty: files are not scanned.
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")

# --- Mail and jobs ------------------------------------------------------------------

# Without EMAIL_URL no mail leaves this machine: notices are in the app alone.
EMAIL_URL = env.email_url(
    "EMAIL_URL", default="consolemail://" if DEBUG else "dummymail://"
)
EMAIL_BACKEND = EMAIL_URL["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = EMAIL_URL["EMAIL_HOST"], EMAIL_URL["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL_URL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL_URL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL_URL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_URL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = EMAIL_URL["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="noreply@localhost")
# What a link in a mail begins with: the address under which people open the site.
SITE_URL = env.str(
    "SITE_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}"
).rstrip("/")

# --- Language, time, files ---------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site builds on our files
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.WholeStaticFiles"},
}
# Attachments of letters, each encrypted under a random name; never served as files.
MEDIA_ROOT = env.path("FILES_DIR", default=str(VAR_DIR / "files"))()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- What the server says of itself ------------------------------------------------

LOG_FORMAT = env.str("LOG_FORMAT", default="line")
# A request or a statement that takes as long leaves a line; 0: each, empty: none.
SLOW_REQUEST_MS = env.int("SLOW_REQUEST_MS", default=5_000)
SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", default=2_000)
# Who may read /metrics: with this token, or from these networks. Neither: nobody.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_ALLOW = env.list("METRICS_ALLOW", default=[])
try:
    for _network in METRICS_ALLOW:
        ip_network(_network)
except ValueError as error:
    raise ImproperlyConfigured(f"METRICS_ALLOW cannot be used: {error}") from None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.logs.Lines"},
        "json": {"()": "config.logs.JsonLines"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if LOG_FORMAT == "json" else "line",
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Django would mail errors with what was typed; nobody is sent any.
        "django": {"handlers": []},
        # Below that, it repeats addresses that strangers have typed.
        "django.request": {"level": "ERROR"},
        # It tells of every registration and every job.
        "procrastinate": {"level": "WARNING"},
        # It tells of every passkey.
        "fido2": {"level": "WARNING"},
        "gunicorn.error": {"level": "WARNING"},
    },
}
