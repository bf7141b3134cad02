"""A network in memory, whose pages say what the test wants, and that fails when it wants."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from groundswell.connectors.actions.wires import Outside
from groundswell.connectors.adapters.networks import failures
from groundswell.connectors.adapters.networks.fields import root
from groundswell.connectors.adapters.networks.network import (
    Ask,
    Authority,
    Interface,
    Quota,
    Way,
    bearer,
)
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.references import Reference
from groundswell.terms.exchange import ExchangeFailed, Fetch, Reply, Request, Spend
from groundswell.terms.networks import Network
from groundswell.terms.platforms import Platform

SERVER = "https://pretended.example"
NAME = "Pretended"


def walk(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """Pages of people with their posts; ``next`` of each is the cursor behind it."""
    place = (cursor or {}).get("next", "0")
    while place:
        request = Request(
            f"{ask.server}/{ask.way}",
            params={"q": ask.text, "at": str(place)},
            spends=(Spend("requests"),),
        )
        reply = fetch(request)
        failures.check(reply, of=NAME, now=ask.now)
        page = Page()
        said = root(reply, page, of=NAME)
        for person in said.objects("people"):
            with page.item("people") as item:
                who = Reference(Platform.BLUESKY, platform_id=person.name("id"))
                item.add(
                    "accounts",
                    platform=Platform.BLUESKY,
                    platform_id=person.name("id"),
                    handle=person.name("handle"),
                    display_name=person.text("name"),
                    observed_at=ask.now,
                )
                item.add(
                    "account_observations",
                    platform=Platform.BLUESKY,
                    account=who,
                    observed_at=ask.now,
                    followers=person.count("followers"),
                )
                for post in person.objects("posts"):
                    item.add(
                        "posts",
                        platform=Platform.BLUESKY,
                        post_id=post.name("id"),
                        account=who,
                        published_at=post.moment("at"),
                        text=post.text("text"),
                    )
                    if (likes := post.count("likes")) is not None:
                        item.add(
                            "post_observations",
                            platform=Platform.BLUESKY,
                            post_id=post.name("id"),
                            account=who,
                            observed_at=ask.now,
                            likes=likes,
                        )
                for fan in person.texts("fans") or []:
                    item.add(
                        "memberships",
                        platform=Platform.BLUESKY,
                        account=who,
                        member=fan,
                        kind="follows",
                    )
        page.gone = [("accounts", one) for one in said.texts("gone") or []]
        page.gone += [("posts", one) for one in said.texts("gone_posts") or []]
        place = said.name("next")
        said.rest()
        page.cursor = {"next": place} if place else None
        yield page


def interface(**changes: Any) -> Interface:
    """What the network can be asked."""
    base = Interface(
        network=Network.BLUESKY,
        name=NAME,
        authority=Authority.NONE,
        walks={Way.SEARCH: walk, Way.ACCOUNT: walk, Way.OWN: walk},
        read=lambda reply, now: Page(),
        server=SERVER,
        signed=bearer,
        expected=lambda ask: (Spend("requests", ask.accounts),),
        quotas=(Quota("requests", 1000, timedelta(minutes=5)),),
    )
    return replace(base, **changes)


def person(number: int, **more: Any) -> dict[str, Any]:
    """Somebody with two posts."""
    name = f"p{number}"
    posts = [
        {"id": f"{name}-{each}", "at": f"2026-10-{each + 1:02}T12:00:00Z", "text": "on trails"}
        for each in range(2)
    ]
    return {
        "id": f"did:{name}",
        "handle": f"{name}.example",
        "name": name,
        "followers": 100,
        "posts": posts,
    } | more


@dataclass
class Server:
    """Answers by what is asked, and keeps what was asked."""

    answers: dict[str, Any] = field(default_factory=dict)  # by way, words and place
    asked: list[Request] = field(default_factory=list)
    before: Callable[[Request], object] = lambda request: None

    def page(
        self,
        place: str,
        *people: dict[str, Any],
        way: str = "search",
        q: str = "trail",
        **more: Any,
    ) -> None:
        self.answers[f"{way}?{q}&{place}"] = {"people": list(people)} | more

    def fetch(self, request: Request) -> Reply:
        self.asked.append(request)
        self.before(request)
        way = request.url.rpartition("/")[2]
        answer = self.answers.get(f"{way}?{request.params['q']}&{request.params['at']}")
        if isinstance(answer, ExchangeFailed):
            raise answer
        if isinstance(answer, Reply):
            return answer
        if answer is None:
            return reply(404)
        return reply(200, answer)


def reply(status: int, said: Any = None, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, named, json.dumps(said or {}).encode(), SERVER)


def outside(server: Server, now: datetime, **more: Any) -> Outside:
    """The world at one moment."""
    return Outside(fetch=server.fetch, clock=lambda: now, **more)
