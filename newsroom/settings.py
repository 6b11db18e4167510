"""All settings. Everything that an operator may change is an environment variable.

The README has the table of variables; `newsroom/environment.py` defines how each is parsed. The
scheme of SITE_URL decides whether cookies and redirects require HTTPS.
"""

import datetime as dt
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from newsroom import environment as env
from newsroom import keys, safety

env.read_file("NEWSROOM_ENV")

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.path("DATA_DIR", env.DEFAULT_DATA_DIR)

# The site

SITE_URL = env.site_url("SITE_URL", "http://127.0.0.1:8000")
SITE_NAME = env.text("SITE_NAME", "Newsroom")
SITE_HOST = urlsplit(SITE_URL).hostname

DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = keys.secret_key("SECRET_KEY", kept_in=DATA_DIR / "secret-key")
SECRET_KEY_FALLBACKS = keys.former_keys("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", default=[SITE_HOST, "localhost", "127.0.0.1", "::1"])

safety.refuse_unsafe(site_url=SITE_URL, allowed_hosts=ALLOWED_HOSTS, debug=DEBUG)

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "articles",
    "newsroom.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_otp_webauthn",
    "markdownx",
    "taggit",
]

MIDDLEWARE = [
    "articles.serving.middleware.CountingMiddleware",
    "articles.serving.middleware.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "articles.serving.middleware.PermissionsPolicyMiddleware",
    "articles.api.entrance.ProgramsMiddleware",
    "articles.serving.middleware.KnownMethodMiddleware",
    "articles.serving.middleware.CleanAddressMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "articles.serving.middleware.SlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "articles.serving.middleware.SilentDatabaseMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "articles.login.two_step_login.TwoStepMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "articles.pages.context_processors.site",
            ],
        },
    },
]
# The project's templates override the admin's, also for widgets.
FORM_RENDERER = "articles.rules.form_html.FormRenderer"

