"""How X is read, with money for each post and each person."""

from datetime import timedelta

from groundswell.connectors.adapters.networks.network import (
    Authority,
    Interface,
    OAuth,
    Quota,
    Scope,
    Way,
    bearer,
)
from groundswell.connectors.adapters.networks.x import replies, walks
from groundswell.terms.networks import Network

SERVER = "https://api.x.com"

INTERFACE = Interface(
    Network.X,
    "X",
    Authority.KEY,
    {
        Way.SEARCH: walks.search,
        Way.HASHTAG: walks.search,
        Way.ACCOUNT: walks.account,
        Way.OWN: walks.own,
    },
    replies.read,
    server=SERVER,
    signed=bearer,
    expected=walks.expected,
    quotas=(Quota(walks.MONEY, 10_000, timedelta(days=30), unit="US cents", is_money=True),),
    oauth=OAuth(
        "https://x.com/i/oauth2/authorize",
        f"{SERVER}/2/oauth2/token",
        (
            Scope(
                "tweet.read",
                "Your posts with their public counts, and how often those of the last 30 days "
                "were seen. Nothing is posted or deleted.",
            ),
            Scope("users.read", "Your profile and its counts."),
            Scope("offline.access", "To read again without asking you each time."),
        ),
        revoke_url=f"{SERVER}/2/oauth2/revoke",
        is_basic=True,
    ),
    deletes_within=timedelta(days=1),  # posts that are deleted at X go within 24 hours
    help="docs/how-to/connect-x.md",
    words=walks.handle_in,
    tags=walks.tag_in,
)
