"""How blogs are read: openly, by their addresses."""

from groundswell.connectors.adapters.networks.blog import addresses, replies, walk
from groundswell.connectors.adapters.networks.blog.feed import NAME
from groundswell.connectors.adapters.networks.network import (
    Ask,
    Authority,
    Interface,
    Way,
    unsigned,
)
from groundswell.terms.exchange import Spend
from groundswell.terms.networks import Network


def _expected(ask: Ask) -> tuple[Spend, ...]:
    """Nothing is counted: a blog is asked a handful of times."""
    del ask
    return ()


def _words(text: str) -> str:
    addresses.written(text)
    return text


INTERFACE = Interface(
    Network.BLOG,
    NAME,
    Authority.NONE,
    {Way.ACCOUNT: walk.account},
    replies.read,
    server="web:",  # each blog is its own, and the question says which
    signed=unsigned,
    expected=_expected,
    help="docs/how-to/connect-blogs.md",
    words=_words,
    takes_ids=True,
    home=addresses.written,
)
