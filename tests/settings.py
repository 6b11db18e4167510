"""The settings of the test run: the real ones, read from a fixed environment.

Nothing of the developer's shell gets in, and every file goes into the run's own directory.
"""

import os
import secrets

from tests.support.database import chosen, scratch_directory

SCRATCH = scratch_directory()

# All variables that newsroom/settings.py reads but DATABASE_URL; None lets its default stand.
ENVIRONMENT = {
    "ADMINS": None,
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "CARD_FONT": None,
    "DATA_DIR": str(SCRATCH / "data"),
    "DEADLINE_WARNING": None,
    "DEBUG": None,
    "DEFAULT_FROM_EMAIL": None,
    "DIGEST_DEADLINE": None,
    "EMAIL_URL": None,
    "HSTS": None,
    "METRICS_TOKEN": None,
    "MEDIA_ROOT": str(SCRATCH / "media"),
    "NEWSROOM_ENV": None,
    "PAGES_DIR": None,
    "PAGE_STORE_MEGABYTES": None,
    "PREFLIGHT_ALLOWED_WORDS": None,
    "PREFLIGHT_LIMITS": None,
    "PREFLIGHT_OFF": None,
    "SECOND_FACTOR": None,
    "SECURITY_CONTACT": None,
    "REQUEST_LOG": None,
    "SECRET_KEY_FALLBACKS": None,
    "SECRET_KEY": secrets.token_urlsafe(50),
    "SITE_LANGUAGE": None,
    "SITE_NAME": None,
    "SITE_URL": "http://testserver",
    "STATIC_ROOT": str(SCRATCH / "static"),
    "TIME_ZONE": None,
    "TRUST_PROXY": None,
    "UNSIGNED_ARTICLES": None,
    "WEBHOOK_PRIVATE_NETWORKS": None,
    "WEBSUB_HUBS": None,
}
for name, value in ENVIRONMENT.items():
    os.environ.pop(name, None)
    if value is not None:
        os.environ[name] = value

chosen()
for folder in ("data", "media", "static"):
    (SCRATCH / folder).mkdir(exist_ok=True)

from newsroom.settings import *  # noqa: E402, F403 - an overlay is what this module is
from newsroom.settings import DATABASES, STORAGES  # noqa: E402

if chosen().engine == "sqlite":
    # A file, not memory: the live server's threads need connections of their own.
    DATABASES["default"]["TEST"] = {"NAME": str(SCRATCH / "test.sqlite3")}
    # Nothing of it has to outlast a power cut.
    options = DATABASES["default"]["OPTIONS"]
    quick = {"init_command": f"{options['init_command']} PRAGMA synchronous=OFF;"}
    DATABASES["default"]["OPTIONS"] = options | quick

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Without a manifest, so that no test needs collectstatic.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}

# Switched on where it is tested: nothing else knows a request when it logs in.
AXES_ENABLED = False
