"""What a single reply says, told by its kind."""

from collections.abc import Callable
from datetime import datetime

from groundswell.connectors.adapters.networks.failures import Changed, NotUsed
from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.youtube.channels import take_channels
from groundswell.connectors.adapters.networks.youtube.comments import take_comments, take_threads
from groundswell.connectors.adapters.networks.youtube.listings import take_entries, take_results
from groundswell.connectors.adapters.networks.youtube.refusals import NAME, answered, expecting
from groundswell.connectors.adapters.networks.youtube.videos import take_videos
from groundswell.terms.exchange import Reply

_Take = Callable[[Page, list[Fields], datetime], object]
_TAKES: dict[str, _Take] = {
    "channel": lambda page, found, now: take_channels(page, found, now=now),
    "video": lambda page, found, now: take_videos(page, found, now=now),
    "commentThread": lambda page, found, _: take_threads(page, found),
    "comment": lambda page, found, _: take_comments(page, found),
    "search": lambda page, found, _: take_results(page, found),
    "playlistItem": lambda page, found, _: take_entries(page, found),
}
_OF = "youtube#"
_LIST = "ListResponse"


def read(reply: Reply, now: datetime) -> Page:
    """The rows of one reply of the Data API.

    Raises:
        NotUsed: When it holds nothing that is kept here.
        ExchangeFailed: When it says no, or can't be read.
    """
    page = Page()
    found = answered(reply, page, now=now)
    with expecting():
        kind = found.name("kind") or ""
        if not kind.startswith(("youtube#", "youtubeAnalytics#")):
            raise Changed(f"{NAME} sent a reply that doesn't say of which kind it is")
        thing = kind.removeprefix(_OF)
        take = _TAKES.get(thing.removesuffix(_LIST))
        if take is None:
            raise NotUsed(f"nothing is kept of replies of {NAME} of the kind {kind}")
        take(page, found.objects("items") if thing.endswith(_LIST) else [found], now)
    if page.bad and not page.lines:
        first = page.bad[0]
        raise NotUsed(
            f"nothing could be taken of a reply of {NAME} of the kind {kind}: "
            f"{first.where} {first.reason}"
        )
    return page
