"""Addresses of blogs: as people write them, as they are asked, and as one knows a site again."""

import hashlib
from collections.abc import Mapping
from urllib.parse import parse_qs, urljoin, urlsplit, urlunsplit

from groundswell.connectors.adapters.networks.failures import Misasked
from groundswell.connectors.adapters.values.texts import MAX_ADDRESS, MAX_NAME
from groundswell.terms.exchange import Request

_MOST_PARAMETERS = 50
_PORTS = {"http": 80, "https": 443}


def written(text: str) -> str:
    """The address that somebody means, https where they don't say.

    Raises:
        Misasked: When it is none.
    """
    address = text.strip()
    is_word = not {".", ":"} & set(address.partition("/")[0])
    if "://" not in address:
        address = f"https://{address}"
    if "@" in address.partition("://")[2].partition("/")[0]:
        raise Misasked(
            "an address of a blog holds no user name and no password: write https://HOST/PATH"
        )
    if is_word or not is_page(address):
        raise Misasked(f"{text!r} is no address of a blog: write https://HOST/PATH")
    return address


def is_page(address: str) -> bool:
    """Whether an address is one of the web that may be asked."""
    try:
        parts = urlsplit(address)
        fine = parts.scheme.lower() in _PORTS and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    plain = address.isprintable() and not any(letter.isspace() for letter in address)
    is_short = len(address) <= MAX_ADDRESS and parts.query.count("&") < _MOST_PARAMETERS
    return fine and plain and is_short and parts.username is None


def joined(base: str, link: str) -> str | None:
    """The address to which a link on a page leads; None when it leads to none."""
    try:
        address = urljoin(base, link.strip())
    except ValueError:
        return None
    return address if is_page(address) else None


def asked(address: str, headers: Mapping[str, str]) -> Request:
    """The question for a page, without anybody's credentials."""
    parts = urlsplit(address)
    query = parse_qs(parts.query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    params = {
        name: values[0] if len(values) == 1 else tuple(values) for name, values in query.items()
    }
    plain = urlunsplit((parts.scheme, parts.netloc, parts.path or "/", "", ""))
    return Request(plain, params, headers=headers, is_public=True)


def origin(address: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(address)
    port = f":{parts.port}" if parts.port and parts.port != _PORTS[parts.scheme.lower()] else ""
    return f"{parts.scheme.lower()}://{parts.hostname}{port}"


def site_of(address: str) -> str:
    """A site's address in one form: no query, and no slash, file of an index or dot at the end."""
    path = urlsplit(address).path
    last = path.rpartition("/")[2]
    if last.startswith(("index.", "default.")):
        path = path.removesuffix(last)
    return f"{origin(address)}{path.rstrip('/')}"


def name_of(site: str) -> str:
    """A site's address as its owner says it: without scheme and www."""
    return site.partition("://")[2].removeprefix("www.")


def handle_of(site: str) -> str:
    """A site's address as ``written`` reads it back: without https."""
    return site.removeprefix("https://")


def are_neighbors(one: str, other: str) -> bool:
    """Whether two addresses are of one host; www is the same as none."""
    hosts = [(urlsplit(each).hostname or "").removeprefix("www.") for each in (one, other)]
    return hosts[0] == hosts[1] != ""


def post_id(mark: str, site: str) -> str:
    """What no other blog's post is called: a mark such as ``17`` is only its own blog's.

    An address is taken as it is where it is the blog's own, so that nobody names another's post.
    """
    known = mark if is_page(mark) and are_neighbors(mark, site) else f"{name_of(site)}#{mark}"
    if len(known) <= MAX_NAME and known.isprintable():
        return known
    digest = hashlib.sha256(known.encode(errors="replace")).hexdigest()
    return f"{name_of(site)[:150]}#sha256:{digest}"
