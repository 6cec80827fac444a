"""All settings of the portal, read from the environment. README.md lists the variables.

With no variable set the portal runs on one machine without any server: SQLite, a folder as the
broker, the demo's own secret. `PORTAL_ENV=production` refuses every such convenience.
"""

import importlib.util
import os
import tempfile
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- Where we are ---------------------------------------------------------------------------------
PRODUCTION = env.str("PORTAL_ENV", default="local") == "production"
DEBUG = env.bool("DEBUG", default=False)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # what was signed before is still read
if not SECRET_KEY:
    if PRODUCTION:
        raise ImproperlyConfigured(
            "SECRET_KEY must be set in production: a random text of 50 or more characters."
        )
    SECRET_KEY = "local-only-secret-never-used-in-production"  # noqa: S105
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- What it is made of ---------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # not its default, which would put its own site in the place of ours
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "accounts",
    "campaign",
    "grids",
    "volunteers",
    "config.apps.PortalAdminConfig",
    "axes",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "config.health.ProbesComeFirst",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.RefuseNullBytes",
    "config.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.PrivatePagesAreNotCached",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
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
                "campaign.context.portal",
            ],
        },
    }
]

# --- The database holds the truth -----------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A writer takes the write lock when it begins: read-then-write would else fail with "locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        # WAL lets readers go on while one writes; FULL keeps what was acknowledged through a power cut.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # A host that swallows packets would else hold every request for two minutes.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache and broker: doorbells, never the truth -------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "config.caches.ForgivingRedisCache", "LOCATION": REDIS_URL}}
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 1200}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    _queue, _claimed = VAR_DIR / "queue", VAR_DIR / "tmp"
    for folder in (_queue, _claimed, VAR_DIR / "queue-control"):
        folder.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue),
        "data_folder_out": str(_queue),
        "control_folder": str(VAR_DIR / "queue-control"),
        "polling_interval": 0.5,
    }
    # The transport claims a message by moving it to the temporary folder. On another file system that
    # move is a copy that can be read half-written, which was measured to kill the worker; so the
    # temporary folder of every process stands beside the queue.
    tempfile.tempdir = str(_claimed)

DOORBELL = env.bool("DOORBELL", default=True)  # tests without a worker ring no bell
CELERY_TASK_DEFAULT_QUEUE = env.str("QUEUE_NAME", default="portal")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 4 if not REDIS_URL else 1
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULER = "config.celery:HeartbeatScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# --- Who you are ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "accounts:landing"
LOGOUT_REDIRECT_URL = "campaign:home"
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=12 * 3600)
SESSION_ENGINE = (
    "django.contrib.sessions.backends.cached_db" if REDIS_URL else "django.contrib.sessions.backends.db"
)
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # an attacker elsewhere cannot lock an official out
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_CLIENT_IP_CALLABLE = "accounts.addresses.client_address"
AXES_USERNAME_FORM_FIELD = (
    "username"  # of the form; its default would be the model's field, which no form has
)
AXES_USERNAME_CALLABLE = "accounts.addresses.claimed_phone"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "phone", "password", "code"]
AXES_VERBOSE = False  # its messages would write phone numbers into the log
AXES_ENABLE_ADMIN = False
# How people are told. A gateway is the dotted path of a function (phone, text, key); campaign.gateways has two:
# `console` writes to the log that something was sent, `http_sms` posts a signed request to SMS_URL.
SMS_GATEWAY = env.str(
    "SMS_GATEWAY", default=""
)  # empty: codes are shown on the page (demo), none in production
SMS_URL = env.str("SMS_URL", default="")
SMS_SECRET = env.str("SMS_SECRET", default="")
SMS_A_DAY = env.int(
    "SMS_A_DAY", default=5000
)  # the day's budget; codes are counted, and never held back by it
if email_url := env.str("EMAIL_URL", default=""):
    vars().update(env.email_url_config(email_url))
else:
    EMAIL_BACKEND = ""  # no e-mail is written
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")  # such as https://…, for links in messages
QUIET_FROM, QUIET_UNTIL = env.int("QUIET_FROM", default=21), env.int("QUIET_UNTIL", default=8)  # o'clock
ROBOT_HOSTS = env.list("ROBOT_HOSTS", default=["qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn"])
# The demo's people sign in with this; in production there is no demo and no such password.
DEMO_PASSWORD = "" if PRODUCTION else env.str("DEMO_PASSWORD", default="huguo-2020")
# So long a place that became free is kept for the head of the waiting list (nought: given at once, without asking).
OFFER_MINUTES = env.int("OFFER_MINUTES", default=120)
# A day of voluntary service is credited with at most this.
VOLUNTEER_MINUTES_A_DAY = env.int("VOLUNTEER_MINUTES_A_DAY", default=8 * 60)
HOURS_ROUNDED_TO = max(1, env.int("HOURS_ROUNDED_TO", default=1))  # minutes, always down
# Who stayed away without a word more often than this within the days may not sign up for so long; 0: never.
NO_SHOWS_ALLOWED = env.int("NO_SHOWS_ALLOWED", default=0)
NO_SHOWS_WITHIN_DAYS = env.int("NO_SHOWS_WITHIN_DAYS", default=180)
NO_SHOW_PAUSE_DAYS = env.int("NO_SHOW_PAUSE_DAYS", default=30)
# How long what is to be recognised stands for objections: certificates in days, stars in working days.
CERTIFICATE_NOTICE_DAYS = env.int("CERTIFICATE_NOTICE_DAYS", default=7)
STAR_NOTICE_DAYS = env.int("STAR_NOTICE_DAYS", default=5)
CERTIFICATE_FONT = env.str("CERTIFICATE_FONT", default="")  # a TrueType file; without it a reader's own Song
REPORTS_AN_HOUR = env.int("REPORTS_AN_HOUR", default=30)  # from one address, by residents without an account
CALLBACK_ATTEMPTS = env.int("CALLBACK_ATTEMPTS", default=3)  # calls back to a reporter who does not answer
# A hot spot: so many cases of one category at one place within so many days; or back so soon after it was fixed.
HOTSPOT_CASES = env.int("HOTSPOT_CASES", default=3)
HOTSPOT_DAYS = env.int("HOTSPOT_DAYS", default=30)
BACK_WITHIN_DAYS = env.int("BACK_WITHIN_DAYS", default=30)
WHISTLE_LINKS_AN_HOUR = env.int(
    "WHISTLE_LINKS_AN_HOUR", default=60
)  # openings of whistles' links from one address
PHOTO_LIMIT_BYTES = 10 * 1024 * 1024
PHOTO_LIMIT_PIXELS = 25_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000

