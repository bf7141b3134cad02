"""How Mastodon is read, by whom, and with which permissions."""

from groundswell.connectors.adapters.networks.mastodon import finding, visiting
from groundswell.connectors.adapters.networks.mastodon.replies import read
from groundswell.connectors.adapters.networks.mastodon.server import NAME
from groundswell.connectors.adapters.networks.network import (
    Ask,
    Authority,
    Interface,
    OAuth,
    Scope,
    Way,
    bearer,
)
from groundswell.terms.exchange import Spend
from groundswell.terms.networks import Network


def _expected(ask: Ask) -> tuple[Spend, ...]:
    """Nothing is counted: a server takes 300 requests in 5 minutes, and says when to wait."""
    del ask
    return ()


INTERFACE = Interface(
    Network.MASTODON,
    NAME,
    Authority.NONE,
    {
        Way.SEARCH: finding.by_words,
        Way.HASHTAG: finding.by_hashtag,
        Way.ACCOUNT: visiting.account,
    },
    read,
    server="https://mastodon.social",  # the largest; people write others as @name@server
    signed=bearer,
    expected=_expected,
    oauth=OAuth(
        "{server}/oauth/authorize",
        "{server}/oauth/token",
        (
            Scope("read:search", "search of profiles, which only members may use"),
            Scope("read:accounts", "public profiles, their followers where shown"),
            Scope("read:statuses", "public posts and the replies to them"),
        ),
        revoke_url="{server}/oauth/revoke",
        apps_url="{server}/api/v1/apps",
    ),
    help="docs/how-to/connect-mastodon.md",
    words=visiting.written,
    home=visiting.home,
)
