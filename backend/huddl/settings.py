"""Settings of NUMENEON. Two profiles, one program: only environment variables tell them apart.

Embedded (nothing set): SQLite and an in-memory bus, one process. Scaled: `DATABASE_URL` names PostgreSQL and
`REDIS_URL` names Redis, any number of processes. Every variable is listed in docs/reference/settings.md.
"""

import secrets
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ

from streams.conf import Conf

env = environ.Env()

BACKEND_DIR = Path(__file__).resolve().parent.parent
BASE_DIR = BACKEND_DIR.parent
DATA_DIR = Path(env.str("HUDDL_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """The signing key: from the environment, else made once and kept, readable by its owner alone."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text().strip()


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or _secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
DEMO_MODE = DEBUG and env.bool("DEMO_MODE", default=True)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "axes",
    "streams",
    "accounts",
    "notifications",
    "friends",
    "posts",
    "chat",
    "huddl",
]

MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    "accounts.problems.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "huddl.files.FilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.DeviceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "huddl.urls"
ASGI_APPLICATION = "huddl.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Data: SQLite by default, PostgreSQL through DATABASE_URL.

DATABASE_URL = env.str("DATABASE_URL", default="")
if DATABASE_URL:
    DATABASES = {"default": env.db_url_config(DATABASE_URL)}
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": env.int("DATABASE_POOL_MIN", default=1),
        "max_size": env.int("DATABASE_POOL_MAX", default=16),
        "timeout": env.float("DATABASE_POOL_TIMEOUT", default=5.0),
        # The pool doubles its pause between attempts: after an hour's outage it would find out another hour later. When it
        # gives up soon, whoever asks next has it try again.
        "reconnect_timeout": 2.0,
    }
    DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "numeneon.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
            },
            "TEST": {"NAME": DATA_DIR / f"test-{secrets.token_hex(4)}.sqlite3"},
        },
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Bus and channel layer: memory by default, Redis through REDIS_URL.

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        },
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# People.

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.EmailBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not DEBUG and env.bool("HTTPS", default=True)
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
SECURE_SSL_REDIRECT = False
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # the reverse proxy redirects to HTTPS, nothing else reaches this server
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=0 if DEBUG else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
PRIVATE_NETWORKS = ["127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLOWED_ORIGINS = env.list("ALLOWED_ORIGINS", default=[])
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS
CORS_ALLOWED_ORIGINS = [origin for origin in ALLOWED_ORIGINS if urlsplit(origin).scheme]
CORS_ALLOW_CREDENTIALS = True
CORS_URLS_REGEX = r"^/api/.*$"
CORS_ALLOW_HEADERS = ["authorization", "content-type", "idempotency-key", "x-csrftoken"]
CORS_EXPOSE_HEADERS = ["stream-cursor", "link", "retry-after"]
CORS_PREFLIGHT_MAX_AGE = 86_400

ACCESS_TOKEN_LIFETIME = timedelta(minutes=env.int("ACCESS_TOKEN_MINUTES", default=60))
REFRESH_TOKEN_LIFETIME = timedelta(days=env.int("REFRESH_TOKEN_DAYS", default=30))
SESSION_COOKIE_AGE = int(REFRESH_TOKEN_LIFETIME.total_seconds())

# Limits. A rate is counted in each process; THROTTLE_FACTOR multiplies all of them, for development, benches and tests.

THROTTLE_FACTOR = env.float("THROTTLE_FACTOR", default=50.0 if DEBUG else 1.0)
THROTTLE_RATES = {
    "member": "1200/m",
    "address": "600/m",
    "login": "60/m",
    "signup": "60/h",
    "refresh": "120/m",
    "friend_request": "60/m",
    "message": "120/m",
    "post": "60/m",
    "like": "300/m",
    **env.dict("THROTTLE_RATES", default={}),
}
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURES", default=10)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("LOGIN_COOLOFF_MINUTES", default=15))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "accounts.addresses.client_address"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# The engine. Every value has a default in streams/conf.py; what stands here is what NUMENEON decides.

STREAMS = {
    "AUTHENTICATOR": "accounts.gateway.authenticate",
    "PRESENCE_AUDIENCE": "friends.presence.audience",
    "ON_RECORD": "notifications.inbox.mark",
    "ON_REDACT": "notifications.erasure.forget_in_inboxes",
    "ON_NUMBER": "notifications.inbox.append",
    "ON_ACK": "chat.actions.mark_delivered.on_ack",
    "MAY_TYPE": "chat.selectors.may_write",
    "REDIS_URL": REDIS_URL,
    "ALLOWED_ORIGINS": ALLOWED_ORIGINS,
    "ALLOWED_HOSTS": ALLOWED_HOSTS,
    "TRUSTED_PROXIES": env.list("TRUSTED_PROXIES", default=PRIVATE_NETWORKS if BEHIND_PROXY else []),
}
for _limit in fields(Conf):  # any number of the engine, by the name STREAMS_…
    if isinstance(_limit.default, int | float) and f"STREAMS_{_limit.name}" in env.ENVIRON:
        STREAMS[_limit.name] = type(_limit.default)(env.float(f"STREAMS_{_limit.name}"))

# REST.

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["accounts.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "accounts.negotiation.OnlyJSON",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttles.Limits"],
    "DEFAULT_SCHEMA_CLASS": "accounts.schema.ProblemSchema",
    "EXCEPTION_HANDLER": "accounts.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "NUMENEON",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENFORCE_NON_BLANK_FIELDS": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "huddl.openapi.describe_events",
    ],
}

# Web app and static files.

FRONTEND_DIR = Path(env.str("FRONTEND_DIR", default=str(BASE_DIR / "frontend" / "dist")))
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns of a folder that is not there
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ROOT = FRONTEND_DIR if FRONTEND_DIR.is_dir() else None
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$"  # as Vite names what it has hashed
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:", "https:"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "connect-src": ["'self'", "ws:", "wss:"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'self'"],
        "object-src": ["'none'"],
        "form-action": ["'self'"],
    },
}

APPEND_SLASH = False  # a redirect loses the body of a POST; the API answers 404 in words instead
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("MAX_BODY", default=256 * 1024)

METRICS_ADDRESSES = env.list("METRICS_ADDRESSES", default=["127.0.0.1", "::1"])

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
LOGGING_CONFIG = "huddl.logs.configure"
LOGGING = {"level": env.str("LOG_LEVEL", default="INFO")}
