"""Every setting of Vorrang, read strictly from the environment (see .env.example)."""

from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

from helpdesk import keys, logs
from helpdesk.admin_theme import UNFOLD  # noqa: F401 (a setting)
from helpdesk.api_settings import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401 (settings)
from helpdesk.broker import broker_url
from helpdesk.days import Env
from lib.embedded import Places

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"  # as in pyproject.toml

django_stubs_ext.monkeypatch()  # classes of Django take type parameters at run time too

env = Env()
Env.read_env(BASE_DIR / ".env")  # what the environment itself says wins; a missing file is fine

# Where this installation keeps its files, and how much it may show.

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
DEBUG = env.bool("DEBUG", default=True)
PORT = env.int("PORT", default=8000)
HOST = env.str("HOST", default="127.0.0.1")
SECRET_KEY = keys.secret_key(env.str("SECRET_KEY", default=""), DATA_DIR, in_production=not DEBUG)
# The first encrypts, all decrypt (lib/crypto.py).
ENCRYPTION_KEYS = keys.encryption_keys(
    env.list("ENCRYPTION_KEYS", default=[]), DATA_DIR, in_production=not DEBUG
)
# Keys that still verify what they signed (sessions, links) after SECRET_KEY was replaced.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if not DEBUG and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the names this installation is reached by.")

# The firm that runs this helpdesk.

# Suggested by the set-up, which names it.
COMPANY_NAME = env.str("COMPANY_NAME", default="")
COMPANY_TIME_ZONE = env.str("COMPANY_TIME_ZONE", default="Europe/Berlin")
SERVICE_HOURS = env.str("SERVICE_HOURS", default="Mon-Fri 08:00-17:00")
# An agent's untouched ticket goes back into the queue after so many service hours.
SILENT_AFTER_SERVICE_HOURS = env.float("SILENT_AFTER_SERVICE_HOURS", default=8.0)
# Customers may reopen a closed ticket for so many days; a solved one closes by itself after so many.
REOPEN_DAYS = env.int("REOPEN_DAYS", default=14)
CLOSE_SOLVED_DAYS = env.int("CLOSE_SOLVED_DAYS", default=7)
# A customer answers so many days what chargeable work may cost; what happens to work that nobody approved.
APPROVAL_DAYS = env.int("APPROVAL_DAYS", default=7)
UNAPPROVED_WORK = env.str("UNAPPROVED_WORK", default="flag")
if UNAPPROVED_WORK not in ("flag", "refuse"):
    raise ImproperlyConfigured("UNAPPROVED_WORK is flag or refuse.")
# Files that look like logs, from a customer whose gate is closed, are kept unread for so many days.
HELD_FILE_DAYS = env.days("HELD_FILE_DAYS", default=14)
# Those concerned are reminded so many days before an agreement ends, or before its last day of notice.
# A data-processing agreement holds so many days after the last service agreement, unless somebody decides.
DPA_HOLD_DAYS = env.days("DPA_HOLD_DAYS", default=30)
DPA_REMINDER_DAYS = tuple(sorted(set(env.list("DPA_REMINDER_DAYS", int, default=[14, 3]))))
# A change of the sub-processor directory takes effect so many days after it was announced at the earliest.
DIRECTORY_NOTICE_DAYS = env.days("DIRECTORY_NOTICE_DAYS", default=30)
CONTRACT_REMINDER_DAYS = tuple(sorted(set(env.list("CONTRACT_REMINDER_DAYS", int, default=[60, 30, 7]))))
# The audit trail keeps names so many days, its lines (which name nobody) so many; 0: for good.
AUDIT_VALUE_DAYS = env.int("AUDIT_VALUE_DAYS", default=1096)
AUDIT_DAYS = env.int("AUDIT_DAYS", default=1461)
# An access export that nobody fetched is deleted after so many days; erasures are noted outside of the
# database.
EXPORT_DAYS = env.days("EXPORT_DAYS", default=7)
ERASURE_JOURNAL = Path(env.str("ERASURE_JOURNAL", default=str(DATA_DIR / "erasures.jsonl")))
# What may come with one message; the API and pages refuse more.
ATTACHMENT_MAX_FILES = env.int("ATTACHMENT_MAX_FILES", default=10)
ATTACHMENT_MAX_MEGABYTES = env.int("ATTACHMENT_MAX_MEGABYTES", default=20)
ARTICLE_FILES_MEGABYTES = env.int("ARTICLE_FILES_MEGABYTES", default=100)
# Whether people learn that there are articles for customers with a service agreement: how many, not which.
ARTICLE_TEASER = env.bool("ARTICLE_TEASER", default=False)
# The link of a file on a page or in an answer of the API holds so long, and only for whom it was made.
ATTACHMENT_LINK_SECONDS = env.int("ATTACHMENT_LINK_SECONDS", default=3600)
# After being asked to stop, web and worker finish what they do for at most so long.
STOP_SECONDS = env.int("STOP_SECONDS", default=5 if DEBUG else 25)

