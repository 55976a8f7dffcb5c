# SPDX-License-Identifier: Apache-2.0
"""Django's settings: everything that depends on this installation comes from the environment.

``ANTIGONE_HOME``          folder of this installation's database and secret key; without it the
                           user's own data folder (``~/.local/share/antigone`` on Linux)
``ANTIGONE_DATABASE_URL``  ``postgresql://user:password@host:port/name``; without it SQLite in
                           the folder above (a socket: ``postgresql:///name?host=/run/postgresql``)
``ANTIGONE_PASSPHRASE_FILE``  file that holds the passphrase of an encrypted installation; without
                           it the passphrase is asked for at the terminal
``ANTIGONE_INSTALLATION``  letters that stand in every code issued here; ``A`` without it
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
        "ENGINE": "django.db.backends.postgresql",
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
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

_URL = os.environ.get("ANTIGONE_DATABASE_URL", "")
DATABASES = {"default": _postgresql(_URL) if _URL else _sqlite(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "antigone.records",
    "antigone.web",
]
MIDDLEWARE = [
    "antigone.web.security.security_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "antigone.web.errors.Refusals",
]
ROOT_URLCONF = "antigone.site.urls"
WSGI_APPLICATION = "antigone.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
AUTH_USER_MODEL = "records.User"

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
CSRF_FAILURE_VIEW = "antigone.web.errors.forbidden"

ANTIGONE_INSTALLATION = os.environ.get("ANTIGONE_INSTALLATION", "A")
ANTIGONE_DEVICE = _device(HOME)
