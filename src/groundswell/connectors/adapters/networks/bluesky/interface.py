"""What Bluesky can be asked."""

from datetime import timedelta

from groundswell.connectors.adapters.networks.bluesky import replies, walks
from groundswell.connectors.adapters.networks.bluesky.xrpc import NAME, REQUESTS, SERVER
from groundswell.connectors.adapters.networks.network import (
    Authority,
    Interface,
    Quota,
    Way,
    unsigned,
)
from groundswell.terms.networks import Network

INTERFACE = Interface(
    network=Network.BLUESKY,
    name=NAME,
    authority=Authority.NONE,
    walks={
        Way.SEARCH: walks.search,
        Way.HASHTAG: walks.hashtag,
        Way.ACCOUNT: walks.account,
    },
    read=replies.read,
    server=SERVER,
    signed=unsigned,
    expected=walks.expected,
    quotas=(Quota(REQUESTS, 3_000, timedelta(minutes=5)),),
    help="docs/how-to/connect-bluesky.md",
    words=walks.written,
    takes_ids=True,
)