# Rooms and what they are built on.

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # before the admin, whose templates it replaces
    "helpdesk.admin_app.VorrangAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "template_partials",
    "heroicons",
    "accounts.apps.AccountsConfig",
    "customers.apps.CustomersConfig",
    "contracts.apps.ContractsConfig",
    "knowledge.apps.KnowledgeConfig",
    "tickets.apps.TicketsConfig",
    "mail.apps.MailConfig",
    "calls.apps.CallsConfig",
    "billing.apps.BillingConfig",
    "portal.apps.PortalConfig",
    "privacy.apps.PrivacyConfig",
]

MIDDLEWARE = [
    "helpdesk.health.health",  # before whatever looks at the Host header
    "helpdesk.request_log.request_log",
    "django.middleware.security.SecurityMiddleware",
    "lib.content_policy.content_policy",
    "lib.compression.CompressedForStrangers",  # before whatever writes into an answer
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "lib.uploads.RequestLimit",  # before anything reads a body
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.private_pages",
    "accounts.middleware.end_idle_sessions",
    "accounts.middleware.look_with_their_eyes",
    "accounts.middleware.user_language",
    "accounts.middleware.set_up_first",
    "accounts.middleware.second_factor_first",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lib.not_found.NotFoundPage",
]

ROOT_URLCONF = "helpdesk.urls"
WSGI_APPLICATION = "helpdesk.wsgi.application"
ASGI_APPLICATION = "helpdesk.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

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
                "django.template.context_processors.i18n",
            ],
        },
    },
]

# PostgreSQL is the truth. Without DATABASE_URL the product starts its own.

PLACES = Places(DATA_DIR)
POSTGRES_IS_EMBEDDED = not env.str("DATABASE_URL", default="")
_OWN = {"NAME": "vorrang", "USER": "postgres", "HOST": str(PLACES.postgres_sockets)}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **(_OWN if POSTGRES_IS_EMBEDDED else env.db("DATABASE_URL")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"TEMPLATE": "template0"},
    }
}

# pg_dump, pg_restore, psql of a server of your own that is newer than ours (`manage.py backup`, `restore`).
PG_BIN_DIR = env.str("PG_BIN_DIR", default="")

# Valkey holds the live index, events and Celery's messages: nothing that matters. Without REDIS_URL: our own.

VALKEY_IS_EMBEDDED = not env.str("REDIS_URL", default="")
REDIS_URL = PLACES.valkey_url if VALKEY_IS_EMBEDDED else env.str("REDIS_URL")
REDIS_SECONDS = 0.5  # how long a page may wait for Valkey before it goes on without

# Celery. Messages only wake; the work itself is rows, so results and guarantees of delivery are not needed.

CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,  # shorter than Celery's own blocking reads would cut those off
    "socket_connect_timeout": REDIS_SECONDS,
    "max_retries": 0,  # of a sender; worker and beat reconnect on their own (helpdesk/celery.py)
    "visibility_timeout": 300,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
# A message is forgotten when it arrives: beat sweeps what a dead worker leaves, and a worker that still owed
# an acknowledgement when the broker went away would end instead of waiting for it.
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_MAX_LOOP_INTERVAL = 1

# Time and language.

TIME_ZONE = COMPANY_TIME_ZONE
USE_TZ = True
USE_I18N = True
LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "helpdesk.formats"

# Who may come in. Accounts are made by the firm, by customers' company admins, and for their mail domains.

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.adapters.NoDemoPasswords",
    "django.contrib.auth.backends.ModelBackend",
    "accounts.adapters.ByNameOrAddress",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.ClosedAccountAdapter"
