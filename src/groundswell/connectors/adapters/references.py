"""Which account a row is about, from whatever names it."""

from dataclasses import dataclass

from groundswell.connectors.adapters.values import addresses
from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.terms.platforms import Platform, UnknownPlatform


@dataclass(frozen=True, slots=True)
class Reference:
    """An account as a file names it; at least one of the three is known."""

    platform: Platform
    platform_id: str | None = None
    handle: str | None = None
    display_name: str | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What the cells of a row say of an account."""

    platform: Platform | None = None
    account: str | None = None
    platform_id: str | None = None
    handle: str | None = None
    url: str | None = None
    display_name: str | None = None


def read_platform(cell: str) -> Platform | None:
    """The platform that a cell names; "YouTube - channel" and addresses will do.

    Raises:
        Unreadable: When no platform goes by that name.
    """
    text = cell.strip()
    if not text or text in {"-", "N/A"}:
        return None
    if addresses.looks_like_address(text):
        found = addresses.parsed(text).platform
        if found is None:
            raise Unreadable("is no platform's address")
        return found
    try:
        return Platform.parse(text)
    except UnknownPlatform:
        known = ", ".join(Platform)
        raise Unreadable(f"is no platform that is known: use one of {known}") from None


def settled(names: Names, default: Platform | None) -> Reference | None:
    """The account that the cells of a row name together; None when they name none.

    Raises:
        Unreadable: When nothing tells the platform.
    """
    platform, platform_id, handle = names.platform, None, None
    for text in (names.platform_id, names.handle, names.account, names.url):
        if not text:
            continue
        found = _told(text, is_address=text is names.url)
        if found.platform and platform and found.platform is not platform:
            continue  # a link to another platform, such as an Instagram page of a YouTuber
        platform = platform or found.platform
        platform_id = platform_id or found.platform_id
        handle = handle or found.handle
        if text is names.platform_id and not found.platform_id and not found.platform:
            platform_id, handle = text.removeprefix("@"), None
    if not (platform_id or handle or names.display_name):
        return None
    platform = platform or default
    if platform is None:
        raise Unreadable("nothing tells on which platform the account is")
    return Reference(platform, platform_id, handle, names.display_name)


def _told(text: str, *, is_address: bool) -> addresses.Address:
    """Platform, id and handle out of ``anna``, ``@anna``, ``instagram:anna``, an id, an address."""
    if is_address or addresses.looks_like_address(text):
        return addresses.parsed(text)
    if platform := addresses.platform_of_id(text):
        return addresses.Address(platform, platform_id=text)
    before, colon, name = text.partition(":")
    if colon and name.strip():
        try:
            platform = Platform.parse(before)
        except UnknownPlatform:
            return addresses.Address(None, handle=text.strip())
        name = name.strip().removeprefix("@")
        if addresses.platform_of_id(name):
            return addresses.Address(platform, platform_id=name)
        return addresses.Address(platform, handle=name)
    name = text.strip().removeprefix("@").strip()
    return addresses.Address(None, handle=name or None)
