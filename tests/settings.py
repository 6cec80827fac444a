"""The portal's own settings, with what a test must not have: slow password hashing, doorbells, throttles.

Processes that a test starts (a worker, a second writer) run on config.settings like in real life.
"""

import os
from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import CACHES, DATABASES, REST_FRAMEWORK, VAR_DIR

SECRET_KEY = os.environ.setdefault("SECRET_KEY", "a-secret-for-tests-alone")
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DOORBELL = False
REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"anon": None, "user": None}}
CACHES["default"]["KEY_FUNCTION"] = "tests.shelf.key"
WHITENOISE_AUTOREFRESH = True

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, for processes that a test starts must find it; nothing here has to survive a power cut.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(VAR_DIR) / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
DATABASES["default"]["CONN_MAX_AGE"] = 0
