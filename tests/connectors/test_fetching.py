"""Asking again what is worth it, and leaving alone what fails."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from groundswell.connectors.adapters.networks.failures import Throttled
from groundswell.connectors.fetching import Circuit, Resting, guarded, patient
from groundswell.egress.failures import AddressRefused, BrokenOff, TooSlow, Unreachable
from groundswell.terms.exchange import ExchangeFailed, Fetch, Reply, Request

_START = datetime(2026, 11, 1, 12, tzinfo=UTC)
_ASKED = Request("https://a.example/x")


class _World:
    """A server that answers by script, and a clock that sleeping moves."""

    def __init__(self, *script: Reply | ExchangeFailed) -> None:
        self.script = list(script)
        self.asked: list[Request] = []
        self.slept: list[float] = []
        self.now = _START

    def fetch(self, request: Request) -> Reply:
        self.asked.append(request)
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(answer, ExchangeFailed):
            raise answer
        return answer

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def clock(self) -> datetime:
        return self.now

    def patient(self, patience: float = 60.0) -> Fetch:
        rng = np.random.default_rng(7)
        return patient(self.fetch, sleep=self.sleep, clock=self.clock, rng=rng, patience=patience)


def _reply(status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, named, b"{}", _ASKED.url)


@pytest.mark.parametrize(
    "failure",
    [TooSlow("x"), BrokenOff("x"), Unreachable("x"), _reply(500), _reply(502), _reply(408)],
    ids=str,
)
def test_what_may_pass_is_asked_again_after_growing_pauses(failure: Reply | ExchangeFailed) -> None:
    world = _World(failure, failure, failure, _reply())
    assert world.patient()(_ASKED).status == 200
    first, second, third = world.slept
    assert 0.5 <= first <= 1
    assert 1 <= second <= 2
    assert 2 <= third <= 4


@pytest.mark.parametrize("status", [200, 304, 400, 401, 403, 404, 410])
def test_an_answer_that_would_be_the_same_is_not_asked_for_again(status: int) -> None:
    world = _World(_reply(status))
    assert world.patient()(_ASKED).status == status
    assert (len(world.asked), world.slept) == (1, [])


def test_a_refused_address_is_not_asked_again() -> None:
    world = _World(AddressRefused("x"))
    with pytest.raises(AddressRefused):
        world.patient()(_ASKED)
    assert (len(world.asked), world.slept) == (1, [])


@pytest.mark.parametrize(
    "headers",
    [
        {"retry_after": "20"},
        {"retry_after": "Sun, 01 Nov 2026 12:00:20 GMT"},
        {"x_ratelimit_reset": "2026-11-01T12:00:20Z"},
        {"ratelimit_reset": str(int(_START.timestamp()) + 20)},
        {"x_rate_limit_reset": "20"},
    ],
    ids=lambda headers: next(iter(headers.items())),
)
def test_who_says_when_to_come_back_is_asked_then(headers: dict[str, str]) -> None:
    world = _World(_reply(429, **headers), _reply())
    assert world.patient()(_ASKED).status == 200
    assert world.slept == [20.0]


def test_a_failing_server_is_not_waited_for_by_the_limit_that_it_tells_with_every_reply() -> None:
    world = _World(_reply(500, ratelimit_reset="55", ratelimit_remaining="2999"), _reply())
    world.patient()(_ASKED)
    assert sum(world.slept) <= 1


def test_when_patience_ends_the_reply_goes_up_as_it_is() -> None:
    world = _World(_reply(429, retry_after="61"))
    assert world.patient(60)(_ASKED).headers == {"retry-after": "61"}
    assert (len(world.asked), world.slept) == (1, [])


def test_when_patience_ends_the_failure_goes_up() -> None:
    world = _World(TooSlow("x"))
    with pytest.raises(TooSlow):
        world.patient(10)(_ASKED)
    assert sum(world.slept) <= 10
    assert len(world.asked) == len(world.slept) + 1 >= 4


def test_a_server_that_takes_no_more_is_not_asked_before_its_time() -> None:
    world = _World(_reply(x_ratelimit_remaining="0", x_ratelimit_reset="30"), _reply())
    fetch = world.patient()
    fetch(_ASKED)
    fetch(_ASKED)
    assert world.slept == [30.0]
    fetch(Request("https://b.example/"))
    assert world.slept == [30.0]


def test_a_wait_beyond_patience_is_told_without_asking() -> None:
    world = _World(_reply(x_ratelimit_remaining="0", x_ratelimit_reset="900"))
    fetch = world.patient()
    fetch(_ASKED)
    with pytest.raises(Throttled, match="takes no request for 900 seconds") as caught:
        fetch(_ASKED)
    assert (caught.value.after, len(world.asked), world.slept) == (900.0, 1, [])


@pytest.mark.parametrize(
    ("failure", "times"),
    [(TooSlow("x"), 1), (_reply(500), 1), (Unreachable("x"), 2), (_reply(503), 2)],
    ids=str,
)
def test_what_must_not_be_sent_twice_is_repeated_only_when_it_was_not_taken(
    failure: Reply | ExchangeFailed, times: int
) -> None:
    world = _World(failure, _reply())
    try:
        world.patient()(Request(_ASKED.url, method="POST", body=b"x", is_repeatable=False))
    except ExchangeFailed as error:
        assert error is failure  # noqa: PT017 - some of them are replies
    assert len(world.asked) == times


def _failed(fetch: Callable[[Request], Reply], times: int) -> None:
    for _ in range(times):
        with pytest.raises(TooSlow):
            fetch(_ASKED)


def test_a_server_that_failed_five_times_in_a_row_is_left_alone() -> None:
    world, circuits = _World(TooSlow("x")), dict[str, Circuit]()
    fetch = guarded(world.fetch, circuits, clock=world.clock)
    _failed(fetch, 5)
    with pytest.raises(
        Resting, match="failed 5 times in a row and is left alone for 300"
    ) as caught:
        fetch(_ASKED)
    assert (caught.value.after, len(world.asked)) == (300.0, 5)


def test_other_servers_are_asked_meanwhile() -> None:
    world, circuits = _World(TooSlow("x")), dict[str, Circuit]()
    fetch = guarded(world.fetch, circuits, clock=world.clock)
    _failed(fetch, 5)
    world.script = [_reply()]
    assert fetch(Request("https://b.example/")).status == 200


def test_after_the_rest_one_request_decides() -> None:
    world, circuits = _World(_reply(500)), dict[str, Circuit]()
    fetch = guarded(world.fetch, circuits, clock=world.clock)
    for _ in range(5):
        fetch(_ASKED)
    world.sleep(300)
    fetch(_ASKED)
    with pytest.raises(Resting):
        fetch(_ASKED)
    world.sleep(300)
    world.script = [_reply()]
    fetch(_ASKED)
    fetch(_ASKED)
    assert (len(world.asked), circuits) == (8, {})


def test_while_one_request_tries_the_others_wait() -> None:
    world = _World(_reply())
    circuits = {"a.example": Circuit(failures=5, rests_until=_START.isoformat())}

    def fetch(request: Request) -> Reply:
        with pytest.raises(Resting):
            door(request)
        return world.fetch(request)

    door = guarded(fetch, circuits, clock=world.clock)
    assert door(_ASKED).status == 200
    assert len(world.asked) == 1


def test_a_refusal_is_no_failure_and_a_circuit_survives_as_json() -> None:
    world, circuits = (
        _World(_reply(500), _reply(500), _reply(404), _reply(500)),
        dict[str, Circuit](),
    )
    fetch = guarded(world.fetch, circuits, clock=world.clock)
    for _ in range(4):
        fetch(_ASKED)
    assert json.loads(json.dumps(circuits)) == {"a.example": {"failures": 1, "rests_until": None}}


def test_an_address_that_is_none_reaches_the_door() -> None:
    world = _World(AddressRefused("x"))
    door = guarded(world.patient(), {}, clock=world.clock)
    with pytest.raises(AddressRefused):
        door(Request("http://[/"))


@pytest.mark.parametrize(
    ("failure", "said"),
    [(Unreachable("no such name"), "no such name"), (_reply(500), "'a.example' answered with")],
)
def test_who_is_left_alone_is_so_for_the_first_failure(
    failure: Reply | ExchangeFailed, said: str
) -> None:
    world = _World(failure)
    door = guarded(world.fetch, dict[str, Circuit](), clock=world.clock)
    rng = np.random.default_rng(7)
    fetch = patient(door, sleep=world.sleep, clock=world.clock, rng=rng)
    with pytest.raises(Resting, match=rf"^{said}.*; 'a.example' failed 5 times"):
        fetch(_ASKED)
