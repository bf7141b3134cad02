"""What any single reply says, told by its form alone."""

from datetime import datetime
from typing import Any

from groundswell.connectors.adapters.networks.failures import Misasked, NotUsed
from groundswell.connectors.adapters.networks.fields import Fields, document, entries
from groundswell.connectors.adapters.networks.mastodon import accounts, statuses
from groundswell.connectors.adapters.networks.mastodon.accounts import Seen, host_of
from groundswell.connectors.adapters.networks.mastodon.server import NAME, check, within
from groundswell.connectors.adapters.networks.mastodon.statuses import Reading
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.terms.exchange import Reply

# Lists within an object, of accounts or posts.
_LISTS = ("accounts", "statuses", "ancestors", "descendants")
_CLOSED = "{} {}: nothing of it is kept."
_UNWILLING = "{} does not want to be found by words or hashtags, and was left out of a list."
_EMPTY = "The lists of the reply are empty."
_PRIVATE = "{} posts are not for everybody, or somebody else's, and were left out."


def read(reply: Reply, now: datetime) -> Page:
    """Accounts and posts of one reply.

    Raises:
        ExchangeFailed: When it says that something failed, or holds nothing that is kept here.
    """
    check(reply, now=now, host=host_of(reply.url) or NAME, has_login=True)
    found = document(reply, of=NAME)
    page = Page()
    reader = _Reader(page, now)
    if isinstance(found, list):
        for fields in entries(found, page, "reply"):
            reader.take(fields, is_listed=True)
    elif isinstance(found, dict):
        reader.take(Fields(found, page), is_listed=False)
    else:
        raise NotUsed(f"{NAME} sent a {type(found).__name__}, in which nothing is kept here")
    reader.finish(found)
    return page


class _Reader:
    """Takes the accounts and posts of one reply, each once."""

    def __init__(self, page: Page, now: datetime) -> None:
        self.page = page
        self.now = now
        self.taken: set[str] = set()
        self.notes: dict[str, None] = {}
        self.left_out = 0
        self.is_used = False

    def take(self, fields: Fields, *, is_listed: bool) -> None:
        """Take what an object is, or what is in it."""
        values = fields.values
        if "acct" in values:
            self._account(fields, is_listed=is_listed)
        elif "visibility" in values and "account" in values:
            self._status(fields)
        elif isinstance(values.get("account"), dict) and "sources" in values:  # a suggestion
            self._account(within_one(fields, "account"), is_listed=True)
        elif any(isinstance(values.get(name), list) for name in _LISTS):
            self.is_used = True
            for name in _LISTS:
                for each in within(fields, name) if values.get(name) is not None else ():
                    self.take(each, is_listed=True)

    def finish(self, found: Any) -> None:
        """Say what was left out.

        Raises:
            NotUsed: When nothing in the reply is of a kind that is kept.
            Misasked: When it says itself that it is an error.
        """
        self.page.notes += self.notes
        if self.left_out:
            self.page.notes.append(_PRIVATE.format(self.left_out))
        if self.is_used and not self.page.items:
            self.page.notes.append(_EMPTY)
        if not found or self.is_used or self.page.items:
            return
        if isinstance(found, dict) and isinstance(found.get("error"), str):
            raise Misasked(f"{NAME} refused a request ({found['error'][:200]!a})")
        raise NotUsed(f"{NAME} sent a reply that holds neither accounts nor posts")

    def _account(self, fields: Fields, *, is_listed: bool) -> None:
        with self.page.item(fields.path or "account") as item:
            who = accounts.seen(fields)
            if self._is_welcome(who, is_listed=is_listed) and who.id not in self.taken:
                accounts.take(item, fields, who, self.now)
                self.taken.add(who.id)

    def _status(self, fields: Fields) -> None:
        with self.page.item(fields.path or "status") as item:
            post = statuses.told(fields)
            account, who = statuses.author_of(fields)
            if post.is_repeated or not post.is_public:
                self.left_out += 1
                return
            if not self._is_welcome(who, is_listed=False) or post.id in self.taken:
                return
            if who.id not in self.taken:
                accounts.take(item, account, who, self.now)
            statuses.take(item, fields, post, who, Reading(self.now, counts_all=True))
            self.taken |= {who.id, post.id}

    def _is_welcome(self, who: Seen, *, is_listed: bool) -> bool:
        """Whether something of an account may be kept; says why when not."""
        if who.wishes.closed:
            self.notes[_CLOSED.format(who.handle, who.wishes.closed)] = None
            if ("accounts", who.id) not in self.page.gone:
                self.page.gone.append(("accounts", who.id))
            return False
        if is_listed and not who.wishes.is_findable:
            self.notes[_UNWILLING.format(who.handle)] = None
            return False
        return True


def within_one(fields: Fields, name: str) -> Fields:
    """An object that is known to be one."""
    return Fields(fields.raw(name), fields.page, fields.where(name))
