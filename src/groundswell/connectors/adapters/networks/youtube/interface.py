"""What YouTube can be asked."""

from datetime import timedelta

from groundswell.connectors.adapters.networks.network import (
    Authority,
    Interface,
    OAuth,
    Quota,
    Scope,
    Way,
)
from groundswell.connectors.adapters.networks.youtube import replies, reports, walks
from groundswell.connectors.adapters.networks.youtube.asking import SERVER, UNITS, signed
from groundswell.connectors.adapters.networks.youtube.refusals import NAME, ZONE
from groundswell.terms.networks import Network

_TOKENS = "https://oauth2.googleapis.com/token"

INTERFACE = Interface(
    network=Network.YOUTUBE,
    name=NAME,
    authority=Authority.KEY,
    walks={
        Way.SEARCH: walks.search,
        Way.HASHTAG: walks.hashtag,
        Way.ACCOUNT: walks.account,
        Way.OWN: walks.own,
    },
    read=replies.read,
    server=SERVER,
    signed=signed,
    expected=walks.expected,
    quotas=(Quota(UNITS, 10_000, timedelta(days=1), unit="units", zone=ZONE),),
    oauth=OAuth(
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        token_url=_TOKENS,
        revoke_url="https://oauth2.googleapis.com/revoke",
        scopes=(
            Scope(
                "https://www.googleapis.com/auth/youtube.readonly",
                "Your channel, its videos and their comments, with what was counted. Nothing is "
                "published, changed or deleted.",
            ),
            Scope(
                reports.SCOPE,
                "Which ages, genders and countries watch your channel, in shares, without names, "
                "what it gained, and for how long each video was watched. No earnings.",
                is_needed=False,
            ),
        ),
        # Google gives a refresh token only when it is asked for, and for certain only with consent.
        more={"access_type": "offline", "prompt": "consent"},
    ),
    keeps=timedelta(days=30),
    deletes_within=timedelta(days=7),
    help="docs/how-to/connect-youtube.md",
    words=walks.written,
    takes_ids=True,
)