ACCOUNT_FORMS = {"reset_password": "accounts.adapters.ForgottenPasswordForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
# An attempt at the set-up code is counted like one at a password. Whoever asks for a new password again and
# again fills somebody else's inbox, and so with links that sign in.
ACCOUNT_RATE_LIMITS = {
    "set_up_code": "5/5m/ip",
    "reset_password": "20/m/ip,5/h/key",
    "ask_for_link": "20/m/ip,5/h/key",
    "use_link": "20/m/ip",
    "sign_up": "10/m/ip,5/h/key",
    "invite_colleague": "30/h/user",
    "article_feedback": "20/h/ip",
    "approval_link": "60/h/ip",
}
# What comes beside a password, or instead of one. Addresses are the firm's to keep, so none is "unverified".
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1  # clocks of phones go wrong by some seconds
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "authenticate_webauthn": "accounts.forms.PasskeyStepForm",
    "login_webauthn": "accounts.forms.PasskeySignInForm",
    "reauthenticate": "accounts.forms.ConfirmCodeForm",
    "reauthenticate_webauthn": "accounts.forms.ConfirmPasskeyForm",
}
# Whether people sign up with an address at a customer's mail domain; else they are invited.
SIGN_UP_BY_DOMAIN = env.bool("SIGN_UP_BY_DOMAIN", default=True)
# Sessions end after so many hours without a request; 0: after two weeks. Staff are agents, leads, admins.
SESSION_IDLE_HOURS = env.float("SESSION_IDLE_HOURS", default=0)
STAFF_IDLE_HOURS = env.float("STAFF_IDLE_HOURS", default=12)
# Staff who sign in by password alone see nothing before they have set up a second factor.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=False)
DEMO_PASSWORDS_ALLOWED = DEBUG
# Whether `make run` gives an empty database the demo story; otherwise it is set up at /setup/.
DEMO = env.bool("DEMO", default=True) and DEMO_PASSWORDS_ALLOWED

# Mail. Without EMAIL_URL it is shown on the worker's standard output instead of sent. Links in it lead to
# SITE_URL, never to the host that a request names.

vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="helpdesk@localhost")
EMAIL_TIMEOUT = 30  # for one answer, and for a whole mail with its files to be taken
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{PORT}" if DEBUG else "").rstrip("/")
if urlsplit(SITE_URL).scheme not in ("http", "https") or not urlsplit(SITE_URL).hostname:
    raise ImproperlyConfigured("Set SITE_URL to where people open this installation: https://...")
# The part after the @ of our Message-IDs.
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default="") or parseaddr(DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]

# Sessions are rows, so that losing Valkey signs nobody out, and so is how often somebody tried to sign in:
# each process would count only its own part of it.

SESSION_ENGINE = "django.contrib.sessions.backends.db"
# Messages show new secrets once: Django would keep them in a cookie first, which is signed but not encrypted.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_throttle",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Behind a proxy in production everything is HTTPS.

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
HTTPS = env.bool("HTTPS", default=not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
if HTTPS:
    # Browsers take cookies of such names only from this host and by HTTPS.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME = "__Host-language"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# A proxy in front sets X-Forwarded-Proto, X-Forwarded-For and X-Request-ID; else visitors could.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Else all visitors are one to whoever counts attempts, and one of them shuts out everybody.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

# Files.

STATIC_URL = "/static/"
# Sources of the style sheet (static/css) are not served, only what is built of them.
STATICFILES_DIRS = [(name, BASE_DIR / "static" / name) for name in ("built", "foreign", "img", "js")]
STATIC_ROOT = None if DEBUG else Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# What a request may hold besides files, and how many parts. (lib/uploads.py judges the whole beforehand.)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = max(ATTACHMENT_MAX_FILES * 2, 20)
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "lib.nameless_uploads.NamelessUploadHandler",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ROOT = BASE_DIR / "static" / "root"  # what browsers ask for at the top, such as /favicon.ico
WHITENOISE_AUTOREFRESH = False

# The API. Limits count for each user, tokens that do not hold for each address they come from; 0 is none.

API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=6000)
API_WRITES_PER_MINUTE = env.int("API_WRITES_PER_MINUTE", default=3000)
API_WRONG_TOKENS_PER_MINUTE = env.int("API_WRONG_TOKENS_PER_MINUTE", default=30)
# The longest text that may be written, spelt as clumsily as JSON allows.
API_JSON_MAX_MEGABYTES = env.int("API_JSON_MAX_MEGABYTES", default=3)
API_KEPT_ANSWERS = "accounts.actions.kept_answers"

# Figures for Prometheus at /metrics, for whoever sends this token; without one there is no such address.

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Logs are events on standard output, without bodies or addresses of people.

LOGGING_CONFIG = None
logs.set_up(level=env.str("LOG_LEVEL", default="INFO"), readable=DEBUG)
