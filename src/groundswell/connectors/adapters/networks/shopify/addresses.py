"""Addresses of Shopify's shops, and of their pages."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from groundswell.terms.errors import Refusal

_SHOP = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_DOMAIN = ".myshopify.com"
_NEXT = re.compile(r'<([^<>]{1,4000})>\s*;\s*rel="?next"?', re.ASCII)
_INFO = re.compile(r"[A-Za-z0-9_.=-]{1,2000}", re.ASCII)


class NoShop(Refusal, ValueError):
    """An address at which no shop of Shopify is."""

    code = "no_shopify_shop"


def shop_address(text: str) -> str:
    """A shop's own address, ``https://SHOP.myshopify.com``, from what people write.

    A number as address (``http://127.0.0.1:8080``) is passed on when it is not public: whoever
    opens connections refuses it, unless the operator allows that network.

    Raises:
        NoShop: When it is another address. A token sent there would be given away.
    """
    written = text.strip().lower()
    try:
        parts = urlsplit(written if "//" in written else f"https://{written}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if _is_internal(host):
        mark = f":{port}" if port else ""
        return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{mark}"
    shop = host.removesuffix(_DOMAIN)
    if not _SHOP.fullmatch(shop) or port not in {None, 443} or parts.username is not None:
        raise NoShop(
            f"no shop of Shopify is at {text[:200]!r}: give its own address, such as "
            "example.myshopify.com; Settings, Domains in its admin shows it"
        )
    return f"https://{shop}{_DOMAIN}"


def next_page(headers: Mapping[str, str]) -> str | None:
    """The mark of the page after this one, from the Link header; None at the end."""
    found = _NEXT.search(headers.get("link", "")[:10_000])
    if found is None:
        return None
    try:
        marks = parse_qs(urlsplit(found[1]).query).get("page_info", [])
    except ValueError:
        return None
    return marks[0] if marks and _INFO.fullmatch(marks[0]) else None


def _is_internal(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
