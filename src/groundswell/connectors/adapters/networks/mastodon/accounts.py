"""Profiles: who an account is on every server, and its rows."""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from groundswell.connectors.adapters.networks import markup
from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.networks.mastodon.wishes import Wishes, wishes_of
from groundswell.connectors.adapters.networks.pages import Item
from groundswell.connectors.adapters.references import Reference
from groundswell.connectors.adapters.values.texts import MAX_NAME
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

_USELESS = (
    *("avatar_static", "avatar_description", "header", "header_static", "header_description"),
    *("last_status_at", "show_media", "show_media_replies", "show_featured", "feature_approval"),
    *("emojis", "roles", "role", "source", "mute_expires_at", "moved", "uri", "id", "pleroma"),
    *("attribution_domains", "email_subscriptions", "akkoma", "fqn", "enable_rss", "theme"),
)


_LOCAL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*(?::\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Seen:
    """An account as one server knows it.

    Attributes:
        id: ``user@domain`` in lower case: the same whichever server is asked, of whichever
            version; a name is not given out again after its account was deleted.
        handle: The same as its owner writes it.
        local_id: Its id on the server that was asked, and nowhere else.
        is_home: Whether that server is its own.
        wishes: What may be done with it.
        moved: The account that its owner uses instead, when they said so.
    """

    id: str
    handle: str
    local_id: str
    is_home: bool
    wishes: Wishes
    moved: str = ""

    @property
    def reference(self) -> Reference:
        """For rows about it."""
        return Reference(Platform.MASTODON, self.id, self.handle)


def seen(fields: Fields, domain: str = "") -> Seen:
    """Who an account is.

    Args:
        fields: As the server gave it.
        domain: Of the accounts that are at home on the server; told from their own address when
            empty.

    Raises:
        Odd: When it has no name.
    """
    acct = fields.needed("acct", fields.name("acct"))
    handle = full_handle(fields, acct, domain)
    moved = fields.object("moved")
    return Seen(
        handle.lower(),
        handle,
        local_id_of(fields),
        "@" not in acct,
        wishes_of(fields),
        full_handle(moved, moved.name("acct") or "", domain) if moved else "",
    )


def full_handle(fields: Fields, acct: str, domain: str = "") -> str:
    """``user@domain`` of an account that its server may call just ``user``.

    Raises:
        Odd: When nothing tells its domain.
    """
    acct = acct.strip().removeprefix("@")
    if "@" not in acct:
        domain = domain or host_of(fields.address("uri") or fields.address("url") or "")
        acct = f"{acct}@{domain}" if acct and domain else ""
    user, _, host = acct.partition("@")
    if not user or len(acct) > MAX_NAME or not is_domain(host):
        raise Odd(fields.where("acct"), fields.raw("acct"), "is no name of an account")
    return acct


def local_id_of(fields: Fields) -> str:
    """An id that only its server knows, fit to stand in the path of a request.

    Raises:
        Odd: When it is none.
    """
    found = str(fields.needed("id", fields.name("id")))
    if _LOCAL_ID.fullmatch(found) is None:
        raise Odd(fields.where("id"), found, "is no id")
    return found


def is_domain(text: str) -> bool:
    """Whether a text may stand behind the @ of an account."""
    return _DOMAIN.fullmatch(text) is not None


def host_of(url: str) -> str:
    """Host of an address, with its port where it has one; empty where it has none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return f"{host}:{port}" if host and port else host


def are_kin(one: str, other: str) -> bool:
    """Whether a host is another one, or lies below or above it."""
    if not one or not other:
        return False
    return f".{one}".endswith(f".{other}") or f".{other}".endswith(f".{one}")


def take(item: Item, fields: Fields, who: Seen, now: datetime) -> None:
    """Add the rows of a profile."""
    note, verified, links = fields.text("note"), None, None
    if who.wishes.is_described:
        verified, links = _links_of(fields)
    # Read in any case: what is wrong with a reply does not hang on anybody's wishes.
    name, avatar = fields.text("display_name"), fields.address("avatar")
    kinds = [kind for kind in ("bot", "group") if fields.flag(kind)]
    item.add(
        "accounts",
        platform=Platform.MASTODON,
        platform_id=who.id,
        handle=who.handle,
        display_name=name,
        bio=markup.read(note).text or None if note and who.wishes.is_described else None,
        url=fields.address("url"),
        avatar_url=avatar if who.wishes.is_described else None,
        links=links,
        categories=kinds or None,
        verified=verified,
        private=fields.flag("locked"),
        created_at=fields.moment("created_at"),
        observed_at=now,
    )
    item.add(
        "account_observations",
        platform=Platform.MASTODON,
        account=who.reference,
        observed_at=now,
        source=Source.API,
        followers=count(fields, "followers_count"),
        following=count(fields, "following_count"),
        posts=count(fields, "statuses_count"),
    )
    fields.know("username", "fields", *_USELESS)
    fields.rest()


def count(fields: Fields, name: str) -> int | None:
    """A count; servers that hide one send -1."""
    return None if fields.raw(name) in (-1, "-1") else fields.count(name)


def _links_of(fields: Fields) -> tuple[bool | None, list[str] | None]:
    """Whether a page of theirs links back, and where the profile points, such pages first."""
    if fields.raw("fields") is None:
        return None, None
    verified: list[str] = []
    others: list[str] = []
    for field in fields.objects("fields"):
        value = field.text("value") or ""
        found = [link.url for link in markup.read(value).links if "mention" not in link.classes]
        if not found and markup.is_address(value) and not set(value) & set(" <>\n"):
            found = [value]
        (verified if field.moment("verified_at") else others).extend(found)
        field.know("name")
        field.rest()
    return bool(verified), list(dict.fromkeys([*verified, *others])) or None
