"""A visit to the connected account: what may be asked there, and what was not shown."""

from dataclasses import dataclass, field

from groundswell.connectors.adapters.networks.failures import Misasked, NotFound, NotPermitted
from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.meta.graph import Graph
from groundswell.connectors.adapters.networks.network import Ask
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.references import Reference


@dataclass(slots=True)
class Visit:
    """One step of the walk over one's own account, with what it needs to know.

    Attributes:
        asked: The server.
        ask: The question.
        page: What the step finds.
        account: Whose account it is.
        me: Its id on the server.
        missing: What the server did not show, so that it is told once.
        members: People of the audience that this page names.
    """

    asked: Graph
    ask: Ask
    page: Page
    account: Reference
    me: str = "me"
    missing: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)

    def may(self, scopes: frozenset[str], what: str) -> bool:
        """Whether the permission covers something; told once when it doesn't."""
        if not self.ask.granted or scopes & self.ask.granted:
            return True
        self.lack(what, "the permission for it was not given")
        return False

    def lack(self, what: str, reason: str) -> None:
        """Note, once in the walk, what was not shown and why."""
        if what not in self.missing:
            self.missing.add(what)
            self.page.notes.append(f"{self.asked.of} did not show {what}: {reason}")

    def tried(self, what: str, path: str, **params: str) -> Fields | None:
        """An answer that may be refused without harm to the rest."""
        try:
            return self.asked.get(path, self.page, **params)
        except (Misasked, NotPermitted, NotFound) as error:
            self.lack(what, str(error))
            return None

    def met(self, entry: Fields, author: str | None) -> None:
        """Count whoever wrote a comment to the audience, as long as more of it was asked for."""
        if author is None or author == self.account.handle or author in self.members:
            return
        if len(self.members) >= self.ask.members:
            return
        self.members.add(author)
        with self.page.item(entry.path) as item:
            item.add(
                "memberships",
                platform=self.account.platform,
                account=self.account,
                member=author,
                kind="commented",
                at=entry.moment("timestamp"),
            )