# Database

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA cache_size=-512;",  # KiB for each thread
    "cached_statements": 32,
}
# Connections stay open: closing the last one removes the files beside the database, and on a full
# disk the next one could not create them again, not even for reading.
SQLITE_KEPT = {
    "ENGINE": "newsroom.databases.sqlite3",
    "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": True,
}
# Every thread keeps its own connection. A refused connection fails at once; a pool would retry
# while requests wait. An unreachable server is given up after some seconds, not after the quarter
# of an hour that TCP takes. Options in DATABASE_URL, such as ?connect_timeout=5, override these.
POSTGRESQL_OPTIONS = {
    "connect_timeout": 2,
    "tcp_user_timeout": 5_000,  # in milliseconds, the others in seconds
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
POSTGRESQL_KEPT = {
    "ENGINE": "newsroom.databases.postgresql",
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
}


def database(url: str) -> dict:
    """Django's database dictionary for a URL; raises ImproperlyConfigured if it is unusable."""
    try:
        config = dj_database_url.parse(url)
    except (ValueError, dj_database_url.ParseError) as error:
        raise ImproperlyConfigured(
            "DATABASE_URL is not understood. Use a form such as "
            "postgres://user:password@host:5432/name or sqlite:////absolute/path.sqlite3."
        ) from error
    if config["ENGINE"] == "django.db.backends.sqlite3":
        return config | {"OPTIONS": SQLITE_OPTIONS | config.get("OPTIONS", {})} | SQLITE_KEPT
    if config["ENGINE"] == "django.db.backends.postgresql":
        options = {"OPTIONS": POSTGRESQL_OPTIONS | config.get("OPTIONS", {})}
        return config | options | POSTGRESQL_KEPT
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL or an SQLite database.")


DATABASES = {"default": database(env.text("DATABASE_URL", f"sqlite:///{DATA_DIR}/db.sqlite3"))}

SESSION_ENGINE = "articles.login.sessions"

# Language and time

LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LANGUAGE_CODE = env.choice("SITE_LANGUAGE", "ko", allowed=("ko", "en"))
# The first wins: our own strings, then our words for those of Django and of other packages.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "borrowed"]
TIME_ZONE = env.time_zone("TIME_ZONE", "Asia/Seoul")
USE_TZ = True
# For each weekday, the hour at which readers may expect the day's digest. Empty: no deadline is
# watched.
DIGEST_DEADLINE = env.weekly_hours("DIGEST_DEADLINE")
# How many minutes before that hour the desk is warned of a digest that is not ready. 0: not at all.
DEADLINE_WARNING = env.whole_number("DEADLINE_WARNING", 60, maximum=24 * 60)

# Preflight: disabled rules, limits, and foreign words that are allowed in headlines.

PREFLIGHT_OFF = env.words("PREFLIGHT_OFF")
PREFLIGHT_LIMITS = env.numbers("PREFLIGHT_LIMITS")
# What it means that nobody signed an article that was drafted with AI help.
UNSIGNED_ARTICLES = env.choice("UNSIGNED_ARTICLES", "error", allowed=("error", "warning", "off"))
PREFLIGHT_ALLOWED_WORDS = env.words("PREFLIGHT_ALLOWED_WORDS")

# Mail. Without a server none is sent. articles/outgoing/mail.py sends it and uses the names of
# Django 6.1's settings, also on Django 5.2.

MAIL_SECONDS = 10  # for every step of the connection to the server
EMAIL_SUBJECT_PREFIX = f"[{SITE_NAME}] "
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.mail_address("DEFAULT_FROM_EMAIL")
ADMINS = env.mail_addresses("ADMINS")
_server = env.mail_server("EMAIL_URL")
MAIL_FOLDER = env.mail_folder("EMAIL_URL")  # in place of a server, on one's own machine
safety.refuse_mail_folder(folder=MAIL_FOLDER, site_url=SITE_URL)
safety.refuse_mail_to_nobody(
    server=_server or MAIL_FOLDER, sender=DEFAULT_FROM_EMAIL, admins=ADMINS
)
MAILERS = {}
if _server:
    _backend = "django.core.mail.backends.smtp.EmailBackend"
    MAILERS["default"] = {"BACKEND": _backend, "OPTIONS": {**_server, "timeout": MAIL_SECONDS}}
elif MAIL_FOLDER:
    _backend = "articles.outgoing.mail_folder.MailFolder"
    MAILERS["default"] = {"BACKEND": _backend, "OPTIONS": {"folder": str(MAIL_FOLDER)}}
# The lifetime of a password reset link.
PASSWORD_RESET_TIMEOUT = 60 * 60

# WebSub hubs, which are notified of every change of a feed. Feeds announce them.

WEBSUB_HUBS = env.hubs("WEBSUB_HUBS")
# Private networks that webhooks of the desk may reach.
WEBHOOK_PRIVATE_NETWORKS = env.networks("WEBHOOK_PRIVATE_NETWORKS")

# Files

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", DATA_DIR / "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "articles.serving.static_files.StaticFilesStorage"},
}

# The size of the cache of rendered public pages in the memory of each process; 0 disables it.
PAGE_STORE_MEGABYTES = env.whole_number("PAGE_STORE_MEGABYTES", 64, maximum=100_000)
# The directory of page files, which a web server can send without Django.
PAGES_DIR = env.optional_path("PAGES_DIR")
safety.refuse_files_without_memory(pages_dir=PAGES_DIR, megabytes=PAGE_STORE_MEGABYTES)
safety.refuse_shared_folder(PAGES_DIR, above=[BASE_DIR, DATA_DIR], beside=[MEDIA_ROOT, STATIC_ROOT])
# Its content tells the processes of this machine that readers see something different.
SITE_VERSION_SIGNAL = DATA_DIR / "site-version"

# Social cards: their font, and the cache of drawn cards, about 40 kB each.

CARD_FONT = env.font("CARD_FONT")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "cards": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cards",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}

# Limits for requests

DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

MARKDOWNX_URLS_PATH = "/admin/markdownx/preview/"

# Security

# The contact for security reports, for /.well-known/security.txt. Empty: there is no such file.
SECURITY_CONTACT = env.contact("SECURITY_CONTACT")

