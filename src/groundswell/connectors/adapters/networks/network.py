"""What a network can be asked, by whom, and what it takes: the shape that each folder fills in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from groundswell.connectors.adapters.networks.failures import Misasked
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.terms.errors import Refusal
from groundswell.terms.exchange import Fetch, Reply, Request, Spend
from groundswell.terms.networks import Network


class Way(StrEnum):
    """A kind of question."""

    SEARCH = "search"  # creators whose profile or posts speak of some words
    HASHTAG = "hashtag"  # posts under a hashtag, and who wrote them
    ACCOUNT = "account"  # one creator: profile, posts, comments, a sample of the audience
    OWN = "own"  # the account that was connected, with what only its owner may see
    ORDERS = "orders"  # orders and discount codes of a shop


class Authority(StrEnum):
    """What a network wants to see before it answers."""

    NONE = "none"
    KEY = "key"  # of an application, the same for all questions
    OAUTH = "oauth"  # somebody's permission, given on the network's own page


@dataclass(frozen=True, slots=True)
class Ask:
    """One question, and how deep to go.

    Attributes:
        way: Its kind.
        text: Words, hashtag or handle; empty for one's own account.
        server: Where the network has no single one: ``https://mastodon.example``; no slash at
            the end. The network's own otherwise.
        now: This moment.
        accounts: Creators to bring at most.
        posts: The newest posts of each to bring at most.
        comments: Comments under each post to bring at most.
        members: People of each audience to bring at most, per kind of membership.
        since: Posts published before it are known well enough; None to bring all that fit.
        own_id: The connected account's id on the network, where the network told it.
        granted: Scopes that were granted; a walk leaves out what they don't cover, and says so.
    """

    way: Way
    text: str
    server: str
    now: datetime
    accounts: int = 100
    posts: int = 30
    comments: int = 0
    members: int = 0
    since: datetime | None = None
    own_id: str | None = None
    granted: frozenset[str] = frozenset()


# Gives pages one after the other, each asked for when the one before was taken, from a cursor of an
# earlier page on. Raises ExchangeFailed where no whole page can be had; what was given stays.
Walk = Callable[[Fetch, Ask, Mapping[str, Any] | None], Iterator[Page]]


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission, in the network's name and in ours."""

    name: str
    meaning: str  # what is read with it, for whoever is asked to grant it
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Longer:
    """How a token of an hour becomes one of weeks, which is renewed instead of a refresh token.

    Attributes:
        url: Where the short token is exchanged, by GET.
        grant: Its ``grant_type``, such as ``ig_exchange_token``.
        renew_url: Where the long token is renewed; where it was made, when empty.
        renew_grant: The ``grant_type`` of that, such as ``ig_refresh_token``.
        called: Name of the parameter that holds the token.
    """

    url: str
    grant: str
    renew_url: str = ""
    renew_grant: str = ""
    called: str = "access_token"


@dataclass(frozen=True, slots=True)
class OAuth:
    """Where and how permission is asked for (RFC 6749, PKCE of RFC 7636).

    In addresses, ``{server}`` stands for the connection's own server.

    Attributes:
        authorize_url: Page on which the owner agrees.
        token_url: Where codes and refresh tokens become access tokens.
        scopes: What is asked for.
        revoke_url: Where tokens are given back; empty where the network has none.
        id_name: Parameter that names the application; TikTok says ``client_key``.
        scope_mark: What stands between scopes.
        more: Further parameters of the authorize page.
        is_basic: Whether the application's secret goes into an Authorization header, not the body.
        longer: How tokens are made to last, where the network has a way of its own.
        apps_url: Where an application registers itself, as each server of Mastodon lets it; empty
            where somebody registers it by hand.
        who_url: Where a login says whose it is, as ``id``; empty where the network means the
            connected account itself when it tells that somebody took a permission back.
        tells_account: Whether the id that comes with tokens is the account's on the network, and
            not one that only the application knows.
    """

    authorize_url: str
    token_url: str
    scopes: tuple[Scope, ...]
    revoke_url: str = ""
    id_name: str = "client_id"
    scope_mark: str = " "
    more: Mapping[str, str] = field(default_factory=dict)
    is_basic: bool = False
    longer: Longer | None = None
    apps_url: str = ""
    who_url: str = ""
    tells_account: bool = False


