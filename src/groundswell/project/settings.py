"""Django's settings.

What an operator may choose comes from the environment. DATABASE_URL, GROUNDSWELL_BACKUP_URL,
GROUNDSWELL_SMTP_URL and GROUNDSWELL_METRICS_TOKEN may also be files: DATABASE_URL_FILE and so on.

GROUNDSWELL_HOME
    Folder of the embedded database, keys and files.
XDG_DATA_HOME
    Without GROUNDSWELL_HOME, and not as root: the folder that holds the home `groundswell`.
DATABASE_URL
    A PostgreSQL server (15 or newer) to use instead of the embedded one.
PGSSLMODE
    With DATABASE_URL: how the connection is encrypted, when the address doesn't say.
PATH
    With DATABASE_URL: where the programs pg_dump and pg_restore are looked for.
GROUNDSWELL_BACKUP_URL
    With DATABASE_URL: the same database as a user who sees every workspace, for backups alone.
GROUNDSWELL_ORIGIN
    Where people reach the console, such as https://groundswell.example.com. Without it, this
    machine's own browser does: http://localhost on any port.
GROUNDSWELL_SMTP_URL
    A mail server, smtp://user:password@host:587 (or smtps://). Without it, mails are written as
    files into the home's folder `mail`.
GROUNDSWELL_MAIL_FROM
    The address that mails come from.
GROUNDSWELL_REACH_NETWORKS
    Networks that are not public and may be asked for feeds, servers and shops nevertheless, at any
    port: 10.1.0.0/16,fd00:5::/64. Without it, only public addresses at the ports 80 and 443 are.
GROUNDSWELL_CONTACT
    A web or mail address that other servers are told with each request, so that they can reach you.
GROUNDSWELL_LARGEST_IMPORT
    How many bytes a file may have that somebody imports in the console; 2147483648 (2 GiB).
GROUNDSWELL_LOG
    How `groundswell up` logs: `json` or `text`. Without it, text at a terminal and JSON elsewhere.
GROUNDSWELL_METRICS_TOKEN
    A secret of 20 characters or more with which another machine may read /metrics. Without it, only
    this machine may.
"""

import os
from pathlib import Path
from typing import Any

from groundswell.project import database, home, origin, reach
from groundswell.project.secrets import secret

GROUNDSWELL_HOME: Path = home.locate(os.environ)
DATABASE_URL: str | None = secret(os.environ, "DATABASE_URL")
BACKUP_URL: str | None = secret(os.environ, "GROUNDSWELL_BACKUP_URL")

DATABASES: dict[str, dict[str, Any]] = {"default": database.configured(DATABASE_URL)}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "procrastinate.contrib.django",
    "groundswell.workspaces",
    "groundswell.people",
    "groundswell.creators",
    "groundswell.connectors",
    "groundswell.vetting",
    "groundswell.discovery",
    "groundswell.planning",
    "groundswell.interfaces.console",
]
# Only a worker loads the tasks: a command that merely defers a job by name starts faster.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = [
    "groundswell.workspaces.tasks",
    "groundswell.people.tasks",
    "groundswell.creators.tasks",
    "groundswell.connectors.tasks",
    "groundswell.vetting.tasks",
    "groundswell.discovery.tasks",
    "groundswell.planning.tasks",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

# --- the web ---------------------------------------------------------------------------------
# A web server brings a key of its own, made from the master key (project.wsgi).
SECRET_KEY = "unused"  # noqa: S105
ORIGIN = origin.parsed(os.environ.get("GROUNDSWELL_ORIGIN"))
LINKS_LEAD_TO = origin.for_links(ORIGIN, GROUNDSWELL_HOME)
ALLOWED_HOSTS = ORIGIN.hosts
CSRF_TRUSTED_ORIGINS = ORIGIN.trusted
ROOT_URLCONF = "groundswell.project.urls"
WSGI_APPLICATION = "groundswell.project.wsgi.application"
MIDDLEWARE = [
    "groundswell.interfaces.http.measuring.Measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads each page by chance, against guessing by size
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "groundswell.interfaces.http.middleware.Frame",
    "groundswell.interfaces.http.accounts.Limited",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # The console's pages come before the apps' own, so that sign-in looks like the rest.
        "DIRS": [Path(__file__).parent.parent / "interfaces" / "console" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "groundswell.interfaces.console.context.frame",
            ],
        },
    }
]
STATIC_URL = "/static/"
# Built with the package or on first start; nothing is compressed while a request waits.
STATIC_ROOT = GROUNDSWELL_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # of a form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
LARGEST_IMPORT = int(os.environ.get("GROUNDSWELL_LARGEST_IMPORT", str(2 << 30)))
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 14 * 86_400
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ORIGIN.is_secure
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "groundswell.interfaces.http.problems.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

ACCOUNT_ADAPTER = "groundswell.interfaces.http.accounts.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation's link has proved the address
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = False  # people.actions.limits counts exactly; a cache does not
ACCOUNT_PREVENT_ENUMERATION = True
MFA_ADAPTER = "groundswell.interfaces.http.accounts.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody has an address that was not invited or an owner's own
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Groundswell"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ORIGIN.is_secure
USERSESSIONS_TRACK_ACTIVITY = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
# Not "no-referrer": with it browsers send forms with the origin "null", which nobody can check.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if ORIGIN.is_secure else 0
SECURE_SSL_REDIRECT = False  # whoever ends TLS before us redirects
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ORIGIN.is_secure else None
X_FRAME_OPTIONS = "DENY"
METRICS_TOKEN = secret(os.environ, "GROUNDSWELL_METRICS_TOKEN")

EMAIL_FILE_PATH = GROUNDSWELL_HOME / "mail"
EMAIL_BACKEND, EMAIL_OPTIONS = origin.mail(secret(os.environ, "GROUNDSWELL_SMTP_URL"))
globals().update(EMAIL_OPTIONS)
DEFAULT_FROM_EMAIL = os.environ.get("GROUNDSWELL_MAIL_FROM", "groundswell@localhost")

REACH_NETWORKS = reach.parsed(os.environ.get("GROUNDSWELL_REACH_NETWORKS"))
CONTACT = os.environ.get("GROUNDSWELL_CONTACT", "")

NINJA_PAGINATION_MAX_LIMIT = 200
