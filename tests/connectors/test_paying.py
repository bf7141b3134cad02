"""What costs money is asked once, for no more than somebody confirmed, whatever goes wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from groundswell.connectors.actions import asking, connecting, scheduling, syncing
from groundswell.connectors.adapters.networks import registry
from groundswell.connectors.adapters.networks.network import Ask, Authority, Quota, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.batches import Batch
from groundswell.connectors.choices import SyncState
from groundswell.connectors.models import Spending, Sync, Watch
from groundswell.egress.failures import TooSlow, Unreachable
from groundswell.terms.exchange import Fetch, Request, Spend
from groundswell.terms.networks import Network
from groundswell.terms.progress import silent
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace
from tests.connectors.pretended import Server, interface, outside, person, reply, walk

pytestmark = pytest.mark.django_db

CENTS = 50
MONEY = Quota("money", 10_000, timedelta(days=30), unit="US cents", is_money=True)


def costly(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """Each page costs half a dollar."""

    def paid(request: Request) -> Any:
        return fetch(replace(request, spends=(Spend("money", CENTS),)))

    yield from walk(paid, ask, cursor)


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch) -> None:
    changes: dict[str, Any] = {
        "authority": Authority.KEY,
        "walks": {Way.SEARCH: costly},
        "quotas": (MONEY,),
        "expected": lambda ask: (Spend("money", 2 * CENTS),),
    }
    monkeypatch.setitem(registry.INTERFACES, Network.BLUESKY, interface(**changes))


@pytest.fixture
def server() -> Server:
    """Two pages."""
    found = Server()
    found.page("0", person(1), next="1")
    found.page("1", person(2))
    return found


@dataclass
class Question:
    """A question for which a dollar was confirmed."""

    server: Server
    workspace: Workspace
    watch_id: Any

    def run(self, at: datetime) -> Sync:
        return syncing.sync(
            workspace=self.workspace,
            watch_id=self.watch_id,
            outside=outside(self.server, at),
            by="test",
            progress=silent,
        )

    @property
    def watch(self) -> Watch:
        with access.inside(self.workspace):
            return Watch.objects.select_related("connection").get(id=self.watch_id)

    @property
    def paid(self) -> int:
        with access.inside(self.workspace):
            return sum(Spending.objects.values_list("units", flat=True))

    def is_due(self, at: datetime) -> bool:
        return str(self.watch_id) in scheduling._due(self.workspace, at)


@pytest.fixture
def question(server: Server, workspace: Workspace, now: datetime) -> Question:
    hand: dict[str, Any] = {"workspace": workspace, "by": "test", "now": now}
    with access.inside(workspace):
        made = connecting.connect(network=Network.BLUESKY, tokens=Tokens("key"), **hand)
        asked: dict[str, Any] = {"way": Way.SEARCH, "text": "trail", "confirmed": 2 * CENTS}
        watch = asking.ask(connection_id=made.id, **asked, **hand)
    return Question(server, workspace, watch.id)


def code(told: Sync | Watch) -> str:
    return str((told.refusal or {})["code"])


def test_what_was_confirmed_is_spent_once(question: Question, now: datetime) -> None:
    assert question.run(now).state == SyncState.DONE
    again = question.run(now)

    assert (again.state, code(again)) == (SyncState.FAILED, "cost_not_confirmed")
    assert (question.paid, len(question.server.asked)) == (2 * CENTS, 2)


def test_a_new_key_asks_no_costly_question_that_failed(question: Question, now: datetime) -> None:
    question.server.answers["search?trail&0"] = reply(401)
    question.run(now)
    with access.inside(question.workspace):
        connecting.connect(
            workspace=question.workspace,
            network=Network.BLUESKY,
            tokens=Tokens("new key"),
            by="test",
            now=now,
        )

    assert not question.is_due(now + timedelta(days=1))
    assert question.paid == 0


def test_a_question_that_waits_for_weeks_goes_on_where_it_stopped(
    question: Question, now: datetime
) -> None:
    question.server.answers["search?trail&1"] = reply(429, retry_after=str(20 * 86_400))
    question.run(now)
    question.server.asked.clear()
    question.server.page("1", person(2))
    later = now + timedelta(days=21)

    assert question.is_due(later)
    assert question.run(later).state == SyncState.DONE
    assert [request.params["at"] for request in question.server.asked] == ["1"]
    assert question.paid == 2 * CENTS


@pytest.mark.parametrize("failure", [reply(503), Unreachable("nobody listens")])
def test_a_request_that_was_not_answered_costs_nothing(
    question: Question, now: datetime, failure: Any
) -> None:
    question.server.answers["search?trail&1"] = failure
    for hours in range(5):
        assert question.run(now + timedelta(hours=hours)).state == SyncState.WAITING
    assert question.paid == CENTS
    question.server.page("1", person(2))

    done = question.run(now + timedelta(days=1))

    assert (done.state, done.spent) == (SyncState.DONE, {"money": 2 * CENTS})
    assert question.paid == 2 * CENTS


def test_a_request_whose_answer_got_lost_is_neither_free_nor_sent_again(
    question: Question, now: datetime
) -> None:
    question.server.answers["search?trail&1"] = TooSlow("no answer in time")
    question.run(now)

    assert not question.server.asked[-1].is_repeatable
    assert question.paid == 2 * CENTS
    assert code(question.run(now + timedelta(hours=1))) == "cost_not_confirmed"
    assert len(question.server.asked) == 2


def test_a_crash_behind_a_costly_page_pays_nothing_more(
    question: Question, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(batch: Batch, folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Batch, "stage", full)
    with pytest.raises(OSError, match="No space"):
        question.run(now)

    watch = question.watch
    assert (code(watch), watch.stale_since) == ("sync_broke_off", now)
    assert not question.is_due(now + timedelta(days=1))
    assert code(question.run(now)) == "cost_not_confirmed"
    assert question.paid == 2 * CENTS


def test_a_sync_that_was_killed_behind_a_costly_page_spends_what_is_left(
    question: Question, now: datetime
) -> None:
    def kill(request: Request) -> None:
        raise KeyboardInterrupt

    question.server.before = kill
    with pytest.raises(KeyboardInterrupt):
        question.run(now)
    question.server.before = lambda request: None

    went_on = question.run(now + timedelta(hours=1))

    assert (went_on.state, went_on.pages) == (SyncState.FAILED, 1)
    assert question.paid == 2 * CENTS
