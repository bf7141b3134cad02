"""Creators found through one server: by a hashtag, by words, or by what the server lists.

A login is needed to search. Without one, the words are looked for as hashtags, and in the
profiles of the server's directory, whose owners want to be found.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from groundswell.connectors.adapters.networks import markup
from groundswell.connectors.adapters.networks.failures import (
    LoginExpired,
    Misasked,
    NotFound,
    NotPermitted,
)
from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.mastodon import accounts, statuses, visiting
from groundswell.connectors.adapters.networks.mastodon.server import (
    NAME,
    Listed,
    Server,
    may_search,
    within,
)
from groundswell.connectors.adapters.networks.mastodon.statuses import Reading
from groundswell.connectors.adapters.networks.network import Ask, one_word
from groundswell.connectors.adapters.networks.pages import Item, Page
from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.terms.exchange import ExchangeFailed, Fetch

At = Mapping[str, Any]

_MOST_POSTS = 40  # of a page, as the API says
_MOST_FOUND = 40
_MOST_LISTED = 80
_MOST_PAGES = 50  # of one hashtag
_PAGES_OF_A_WORD = 5
_PAGES_OF_THE_DIRECTORY = 5
_MOST_WORDS = 5
_LONG_WORD = 4
_WITHOUT_LOGIN = (
    "Without a login nobody may search {}: the words were looked for as hashtags and in the "
    "profiles that the server lists. Connect an account there to search."
)
_UNWILLING = "Accounts left out, whose owners don't want to be found so: {}."
_ELSEWHERE = "{}: {}. What {} knows of the account is kept."


def by_hashtag(fetch: Fetch, ask: Ask, cursor: At | None) -> Iterator[Page]:
    """Posts under a hashtag, and who wrote them."""
    tag = one_word(ask.text.strip().removeprefix("#"))
    server = Server(fetch, ask, ask.server)
    at: At | None = cursor or {"domain": _domain_of(server), "authors": {}, "pages": 0}
    while at is not None:
        page = _tagged(server, ask, at, tag)
        at = page.cursor
        yield page


def _domain_of(server: Server) -> str:
    """What stands behind the @ of a server's own accounts; its host when it doesn't say."""
    try:
        said = server.object("/api/v2/instance", Page()).name("domain")
    except (NotFound, NotPermitted, Misasked, Unreadable):
        return server.host
    domain = (said or "").lower()
    # A server may speak for the domain above its own, and for no other.
    return domain if domain and f".{server.host}".endswith(f".{domain}") else server.host


def _tagged(server: Server, ask: Ask, at: At, tag: str) -> Page:
    page = Page()
    found = _timeline(server, page, tag, at.get("max_id"))
    authors = dict(at["authors"])
    reading = Reading(ask.now, at["domain"])
    posts: set[str] = set()
    shown: set[str] = set()
    unwilling: set[str] = set()
    is_old = False
    for fields in found.entries("statuses"):
        with page.item(fields.path) as item:
            post = statuses.told(fields)
            is_old = is_old or bool(ask.since and post.published_at < ask.since)
            if is_old or post.id in posts or post.is_repeated or not post.is_public:
                continue
            account, who = statuses.author_of(fields, at["domain"])
            if not who.wishes.is_findable:
                unwilling.add(who.id)
                page.opt_outs[who.id] = who.wishes.opt_outs
                continue
            if who.id not in authors and len(authors) >= ask.accounts:
                continue
            if who.id not in shown:
                accounts.take(item, account, who, ask.now)
            if who.wishes.is_readable and authors.get(who.id, 0) < ask.posts:
                statuses.take(item, fields, post, who, reading)
                authors[who.id] = authors.get(who.id, 0) + 1
            authors.setdefault(who.id, 0)
            shown.add(who.id)
            posts.add(post.id)
    if unwilling:
        page.notes.append(_UNWILLING.format(len(unwilling)))
    pages = at["pages"] + 1
    is_full = len(authors) >= ask.accounts
    if found.next_id and not is_old and not is_full and pages < _MOST_PAGES:
        page.cursor = {**at, "authors": authors, "pages": pages, "max_id": found.next_id}
    return page


def _timeline(server: Server, page: Page, tag: str, max_id: str | None) -> Listed:
    query = {"limit": str(_MOST_POSTS)} | ({"max_id": max_id} if max_id else {})
    return server.list(f"/api/v1/timelines/tag/{quote(tag, safe='')}", page, **query)


def by_words(fetch: Fetch, ask: Ask, cursor: At | None) -> Iterator[Page]:
    """Accounts that words find, then the newest posts of each, from its own server."""
    server = Server(fetch, ask, ask.server)
    at: At | None = cursor or _beginning(server, ask)
    while at is not None:
        page = _visited(server, ask, at) if at.get("visits") else _sought(server, ask, at)
        at = page.cursor
        yield page


def _beginning(server: Server, ask: Ask) -> At:
    words = ask.text.split()
    if not words:
        raise Misasked(f"{NAME} was to be searched for nothing: give some words")
    at = {"domain": _domain_of(server), "found": [], "offset": 0, "pages": 0, "works": False}
    if may_search(ask):
        return {**at, "sources": [["search", ask.text.strip()]]}
    plain = [word.strip("#@,.;:!?\"'()").lower() for word in words[:_MOST_WORDS]]
    tags = ["".join(plain), *(word for word in plain if len(word) >= _LONG_WORD)]
    sources = [["tag", tag] for tag in dict.fromkeys(filter(None, tags))]
    return {**at, "sources": [*sources, ["directory", ask.text]]}


def _sought(server: Server, ask: Ask, at: At) -> Page:
    """One page of one source: the accounts that it finds."""
    kind, text = at["sources"][0]
    page = Page()
    if not at["pages"] and not at["works"] and not may_search(ask):
        page.notes.append(_WITHOUT_LOGIN.format(server.host))
    try:
        found, going_on = _SOURCES[kind](server, page, at, text)
    except (NotFound, NotPermitted, LoginExpired) as error:
        is_last = len(at["sources"]) == 1
        if server.has_login or (is_last and not at["works"]):
            raise
        page.notes.append(f"{error}.")
        return _next_source(page, ask, at)
    names = dict.fromkeys(at["found"])
    unwilling: set[str] = set()
    shown: set[str] = set()
    for fields in found:
        with page.item(fields.path) as item:
            _find(item, fields, (ask, at, names, unwilling, shown))
    if unwilling:
        page.notes.append(_UNWILLING.format(len(unwilling)))
    at = {**at, "found": list(names), "works": True, "pages": at["pages"] + 1}
    if going_on and len(names) < ask.accounts and at["pages"] < _MOST_PAGES_OF[kind]:
        page.cursor = {**at, **going_on}
        return page
    return _next_source(page, ask, at)


def _find(item: Item, fields: Fields, so_far: tuple[Any, ...]) -> None:
    """Take a profile that was found, or leave it alone."""
    ask, at, names, unwilling, shown = so_far
    if "visibility" in fields.values:
        account, who = statuses.author_of(fields, at["domain"])
    else:
        account, who = fields, accounts.seen(fields, at["domain"])
    if not who.wishes.is_findable:
        unwilling.add(who.id)
        item.page.opt_outs[who.id] = who.wishes.opt_outs
    elif who.id not in shown and (who.id in names or len(names) < ask.accounts):
        accounts.take(item, account, who, ask.now)
        shown.add(who.id)
        names.setdefault(who.id)


def _next_source(page: Page, ask: Ask, at: At) -> Page:
    left = at["sources"][1:]
    if left and len(at["found"]) < ask.accounts:
        page.cursor = {**at, "sources": left, "offset": 0, "pages": 0, "max_id": None}
    elif at["found"] and ask.posts:
        page.cursor = {"visits": at["found"], "visit": None}
    return page


Source = Callable[[Server, Page, At, str], tuple[Iterator[Fields], dict[str, Any]]]


def _searched(
    server: Server, page: Page, at: At, text: str
) -> tuple[Iterator[Fields], dict[str, Any]]:
    query = {"q": text, "type": "accounts", "limit": str(_MOST_FOUND), "offset": str(at["offset"])}
    said = server.object("/api/v2/search", page, **query)
    found = within(said, "accounts")
    going_on = {"offset": at["offset"] + _MOST_FOUND} if len(found) >= _MOST_FOUND else {}
    return iter(found), going_on


def _under_tag(
    server: Server, page: Page, at: At, text: str
) -> tuple[Iterator[Fields], dict[str, Any]]:
    found = _timeline(server, page, text, at.get("max_id"))
    going_on = {"max_id": found.next_id} if found.next_id else {}
    return found.entries("statuses"), going_on


def _in_directory(
    server: Server, page: Page, at: At, text: str
) -> tuple[Iterator[Fields], dict[str, Any]]:
    offset = at["offset"]
    query = {"limit": str(_MOST_LISTED), "offset": str(offset), "order": "active"}
    found = server.list("/api/v1/directory", page, **query)
    words = text.casefold().split()
    going_on = {"offset": offset + _MOST_LISTED} if len(found.values) >= _MOST_LISTED else {}
    return (each for each in found.entries("accounts") if _speaks_of(each, words)), going_on


_SOURCES: dict[str, Source] = {
    "search": _searched,
    "tag": _under_tag,
    "directory": _in_directory,
}
_MOST_PAGES_OF = {
    "search": _MOST_PAGES,
    "tag": _PAGES_OF_A_WORD,
    "directory": _PAGES_OF_THE_DIRECTORY,
}


def _speaks_of(fields: Fields, words: list[str]) -> bool:
    """Whether a profile holds all of some words."""
    texts = [fields.values.get(name) for name in ("display_name", "note", "acct")]
    said = markup.read(" ".join(text for text in texts if isinstance(text, str))).text.casefold()
    return all(word in said for word in words)


def _visited(server: Server, ask: Ask, at: At) -> Page:
    """One step of the visit to the account whose turn it is; what fails elsewhere is left out."""
    name, *left = at["visits"]
    user, _, domain = name.rpartition("@")
    inner: At = at["visit"] or {
        "step": "profile",
        "user": user,
        "domain": domain,
        "base": visiting.base_of(domain, ask),
    }
    try:
        page = visiting.stepped(server.fetch, ask, inner)
    except ExchangeFailed as error:
        # The search goes on when some other server is slow, closed or gone, not when ours is.
        if inner["base"] == ask.server and not isinstance(error, NotFound):
            raise
        page = Page(notes=[_ELSEWHERE.format(name, str(error).rstrip("."), server.host)])
    if page.cursor is not None:
        page.cursor = {**at, "visit": page.cursor}
    elif left:
        page.cursor = {"visits": left, "visit": None}
    return page
