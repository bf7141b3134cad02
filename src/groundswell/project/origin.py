"""Where people reach the console, and by which server mails leave."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from groundswell.terms.errors import Refusal

_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_LAST = "address"  # the file in the home that says where the console ran last
_SMTP_PORTS = {"smtp": 587, "smtps": 465}


class BadOrigin(Refusal):
    """GROUNDSWELL_ORIGIN is not where a browser could go."""

    code = "bad_origin"


class BadMailServer(Refusal):
    """GROUNDSWELL_SMTP_URL names no mail server."""

    code = "bad_mail_server"


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of the console as a browser writes them."""

    address: str | None

    @property
    def hosts(self) -> list[str]:
        """Names that requests may call us by."""
        if self.address is None:
            return list(_LOCAL)
        return [urlsplit(self.address).hostname or "", *_LOCAL]

    @property
    def trusted(self) -> list[str]:
        """Origins whose forms we take, beyond the one that served the page."""
        return [] if self.address is None else [self.address]

    @property
    def is_secure(self) -> bool:
        """Whether browsers come by TLS."""
        return self.address is not None and self.address.startswith("https://")


def parsed(address: str | None) -> Origin:
    """Read GROUNDSWELL_ORIGIN.

    Raises:
        BadOrigin: When it is not a scheme and a host alone.
    """
    if not address:
        return Origin(None)
    parts = urlsplit(address)
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    if parts.scheme not in ("http", "https") or not parts.hostname or not bare:
        raise BadOrigin(
            f"GROUNDSWELL_ORIGIN must look like https://groundswell.example.com, got {address!r}"
        )
    return Origin(f"{parts.scheme}://{parts.netloc}")


def remember(home: Path, address: str) -> None:
    """Keep where the console runs, for links that commands print."""
    (home / _LAST).write_text(f"{address}\n", "utf-8")


def for_links(origin: Origin, home: Path) -> str:
    """Where links lead that a command prints: the origin, else where the console ran last."""
    try:
        last = (home / _LAST).read_text("utf-8").strip()
    except OSError:
        last = ""
    return origin.address or last or "http://localhost:8000"


def mail(url: str | None) -> tuple[str, dict[str, Any]]:
    """Django's mail backend and settings; without a server, mails are written as files.

    Raises:
        BadMailServer: When the URL can't be read.
    """
    backends = "django.core.mail.backends"
    if not url:
        return f"{backends}.filebased.EmailBackend", {}
    parts = urlsplit(url)
    if parts.scheme not in _SMTP_PORTS or not parts.hostname:
        raise BadMailServer(
            "GROUNDSWELL_SMTP_URL must look like smtp://user:password@host:587, "
            f"got a {parts.scheme or 'text without a scheme'!r}"
        )
    return f"{backends}.smtp.EmailBackend", {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or _SMTP_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
    }
