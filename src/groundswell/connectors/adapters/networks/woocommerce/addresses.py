"""Addresses of shops on WordPress."""

import ipaddress
from urllib.parse import urlsplit

from groundswell.terms.errors import Refusal


class NoSecureShop(Refusal, ValueError):
    """An address to which a shop's key can't be sent."""

    code = "no_secure_shop"


def shop_address(text: str) -> str:
    """A shop's address, ``https://shop.example``, from what people write.

    The key and its secret go along with each request, so that without TLS anybody on the way could
    read them. A number as address that is not public is passed on: whoever opens connections
    refuses it, unless the operator allows that network.

    Raises:
        NoSecureShop: When it is none, or has no TLS.
    """
    written = text.strip().rstrip("/")
    try:
        parts = urlsplit(written if "//" in written else f"https://{written}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    is_plain = not (parts.path or parts.query or parts.fragment or parts.username is not None)
    internal = _is_internal(host)
    if not host or not is_plain or not (parts.scheme == "https" or internal) or " " in host:
        raise NoSecureShop(
            f"the key of a shop can't be sent to {text[:200]!r}: give the address of its front "
            "page with https, such as https://shop.example"
        )
    mark = f":{port}" if port and port != 443 else ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{mark}"


def _is_internal(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
