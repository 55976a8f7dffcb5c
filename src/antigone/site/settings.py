# SPDX-License-Identifier: Apache-2.0
"""Django's settings: everything that depends on this installation comes from the environment.

``ANTIGONE_HOME``          folder of this installation's database and secret key; without it the
                           user's own data folder (``~/.local/share/antigone`` on Linux)
``ANTIGONE_DATABASE_URL``  ``postgresql://user:password@host:port/name``; without it SQLite in
                           the folder above (a socket: ``postgresql:///name?host=/run/postgresql``)
``ANTIGONE_PASSPHRASE_FILE``  file that holds the passphrase of an encrypted installation; without
                           it the passphrase is asked for at the terminal
``ANTIGONE_INSTALLATION``  letters that stand in every code issued here; ``A`` without it
``ANTIGONE_HOSTS``         names under which an institution's server answers, with commas between
                           them; without it this computer only
``ANTIGONE_HTTPS``         ``1`` behind a proxy that speaks HTTPS and passes ``X-Forwarded-For`` and
                           ``X-Forwarded-Proto`` on: secure cookies, redirect, HSTS
``ANTIGONE_SECOND_FACTOR`` ``optional`` where accounts may do without a second factor (the
                           demonstration); without it every account must have one
``ANTIGONE_SMALL_NUMBERS_BELOW``  counts from 1 to below this number are withheld from observers and
                           analysts with their complements (3 or more); without it all their counts
"""

import contextlib
import os
import secrets
import sys
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from antigone.records.passphrases import installation_passphrase
from antigone.records.sqlcipher import DURABLE


def _home() -> Path:
    if given := os.environ.get("ANTIGONE_HOME"):
        return Path(given).expanduser().resolve()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "antigone"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/antigone"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "antigone"


def _secret_key(home: Path) -> str:
    """The installation's own key: made on first use, readable by its owner alone."""
    place = home / "secret-key"
    if not place.exists():
        draft = home / f"secret-key.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):  # another process was first: its key holds
            os.link(draft, place)
        draft.unlink()
    return place.read_text(encoding="ascii").strip()


def _device(home: Path) -> uuid.UUID:
    """The random id of this installation's machine, which every event of the ledger names."""
    place = home / "device"
    if not place.exists():
        draft = home / f"device.{os.getpid()}"
        draft.write_text(str(uuid.uuid4()), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(draft, place)
        draft.unlink()
    return uuid.UUID(place.read_text(encoding="ascii").strip())


def _sqlite(home: Path) -> dict[str, Any]:
    place = home / "antigone.sqlite3"
    place.touch(mode=0o600, exist_ok=True)  # its journal files take over who may read it
    return {
        "ENGINE": "antigone.records.embedded",
        "NAME": place,
        "OPTIONS": {"init_command": DURABLE, "transaction_mode": "IMMEDIATE", "timeout": 20},
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("ANTIGONE_DATABASE_URL must begin with postgresql://")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "antigone.records.server",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": options.pop("port", str(parts.port or "")),
        "OPTIONS": options,
    }


HOME = _home()
_WEB = Path(__file__).resolve().parent.parent / "web"
HOME.mkdir(mode=0o700, parents=True, exist_ok=True)

ANTIGONE_HOME = HOME
ANTIGONE_PASSPHRASE = installation_passphrase(HOME)
SECRET_KEY = _secret_key(HOME)
DEBUG = False
HTTPS = os.environ.get("ANTIGONE_HTTPS", "") == "1"
_HOSTS = [one.strip() for one in os.environ.get("ANTIGONE_HOSTS", "").split(",") if one.strip()]
ALLOWED_HOSTS = _HOSTS or ["localhost", "127.0.0.1", "[::1]"]

_URL = os.environ.get("ANTIGONE_DATABASE_URL", "")
DATABASES = {"default": _postgresql(_URL) if _URL else _sqlite(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "antigone.records",
    "antigone.web",  # its pages of sign-in come before those of allauth
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "antigone.web.security.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "antigone.web.sessions.SessionLimits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "antigone.web.sessions.UnfinishedAccounts",
    "antigone.web.access.Sight",
    "antigone.web.errors.Refusals",
    "antigone.web.as_known.AsKnown",
]
ROOT_URLCONF = "antigone.site.urls"
WSGI_APPLICATION = "antigone.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "antigone.web.access.seen",
            ]
        },
    }
]
AUTH_USER_MODEL = "records.User"