HTTPS = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = HTTPS
# Health checks and metrics, often requested by IP address instead of host name.
PROBES = ["/healthz", "/readyz", "/metrics"]
# Programs are refused over plain HTTP: a redirected POST loses its body (articles/api).
SECURE_REDIRECT_EXEMPT = [*(rf"^{probe[1:]}$" for probe in PROBES), r"^api/"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
# A browser remembers HSTS for a year, so only the operator may extend it to other hosts.
HSTS = env.choice("HSTS", "host", allowed=("host", "subdomains", "preload"))
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and HSTS != "host"
SECURE_HSTS_PRELOAD = HTTPS and HSTS == "preload"
# Django's deployment checks ask for both extensions.
SILENCED_SYSTEM_CHECKS = [
    *{
        "host": ["security.W005", "security.W021"],
        "subdomains": ["security.W021"],
        "preload": [],
    }[HSTS],
    "mail.W001",  # Django 6.1 warns if there is no mailer. Without EMAIL_URL nothing is sent.
]
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "articles.login.kept_text.csrf_failure"
X_FRAME_OPTIONS = "DENY"
TRUST_PROXY = env.boolean("TRUST_PROXY", default=False)
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# Browser features that no page uses, and that embedded content must not use.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media"),
        *("fullscreen", "geolocation", "gyroscope", "magnetometer", "microphone", "midi"),
        *("payment", "usb", "xr-spatial-tracking"),
    )
)

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# After this many wrong passwords for one account from one address, that address must wait. Both
# count together: counting by account alone would let anybody lock an editor out, and counting by
# address alone would let an office lock itself out. articles/login/throttling.py defines an
# address, and slows down addresses that try many accounts.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "articles.login.throttling.AttemptHandler"
AXES_USERNAME_CALLABLE = "articles.login.throttling.counted_as"
AXES_LOCKOUT_CALLABLE = "articles.login.throttling.locked_out"
AXES_CLIENT_IP_CALLABLE = "articles.login.throttling.address_of"
AXES_RESET_ON_SUCCESS = True
# Further attempts during the wait do not make it longer, because others may share the address.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Fields of the login forms that the table of refused attempts must not store.
AXES_SENSITIVE_PARAMETERS = [
    *("username", "ip_address", "kept", "email"),
    *("code", "recovery_code", "credential"),
]

# The second factor: optional, or required for everybody at the desk. A passkey belongs to one
# domain. Browsers create passkeys only on sites with HTTPS and on localhost.
SECOND_FACTOR = env.choice("SECOND_FACTOR", "optional", allowed=("optional", "required"))
OTP_TOTP_ISSUER = SITE_NAME
OTP_WEBAUTHN_RP_ID = SITE_HOST
OTP_WEBAUTHN_RP_NAME = SITE_NAME
PASSKEYS = env.can_have_passkeys(SITE_URL)
OTP_WEBAUTHN_ALLOWED_ORIGINS = [SITE_URL if PASSKEYS else "https://passkeys.invalid"]
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False

# Clients that send this token to /metrics get the counters of this machine's processes. Without a
# token nothing is counted.
METRICS_TOKEN = env.token("METRICS_TOKEN")
FIGURES_DIR = DATA_DIR / "figures"

# One line of JSON per request; see articles/serving/request_log.py.
REQUEST_LOG = env.boolean("REQUEST_LOG", default=False)

# Logging: warnings and errors on standard error, regardless of DEBUG. Every handler needs the
# filter, because the tokens of preview links open unpublished digests.

# As in server-log.json, which knows no TIME_ZONE: the offset makes the times of both comparable.
_LINE = {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "preview_tokens": {"()": "articles.serving.logs.PreviewTokenFilter"},
        "brief": {"()": "articles.serving.page_store.faults.BriefFilter"},
        "one_of_a_kind": {"()": "articles.serving.error_mail.OneOfAKind", "folder": DATA_DIR},
    },
    "formatters": {"line": _LINE | {"datefmt": "%Y-%m-%d %H:%M:%S%z"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["brief", "preview_tokens"],
        },
        # Errors go to ADMINS. Without ADMINS this does nothing.
        "admins": {
            "class": "articles.serving.error_mail.ErrorMail",
            "level": "ERROR",
            "reporter_class": "articles.serving.error_mail.PlaceOfError",
            # The order matters: `one_of_a_kind` groups by the message before formatting, and
            # `preview_tokens` may replace that with the formatted text.
            "filters": ["one_of_a_kind", "preview_tokens"],
        },
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # A 4xx response is not an error of the site, and scans would fill the log with them.
        "django.request": {"handlers": ["admins"], "level": "ERROR"},
        "articles.management.commands.run_due": {"handlers": ["admins"]},
        "articles.management.unattended": {"handlers": ["admins"]},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
