"""Replies that are told by their form alone: what is common to reading them."""

from collections.abc import Callable
from datetime import datetime

from groundswell.connectors.adapters.networks.failures import Changed, NotUsed
from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.meta import graph
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.terms.exchange import Reply

Take = Callable[[Reply, Fields, Page, datetime], None]


def reader(of: str, take: Take, *, without_post: str) -> Callable[[Reply, datetime], Page]:
    """Reads any reply of a network.

    Args:
        of: The network's name, for messages.
        take: Takes the rows of a reply that is no error.
        without_post: Why comments are not taken whose post nobody told.
    """

    def read(reply: Reply, now: datetime) -> Page:
        page = Page()
        with graph.documented(of):
            fields = graph.told(reply, page, of=of, now=now)
            take(reply, fields, page, now)
        _check_kept(page, fields, of=of, without_post=without_post)
        return page

    return read


def _check_kept(page: Page, fields: Fields, *, of: str, without_post: str) -> None:
    """Pass a page of a recorded reply that has something in it, or is of an empty list.

    Args:
        page: What was taken.
        fields: The reply.
        of: The network's name, for messages.
        without_post: Why comments were not taken whose post nobody told.

    Raises:
        NotUsed: When the reply is sound, with nothing that is kept here.
        Changed: When none of its entries can be read.
    """
    if page.lines:
        return
    if page.bad:
        first = page.bad[0]
        kind = NotUsed if first.reason == without_post else Changed
        raise kind(f"nothing of {of}'s reply can be kept: {first.where} {first.reason}")
    if fields.values.get("data") != []:
        names = ", ".join(sorted(fields.values)[:6])
        raise NotUsed(
            f"{of} sent a sound reply with nothing that is kept here (it has "
            f"{graph.storable(names)[:200] or 'no fields'}): ask for profiles, posts, comments or "
            "insights"
        )
