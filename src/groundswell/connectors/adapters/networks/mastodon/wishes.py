"""What the owner of an account wants, and what we therefore leave alone.

Mastodon has a switch for each way of being found. Read strictly, they mean here:

* suspended or limited by the server, or in memory of someone: nothing is kept;
* ``noindex``: only the name and the counts are kept, and only when asked for by name;
* ``discoverable`` off: never found by words or hashtags; kept when asked for by name;
* ``indexable`` off: the words of the posts are not kept, for they would be searched here; what was
  counted of them is, when asked for by name;
* ``hide_collections``: no followers.

A switch that a server doesn't know was never set, and is no wish. Once one is turned off, what was
read before goes too.
"""

from dataclasses import dataclass

from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.pages import OptOut


@dataclass(frozen=True, slots=True)
class Wishes:
    """What may be done with an account.

    Attributes:
        closed: Why nothing of it is kept; empty where something may be.
        is_findable: Whether it may be found by words or hashtags.
        is_described: Whether its own description is kept.
        is_readable: Whether the words of its posts are kept.
        shows_followers: Whether its followers may be read.
    """

    closed: str
    is_findable: bool
    is_described: bool
    is_readable: bool
    shows_followers: bool

    @property
    def opt_outs(self) -> frozenset[OptOut]:
        """What of the account is not to be kept, nor what was kept of it before."""
        wanted = {
            OptOut.BEING_FOUND: self.is_findable,
            OptOut.DESCRIPTION: self.is_described,
            OptOut.WORDS: self.is_readable,
        }
        return frozenset(each for each, is_wanted in wanted.items() if not is_wanted)


def wishes_of(fields: Fields) -> Wishes:
    """What an account's fields say."""
    closed = [why for name, why in _CLOSED.items() if fields.flag(name)]
    noindex = fields.flag("noindex") is True
    # Also read where something else decides already, so that a bad value is never passed over.
    discoverable = fields.flag("discoverable") is not False
    indexable = fields.flag("indexable") is not False
    hides = fields.flag("hide_collections") is True
    return Wishes(
        closed[0] if closed else "",
        is_findable=discoverable and not noindex and not closed,
        is_described=not noindex,
        is_readable=indexable and not noindex,
        shows_followers=not hides,
    )


_CLOSED = {
    "suspended": "was suspended by its server",
    "memorial": "is kept in memory of someone",
    "limited": "was limited by its server",
}
