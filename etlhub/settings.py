"""Settings, read from the environment (django-environ) and `.env`; every name is listed in `.env.example`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ

from etlhub.operations import logs
from etlhub.paths import BASE_DIR, data_dir, private_file, read_or_make_key, secret_key

env = environ.Env()
environ.Env.read_env(env.str("ETLHUB_DOTENV", default=str(BASE_DIR / ".env")))

VERSION = "0.1.0"
DATA_DIR = data_dir()
# What runs leave for others (downloads, quarantine, selectors): a folder that all machines share, where there are several.
SHARED_DIR = Path(env.str("ETLHUB_ARQUIVOS", default="") or DATA_DIR).expanduser().resolve()

DEBUG = env.bool("ETLHUB_DEBUG", default=False)
SECRET_KEY = secret_key()
SERVER = env.str("ETLHUB_SERVIDOR", default="daphne")
PORT = env.int("ETLHUB_PORT", default=4001)
ALLOWED_HOSTS = env.list("ETLHUB_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
BEHIND_TLS = env.bool("ETLHUB_TLS", default=False)

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "django_rq",
    "etlhub",
    "sistemas",
    "credentials",
    "jobs",
    "portfolio",
]

MIDDLEWARE = [
    "etlhub.operations.requests.RequestMiddleware",
    "etlhub.security.HeadersMiddleware",
    "etlhub.spa.BuildMiddleware",
    "etlhub.ratelimit.PagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "etlhub.security.SameOriginMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "etlhub.tokens.TokenMiddleware",
    "etlhub.audit.AuditMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "etlhub.urls"
ASGI_APPLICATION = "etlhub.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "etlhub" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- database -------------------------------------------------------------------------------------------------------
if env.str("DATABASE_URL_FILE", default="") and not env.str("DATABASE_URL", default=""):
    # A private file, as containers and systemd hand secrets over: the URL holds a password.
    DATABASES: dict[str, dict[str, Any]] = {"default": env.db_url_config(private_file("DATABASE_URL_FILE"))}
else:
    DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{(DATA_DIR / 'etlhub.sqlite3').as_posix()}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a transaction that will write takes its lock at once, so it waits instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        " PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456; PRAGMA journal_size_limit=67108864;",
    }
else:
    DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
DATABASES["default"]["CONN_MAX_AGE"] = env.int("ETLHUB_CONN_MAX_AGE", default=60)


# --- Redis ----------------------------------------------------------------------------------------------------------
def _redis_url() -> str:
    """`REDIS_URL`, or the content of the private file that the launcher writes (it holds a password)."""
    url = env.str("REDIS_URL", default="")
    file = env.str("ETLHUB_REDIS_URL_FILE", default=str(DATA_DIR / "run" / "redis_url"))
    if not url and Path(file).is_file():
        url = Path(file).read_text(encoding="utf-8").strip()
    return url or "redis://127.0.0.1:6379/0"


REDIS_URL = _redis_url()
RQ_QUEUES = {
    "default": {"URL": REDIS_URL, "DEFAULT_TIMEOUT": -1, "REDIS_CLIENT_KWARGS": {"socket_connect_timeout": 5}},
}
RQ_SHOW_ADMIN_LINK = False
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "etlhub"},
    }
}

# --- networks -------------------------------------------------------------------------------------------------------
# Proxies whose X-Forwarded-For is believed; networks that may come in (empty: all).
TRUSTED_PROXIES = env.list("ETLHUB_TRUSTED_PROXIES", default=["127.0.0.0/8", "::1"] if BEHIND_TLS else [])
ALLOWED_NETWORKS = env.list("ETLHUB_ALLOWED_NETWORKS", default=[])

# --- access ---------------------------------------------------------------------------------------------------------
LOGIN_URL = "/entrar/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/entrar/"
SESSION_ENGINE = "etlhub.sessions"
SESSION_COOKIE_NAME = "etlhub_session"
SESSION_COOKIE_AGE = env.int("ETLHUB_SESSION_HOURS", default=12) * 3600
SESSION_IDLE_SECONDS = env.int("ETLHUB_SESSION_IDLE_MINUTES", default=120) * 60
AUDIT_RETENTION_DAYS = env.int("ETLHUB_AUDIT_RETENTION_DAYS", default=730)
TOTP_ADMINISTRADORES = env.bool("ETLHUB_TOTP_ADMINISTRADORES", default=False)
LOGIN_LOCAL = env.bool("ETLHUB_LOGIN_LOCAL", default=True)
OIDC_ISSUER = env.str("ETLHUB_OIDC_ISSUER", default="").strip()
OIDC_CLIENT_ID = env.str("ETLHUB_OIDC_CLIENT_ID", default="").strip()
# The secret itself (ETLHUB_OIDC_CLIENT_SECRET) is read where it is used and kept in no setting.
OIDC_CLIENT_SECRET_FILE = env.str("ETLHUB_OIDC_CLIENT_SECRET_FILE", default="")
OIDC_NOME = env.str("ETLHUB_OIDC_NOME", default="") or "a conta da empresa"
OIDC_CLAIM = env.str("ETLHUB_OIDC_CLAIM", default="groups")
OIDC_CLAIM_USUARIO = env.str("ETLHUB_OIDC_CLAIM_USUARIO", default="preferred_username")
OIDC_ESCOPOS = env.str("ETLHUB_OIDC_ESCOPOS", default="openid profile email")
OIDC_PAPEIS = env.str("ETLHUB_OIDC_PAPEIS", default="")
RATE_LIMIT = env.float("ETLHUB_RATE_LIMIT", default=1.0)
SOCKETS_PER_USER = env.int("ETLHUB_SOCKETS_PER_USER", default=256)
SOCKETS_PER_ADDRESS = env.int("ETLHUB_SOCKETS_PER_ADDRESS", default=512)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_FAILURE_VIEW = "etlhub.error_pages.csrf_failure"
CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = env.list("ETLHUB_TRUSTED_ORIGINS", default=[])
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^api/health(/|$)", r"^metrics$"]  # asked for on this machine, past the proxy
# etlhub.security does what these three miss: headers, redirect, and the origin of unsafe requests instead of a token.
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002", "security.W003"]
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- language, static files -----------------------------------------------------------------------------------------
LANGUAGE_CODE = "pt-br"
TIME_ZONE = env.str("ETLHUB_TIME_ZONE", default="America/Sao_Paulo")
USE_I18N = True
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
REACT_BUILD_DIR = Path(env.str("REACT_BUILD_DIR", default="") or BASE_DIR / "frontend" / "dist").resolve()
REACT_BUILD_FOREIGN = bool(env.str("REACT_BUILD_DIR", default=""))

# --- the vault ------------------------------------------------------------------------------------------------------
# Comma-separated keys, the first is the current one; apart from SECRET_KEY so that each rotates alone.
CREDENTIAL_KEYS = env.list("ETLHUB_CREDENTIAL_KEYS", default=[]) or [read_or_make_key("credential_keys")]

# --- running --------------------------------------------------------------------------------------------------------
ETL_COMMAND = env.list("ETL_COMMAND", default=[])
ETL_ONE_PROCESS = env.bool("ETLHUB_ETL_UM_PROCESSO", default=False)
DEMO_URL = env.str("ETLHUB_DEMO_URL", default="")
LEGACY_JOB_STATUS = env.bool("ETLHUB_LEGACY_JOB_STATUS", default=False)
MAX_RUNNING = env.int("ETLHUB_MAX_RUNNING", default=16)
RUN_TIMEOUT_SECONDS = env.int("ETLHUB_RUN_TIMEOUT_SECONDS", default=2 * 3600)
SILENCE_TIMEOUT_SECONDS = env.int("ETLHUB_SILENCE_TIMEOUT_SECONDS", default=15 * 60)
CANCEL_GRACE_SECONDS = env.float("ETLHUB_CANCEL_GRACE_SECONDS", default=5.0)
LEASE_SECONDS = env.float("ETLHUB_LEASE_SECONDS", default=8.0)
MAX_LINES_PER_JOB = env.int("ETLHUB_MAX_LINES_PER_JOB", default=5_000_000)
LOG_MAX_LINES = env.int("ETLHUB_LOG_MAX_LINES", default=0)
LOG_RETENTION_DAYS = env.int("ETLHUB_LOG_RETENTION_DAYS", default=180)
QUARANTINE_DAYS = env.int("ETLHUB_QUARENTENA_DIAS", default=90)
QUARANTINE_MAX_MB = env.int("ETLHUB_QUARENTENA_MAX_MB", default=5120)
FAILURE_PAGES_DAYS = env.int("ETLHUB_ARTEFATOS_DIAS", default=30)
FAILURE_PAGES_MAX_MB = env.int("ETLHUB_ARTEFATOS_MAX_MB", default=1024)

# --- backup and log ------------------------------------------------------------------------------------------------------
BACKUP_DIR = env.str("ETLHUB_BACKUP_DIR", default="")
BACKUP_DAYS = env.int("ETLHUB_BACKUP_DIAS", default=14)
BACKUP_HOUR = env.int("ETLHUB_BACKUP_HORA", default=2)
BACKUP_PASSPHRASE_FILE = env.str("ETLHUB_BACKUP_FRASE_ARQUIVO", default="")

LOGGING: dict[str, Any] = logs.config(
    json_lines=env.bool("ETLHUB_LOG_JSON", default=False), level=env.str("ETLHUB_LOG_LEVEL", default="INFO")
)

UNFOLD = {
    "SITE_TITLE": "ETL Hub",
    "SITE_HEADER": "ETL Hub",
    "SITE_URL": "/",
    "SITE_SYMBOL": "database",
    "SHOW_HISTORY": True,
    "LOGIN": {"form": "etlhub.login_forms.AdminLoginForm"},
}