# Who may sign in, and how
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username"], "max_similarity": 0.5},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:cases"
ACCOUNT_ADAPTER = "antigone.web.sign_in.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "login": "antigone.web.sign_in.SignInForm",
    "reauthenticate": "antigone.web.sign_in.ConfirmForm",
}
ACCOUNT_LOGIN_TIMEOUT = 300  # seconds from the password to the second factor
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_RATE_LIMITS = False  # attempts are counted in the case database: see antigone.web.sign_in
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "antigone.web.sign_in.SecondFactors"
MFA_FORMS = {
    "authenticate": "antigone.web.sign_in.CodeForm",
    "reauthenticate": "antigone.web.sign_in.ConfirmCodeForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be 30 seconds off
MFA_RECOVERY_CODES_SHOW_ONCE = True
SECOND_FACTOR_REQUIRED = os.environ.get("ANTIGONE_SECOND_FACTOR", "") != "optional"

# After how many failures sign-in waits, by user name and by address; each further one doubles it
FAILURES_BEFORE_WAIT = {"account": 5, "address": 30, "code": 5}
FIRST_WAIT = 60  # seconds
LONGEST_WAIT = 60 * 60
FAILURES_FORGOTTEN_AFTER = 24 * 60 * 60

# How long a session lasts
SESSION_COOKIE_AGE = 30 * 60  # idle: ended when nothing was asked for so many seconds
SESSION_ABSOLUTE_AGE = 12 * 60 * 60  # ended so many seconds after sign-in, whatever was asked
SESSIONS_PER_ACCOUNT = 3  # one more ends the one not used for longest
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "antigone_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS

# No answer hangs on a cache: what sign-in must remember is rows of the case database
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

FILE_UPLOAD_HANDLERS = ["antigone.web.uploads.Taking"]

# Behind HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"  # the language switch needs it to come back
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"
NOT_ON_THIS_COMPUTER = {
    "security.W004": "HSTS is a promise of HTTPS; 127.0.0.1 is reached without a network.",
    "security.W008": "There is no HTTPS address to send a request on to.",
    "security.W012": "A browser would send a secure cookie to no plain address; it never leaves.",
    "security.W016": "As above, for the cookie of forms.",
}
SILENCED_SYSTEM_CHECKS = [] if HTTPS else sorted(NOT_ON_THIS_COMPUTER)

USE_TZ = True
TIME_ZONE = "UTC"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("uk", "Українська")]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LOCALE_PATHS = [_WEB / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = _WEB / "static"  # served as it lies there: no build step
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in _HOSTS] if HTTPS else []
CSRF_FAILURE_VIEW = "antigone.web.errors.forbidden"

SMALL_NUMBERS_BELOW = int(os.environ.get("ANTIGONE_SMALL_NUMBERS_BELOW", "0")) or None
_PICTURES = os.environ.get("ANTIGONE_PICTURES_A_WEEK", "").strip()
ANTIGONE_PICTURES_A_WEEK = int(_PICTURES) if _PICTURES else None
"""Pictures of the dead from which somebody is asked to rotate; None: nobody has stated it."""
ANTIGONE_HELP = os.environ.get("ANTIGONE_HELP", "").strip()
"""Whom staff can talk to, in words."""
ANTIGONE_INSTALLATION = os.environ.get("ANTIGONE_INSTALLATION", "A")
ANTIGONE_DEVICE = _device(HOME)
