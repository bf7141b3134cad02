"""Networks: services that Groundswell reads itself, over their public interfaces."""

from enum import StrEnum
from typing import Self

from groundswell.terms.errors import Refusal


class Network(StrEnum):
    """A service that can be connected: a platform of creators, or a shop that sells to them."""

    BLUESKY = "bluesky"
    MASTODON = "mastodon"
    YOUTUBE = "youtube"
    INSTAGRAM = "instagram"
    TIKTOK = "tiktok"
    X = "x"
    PINTEREST = "pinterest"
    THREADS = "threads"
    BLOG = "blog"
    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The network of that name.

        Raises:
            UnknownNetwork: When none goes by it.
        """
        word = text.strip().lower()
        if word not in cls._value2member_map_:
            raise UnknownNetwork(text)
        return cls(word)


class UnknownNetwork(Refusal, ValueError):
    """A network that nothing here can read."""

    code = "unknown_network"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"no network called {text!r} can be connected; use one of {', '.join(Network)}, or "
            "import a file with `groundswell import`"
        )
