"""How Threads is read, over the Graph interface of Meta."""

from datetime import timedelta

from groundswell.connectors.adapters.networks.meta.servers import one_of
from groundswell.connectors.adapters.networks.network import (
    Authority,
    Interface,
    Longer,
    OAuth,
    Quota,
    Scope,
    Way,
    bearer,
)
from groundswell.connectors.adapters.networks.threads import forms, own, walks
from groundswell.terms.networks import Network

_SERVER = "https://graph.threads.net"

INTERFACE = Interface(
    network=Network.THREADS,
    name="Threads",
    authority=Authority.OAUTH,
    walks={
        Way.SEARCH: walks.search,
        Way.HASHTAG: walks.search,
        Way.ACCOUNT: walks.account,
        Way.OWN: own.own,
    },
    read=forms.read,
    server=_SERVER,
    signed=bearer,
    expected=walks.expected,
    quotas=(
        Quota(walks.SEARCHES, 2_200, timedelta(days=1), unit="searches"),
        Quota(walks.LOOKUPS, 1_000, timedelta(days=1), unit="profiles"),
    ),
    oauth=OAuth(
        authorize_url="https://threads.com/oauth/authorize",
        token_url=f"{_SERVER}/oauth/access_token",
        scopes=(
            Scope(
                "threads_basic",
                "Your profile and your posts, as everybody sees them.",
            ),
            Scope(
                "threads_manage_insights",
                "How often your posts were seen, liked, answered and passed on, how many follow "
                "you, and which ages, genders, countries and cities they have, in numbers, "
                "without names.",
            ),
            Scope(
                "threads_read_replies",
                "The replies under your posts. Names of those who wrote them are kept as codes "
                "that can't be read back. Nothing is written or hidden.",
                is_needed=False,
            ),
            Scope(
                "threads_profile_discovery",
                "Public profiles of others and their posts, looked up in your name.",
                is_needed=False,
            ),
            Scope(
                "threads_keyword_search",
                "Public posts that hold certain words, searched in your name.",
                is_needed=False,
            ),
        ),
        scope_mark=",",
        longer=Longer(
            f"{_SERVER}/access_token",
            "th_exchange_token",
            f"{_SERVER}/refresh_access_token",
            "th_refresh_token",
        ),
        tells_account=True,
    ),
    deletes_within=timedelta(days=1),
    help="docs/how-to/connect-threads.md",
    words=walks.handle_of,
    tags=str,  # topics may be several words
    address=one_of("graph.threads.net", "graph.threads.com"),
)
