"""How Instagram is read, over the Graph interface of Meta."""

from datetime import timedelta

from groundswell.connectors.adapters.networks.instagram import forms, own, walks
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
from groundswell.terms.networks import Network

_SERVER = "https://graph.facebook.com"
_TOKENS = f"{_SERVER}/{walks.VERSION}/oauth/access_token"

INTERFACE = Interface(
    network=Network.INSTAGRAM,
    name="Instagram",
    authority=Authority.OAUTH,
    walks={Way.HASHTAG: walks.hashtag, Way.ACCOUNT: walks.account, Way.OWN: own.own},
    read=forms.read,
    server=_SERVER,
    signed=bearer,
    expected=walks.expected,
    quotas=(
        Quota(walks.HASHTAGS, 30, timedelta(days=7), unit="different hashtags"),
        Quota(walks.CALLS, 200, timedelta(hours=1)),
    ),
    oauth=OAuth(
        authorize_url=f"https://www.facebook.com/{walks.VERSION}/dialog/oauth",
        token_url=_TOKENS,
        scopes=(
            Scope(
                "instagram_basic",
                "Your profile and your posts, with their likes and comments counted. Also: "
                "profiles and posts of other professional accounts, asked in your name.",
            ),
            Scope(
                "pages_show_list",
                "The list of your Facebook pages, only to find the Instagram account that is "
                "linked with one.",
            ),
            Scope(
                "pages_read_engagement",
                "Reading by way of that page, without which Instagram does not answer. Nothing of "
                "the page itself is kept.",
            ),
            Scope(
                "instagram_manage_insights",
                "How often your posts and stories were seen, by how many people, and which ages, "
                "genders, countries and cities your followers have, in numbers, without names. "
                "Also needed to look up other professional accounts.",
            ),
            Scope(
                "instagram_manage_comments",
                "The comments under your posts. Names of those who wrote them are kept as codes "
                "that can't be read back. Nothing is written, hidden or deleted.",
                is_needed=False,
            ),
            Scope(
                own.ADS_SCOPE,
                "Which creators allow you to show their posts as partnership ads. No ad is made.",
                is_needed=False,
            ),
        ),
        revoke_url="",
        scope_mark=",",
        longer=Longer(_TOKENS, "fb_exchange_token", called="fb_exchange_token"),
        who_url=f"{_SERVER}/{walks.VERSION}/me",
    ),
    deletes_within=timedelta(days=1),
    help="docs/how-to/connect-instagram.md",
    words=walks.handle_of,
    tags=walks.tag_of,
    address=one_of("graph.facebook.com", "graph.instagram.com"),
    every={Way.OWN: timedelta(hours=12)},  # stories are gone after a day
)
