"""What each network gives and doesn't, and what it costs, before somebody connects it."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from groundswell.connectors.adapters.networks.network import Authority, Interface, Way
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.connectors.choices import LIVE
from groundswell.terms.networks import Network


@dataclass(frozen=True, slots=True)
class Facts:
    """What to know of a network.

    Attributes:
        had: What can be had.
        not_had: What can't.
        cost: What it costs.
    """

    had: str
    not_had: str
    cost: str


@dataclass(frozen=True, slots=True)
class Card:
    """A network that can be connected, as a page shows it."""

    network: Network
    name: str
    authority: Authority
    facts: Facts
    how_to: str  # page of the documentation
    ways: tuple[Way, ...]
    has_own: bool
    needs_server: bool


_FACTS = {
    Network.BLUESKY: Facts(
        "creators by what they write, profiles, posts, likes, reposts, quotes, answers, followers",
        "views and reach: the network counts none",
        "nothing, and no key",
    ),
    Network.MASTODON: Facts(
        "profiles, posts and answers of one server, and followers where they are shown",
        "views and reach; people who opted out of being found are left alone",
        "nothing; searching by words may want a login on that server",
    ),
    Network.YOUTUBE: Facts(
        "channels, videos, views, likes and comments; of a connected channel its audience too",
        "who subscribes; subscriber counts are rounded by YouTube",
        "nothing; 10,000 units a day, of which a search takes 100",
    ),
    Network.INSTAGRAM: Facts(
        "other professional accounts by name, hashtags, and everything of the connected account",
        "private and age-limited accounts; 30 different hashtags in 7 days at most",
        "nothing; an application that Meta has reviewed",
    ),
    Network.TIKTOK: Facts(
        "profile, videos and their counts of whoever connects",
        "other people's accounts: TikTok shows them to approved researchers only",
        "nothing; an application that TikTok has reviewed",
    ),
    Network.X: Facts(
        "accounts, their posts and counts, posts of the last seven days by words or hashtag",
        "older posts by words, who liked, ages and countries of audiences",
        "money for each post and account that is read: the sum is shown before it is spent",
    ),
    Network.PINTEREST: Facts(
        "pins, boards and their numbers of whoever connects",
        "other people's audiences",
        "nothing; an application that Pinterest has reviewed",
    ),
    Network.THREADS: Facts(
        "profile, posts and insights of whoever connects; public posts by words and topics",
        "followers of others one by one",
        "nothing; an application that Meta has reviewed",
    ),
    Network.BLOG: Facts(
        "posts of a blog by its feed (RSS, Atom or JSON Feed)",
        "readers: feeds count none",
        "nothing, and no key",
    ),
    Network.SHOPIFY: Facts(
        "orders, their amounts and discount codes, for measuring what a program sold",
        "names and addresses of customers: they are never kept",
        "nothing; a custom app of your shop",
    ),
    Network.WOOCOMMERCE: Facts(
        "orders, their amounts and coupons, for measuring what a program sold",
        "names and addresses of customers: they are never kept",
        "nothing; a key of your shop",
    ),
}
WAYS = {
    Way.SEARCH: "Words that creators write",
    Way.HASHTAG: "A hashtag",
    Way.ACCOUNT: "One account",
    Way.OWN: "The connected account itself",
    Way.ORDERS: "Orders and discount codes",
}
# What the field beside the choice expects.
EXAMPLES = {
    Way.SEARCH: "trail running",
    Way.HASHTAG: "trailrunning",
    Way.ACCOUNT: "anna.example.com",
}


def cards() -> list[Card]:
    """All networks that can be connected, those that need nothing first."""
    order = [Authority.NONE, Authority.KEY, Authority.OAUTH]
    return sorted(
        (card(interface) for interface in INTERFACES.values()),
        key=lambda each: order.index(each.authority),
    )


def card(interface: Interface) -> Card:
    """One network as a page shows it."""
    page = PurePosixPath(interface.help).stem
    return Card(
        network=interface.network,
        name=interface.name,
        authority=interface.authority,
        facts=_FACTS[interface.network],
        how_to=f"docs/how-to/{page}.md" if page else "",
        ways=tuple(interface.walks),
        has_own=interface.oauth is not None,
        needs_server=not interface.server,
    )


def way_label(way: str) -> str:
    """A kind of question in words; of accounts that are asked after on their own too."""
    if way == LIVE:
        return "What accounts that came before do, live"
    return WAYS[Way(way)] if way in set(Way) else "Accounts that came before"