# --- Language, time, numbers ----------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["config.formats"]

# --- The map: without tiles until an address is set ---------------------------------------------------
MAP_TILES = env.str("MAP_TILES", default="")  # such as https://tiles.example.gov.cn/{z}/{x}/{y}.png
MAP_TILES_CREDIT = env.str("MAP_TILES_CREDIT", default="")  # whose map it is, and its approval number
MAP_SYSTEM = env.str("MAP_SYSTEM", default="wgs84")  # in what the tiles are drawn: wgs84, cgcs2000 or gcj02

# --- Files ----------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
# Of the package that carries Leaflet only its files are used; as an app it would bring its own widgets.
_LEAFLET = importlib.util.find_spec("leaflet").submodule_search_locations[0]
STATICFILES_DIRS = [BASE_DIR / "static", ("leaflet", Path(_LEAFLET) / "static" / "leaflet")]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = "media/"  # never served as a folder: each photo goes through a view that asks who may see it
_MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _PLAIN if DEBUG or env.bool("PLAIN_STATIC", default=False) else _MANIFEST},
}
WHITENOISE_USE_FINDERS = DEBUG

# --- API ------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["campaign.api.permissions.SignedInWithinScope"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "campaign.api.pagination.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "campaign.api.parsers.CarefulJSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "120/min", "user": "600/min"},
    "EXCEPTION_HANDLER": "campaign.api.errors.explain",
    "PAGE_SIZE": 100,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "创文门户 API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    # Several models have a "kind": each set of choices gets a name that says whose it is.
    "ENUM_NAME_OVERRIDES": {
        "TeamKind": "campaign.models.Team.Kind",
        "UnitKind": "campaign.models.Unit.Kind",
        "PublicityKind": "campaign.models.PublicityEntry.Kind",
        "SiteKind": "campaign.models.Site.Kind",
        "WorkKind": "campaign.models.WorkItem.Kind",
        "FacilityKind": "campaign.models.Facility.Kind",
        "CaseState": "grids.workflow.State",
        "PatrolState": "grids.models.Patrol.State",
        "ActivityState": "volunteers.models.Activity.State",
        "SignupState": "volunteers.models.Signup.State",
        "VisitKind": "grids.models.VisitBatch.Kind",
        "PartyGroupKind": "volunteers.models.PartyGroup.Kind",
        "CaseCategoryKind": "grids.models.CaseCategory.Kind",
        "CaseApplicationKind": "grids.models.CaseApplication.Kind",
        "CaseApplicationState": "grids.models.CaseApplication.State",
        "RecheckState": "grids.models.Recheck.State",
        "LimitUnit": "grids.models.LimitUnit",
        "CoordinateSystem": "campaign.coordinates.System",
        "CaseBatchState": "grids.models.CaseBatch.State",
        "CaseBatchOutcome": "grids.models.CaseBatchItem.Outcome",
        "HandoverKind": "grids.models.Handover.Kind",
        "HandoverState": "grids.models.Handover.State",
        "AnswerValue": "grids.models.Answer.Value",
        "RequestState": "grids.models.Request.State",
        "ContactPurpose": "grids.models.RequestContact.Purpose",
        "ContactOutcome": "grids.models.RequestContact.Outcome",
        "TeamPurpose": "volunteers.models.VolunteerTeam.Purpose",
        "StarState": "volunteers.models.Star.State",
        "CertificateState": "volunteers.models.Certificate.State",
        "IssuerKind": "volunteers.models.Issuer.Kind",
    },
}

# --- Behind TLS -----------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("SECURE_COOKIES", default=True)

# --- Log: what happened, never about whom ---------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_phones": {"()": "config.logs.HidePersonalData"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_phones"]}
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "kombu.connection": {"level": "ERROR"},  # warns that a folder has no host name
    },
}

# --- Admin theme ----------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": _("Campaign office"),
    "SITE_HEADER": _("Campaign office"),
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": True,
    "BORDER_RADIUS": "4px",
    "COLORS": {
        "primary": {
            "50": "253 242 242",
            "100": "251 226 226",
            "200": "247 201 201",
            "300": "240 164 164",
            "400": "229 115 115",
            "500": "207 66 66",
            "600": "176 36 36",
            "700": "148 27 27",
            "800": "122 26 26",
            "900": "102 28 28",
            "950": "56 10 10",
        },
    },
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": "campaign.admin.sidebar.navigation",
    },
}

os.environ.setdefault("NO_PROXY", "127.0.0.1,localhost")