@dataclass(frozen=True, slots=True)
class Quota:
    """How much a network may be asked.

    Attributes:
        name: Its name, which requests spend from.
        units: How much there is in a window.
        window: How long it lasts.
        unit: What is counted, for people: "units", "hashtags", "USD cents".
        zone: Zone at whose midnight a daily window begins; empty for one that rolls.
        is_money: Whether units are US cents that the network charges for.
    """

    name: str
    units: int
    window: timedelta
    unit: str = "requests"
    zone: str = ""
    is_money: bool = False


def one_word(text: str) -> str:
    """A hashtag, as most networks have them.

    Raises:
        Misasked: When it is none.
    """
    if len(text.split()) != 1 or "#" in text:
        raise Misasked(f"no hashtag is written {text!r}: give one word, such as trailrunning")
    return text


def at_the_networks_own(words: str) -> str:
    """No home of a creator's own: there is one server for all."""
    del words
    return ""


@dataclass(frozen=True, slots=True)
class Interface:
    """A network's interface, as one folder here knows it.

    Attributes:
        network: Which.
        name: As people write it.
        authority: What it wants to see.
        walks: How each way is gone; a way that is absent can't be asked.
        read: What any single reply says, told by its form alone: for recorded replies.
        server: Its address; empty where each connection has its own.
        signed: Puts credentials into a request: ``signed(request, secret)``.
        expected: What a question takes from the quotas at most; shown before it is spent.
        quotas: What there is to spend.
        oauth: How permission is asked for, where it is.
        keeps: For how long data may be kept without being read again; None where nothing is said.
        deletes_within: How fast data must go after permission was withdrawn.
        help: Page of our docs that says how to get a key and what can be had.
        address: Makes the address of a server from what people write; refuses what is none of this
            network's, for credentials would be given away there.
        words: Checks and gives what is written for one creator, before anything is kept of it.
        tags: The same for a hashtag, which comes without its sign.
        home: Address of the server at which one creator is asked after, where each may have a
            server of their own; empty for the connection's. Takes what ``words`` gave.
        takes_ids: Whether an account is asked for by its id as well as by its name, which somebody
            else may have by then.
        every: How often ways are asked from which something is lost when they are asked as seldom
            as those of other networks.
    """

    network: Network
    name: str
    authority: Authority
    walks: Mapping[Way, Walk]
    read: Callable[[Reply, datetime], Page]
    server: str
    signed: Callable[[Request, str], Request]
    expected: Callable[[Ask], tuple[Spend, ...]]
    quotas: tuple[Quota, ...] = ()
    oauth: OAuth | None = None
    keeps: timedelta | None = None
    deletes_within: timedelta = timedelta(days=7)
    help: str = ""
    address: Callable[[str], str] = str
    words: Callable[[str], str] = str
    tags: Callable[[str], str] = one_word
    home: Callable[[str], str] = at_the_networks_own
    takes_ids: bool = False
    every: Mapping[Way, timedelta] = field(default_factory=dict)

    def walk(self, fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
        """The pages that answer a question.

        Raises:
            CannotAsk: When the network has no such way.
            ExchangeFailed: Where no further page can be had.
        """
        if ask.way not in self.walks:
            raise CannotAsk(self, ask.way)
        return self.walks[ask.way](fetch, ask, cursor)


class CannotAsk(Refusal, ValueError):
    """A question that a network does not answer."""

    code = "cannot_ask_network"

    def __init__(self, interface: Interface, way: Way) -> None:
        able = ", ".join(interface.walks)
        super().__init__(f"{interface.name} can't be asked by {way}; it can be by {able}")


def bearer(request: Request, secret: str) -> Request:
    """The request with a token in its Authorization header."""
    return request.with_headers(authorization=f"Bearer {secret}")


def unsigned(request: Request, secret: str) -> Request:
    """The request as it is: nobody wants to see anything."""
    del secret
    return request
