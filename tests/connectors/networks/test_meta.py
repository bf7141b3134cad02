import json
from datetime import UTC, datetime
from typing import Any

import pytest

from groundswell.connectors.adapters.networks import failures
from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.networks.meta import captions, graph, usage
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.terms.exchange import ExchangeFailed, Reply

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _reply(status: int, body: Any, **headers: str) -> Reply:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, named, text, "https://graph.facebook.com/v25.0/1")


def _failure(reply: Reply) -> ExchangeFailed:
    with pytest.raises(ExchangeFailed) as caught:
        graph.told(reply, Page(), of="Instagram", now=NOW)
    return caught.value


def _error(code: Any, status: int = 400, **more: Any) -> Reply:
    return _reply(status, {"error": {"message": "no", "code": code, **more}})


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (_error(190), failures.LoginExpired),
        (_error(190, error_subcode=463), failures.LoginExpired),
        (_error("190", error_subcode="467"), failures.LoginExpired),
        (_error(102), failures.LoginExpired),
        (_error(10), failures.NotPermitted),
        (_error(200), failures.NotPermitted),
        (_error(299), failures.NotPermitted),
        (_error(100, message="Missing permission"), failures.NotPermitted),
        (_error(4), failures.Throttled),
        (_error(17), failures.Throttled),
        (_error(32), failures.Throttled),
        (_error(613), failures.Throttled),
        (_error(80_002), failures.Throttled),
        (_error(368), failures.Throttled),
        (_error(12_345, status=429), failures.Throttled),
        (_error(110, error_subcode=2_207_013), failures.NotFound),
        (_error(100, error_subcode=33), failures.NotFound),
        (_error(24, error_subcode=2_207_024), failures.NotFound),
        (_error(18, error_subcode=2_207_034), failures.QuotaSpent),
        (_error(24, message="Max unique hashtags limit reached"), failures.QuotaSpent),
        (_error(24, message="The hashtag does not exist"), failures.NotFound),
        (_error(1), failures.Unavailable),
        (_error(2, status=500), failures.Unavailable),
        (_error(-1), failures.Unavailable),
        (_error(9_999, is_transient=True), failures.Unavailable),
        (_error(100, message="Invalid parameter"), failures.Misasked),
        (_error(None), failures.Misasked),
        (_error(190, status=200), failures.LoginExpired),
        (_reply(502, b"<html>Bad gateway</html>"), failures.Unavailable),
        (_reply(200, b"<html>Sorry</html>"), failures.Unavailable),
        (_reply(200, b'{"data": ['), failures.Unavailable),
        (_reply(401, {}), failures.LoginExpired),
        (_reply(200, []), failures.Changed),
        (_reply(200, b"[" * 100_000), failures.Changed),
    ],
)
def test_a_failure_has_the_kind_that_its_code_tells(
    reply: Reply, kind: type[ExchangeFailed]
) -> None:
    assert type(_failure(reply)) is kind


def test_a_failure_says_the_networks_own_words_and_both_codes() -> None:
    failure = _failure(_error(190, error_subcode=463, error_user_msg="Log in\0 again"))

    assert str(failure) == (
        "Instagram does not take the login any more (Log in again; code 190.463): connect it again"
    )


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({}, 600.0),
        ({"retry_after": "30"}, 30.0),
        (
            {
                "x_business_use_case_usage": json.dumps(
                    {"178": [{"type": "instagram", "estimated_time_to_regain_access": 19}]}
                )
            },
            19 * 60.0,
        ),
    ],
)
def test_a_throttled_sync_waits_as_long_as_the_network_says(
    headers: dict[str, str], after: float
) -> None:
    reply = _reply(400, {"error": {"message": "slow", "code": 4}}, **headers)

    assert _failure(reply).after == after


@pytest.mark.parametrize(
    ("header", "used"),
    [
        ('{"call_count": 28, "total_time": 25, "total_cputime": 91}', (91.0, 0.0)),
        ('{"1": [{"call_count": 100, "estimated_time_to_regain_access": 5}]}', (100.0, 300.0)),
        ("", (0.0, 0.0)),
        ("no json", (0.0, 0.0)),
        ("[1]", (0.0, 0.0)),
        ('{"call_count": "many", "1": [2, {"call_count": true}]}', (0.0, 0.0)),
    ],
)
def test_how_much_is_used_is_the_largest_share_that_is_told(
    header: str, used: tuple[float, float]
) -> None:
    assert usage.usage_of(_reply(200, {}, x_app_usage=header)) == used


def _cursor(paging: Any, *, is_nested: bool = False) -> str | None:
    return graph.cursor_after(Fields({"paging": paging}, Page()), is_nested=is_nested)


def test_a_cursor_without_a_next_page_is_the_end_of_a_list() -> None:
    assert _cursor({"cursors": {"after": "abc"}, "next": "https://x.example/?after=abc"}) == "abc"
    assert _cursor({"cursors": {"after": "abc"}}) is None
    assert _cursor({"cursors": {"after": "abc"}}, is_nested=True) == "abc"
    assert _cursor({"next": "https://x.example/?access_token=T&after=only"}) == "only"
    assert _cursor(None) is None


@pytest.mark.parametrize("after", [1, [], "a b", "a)", "é", "x" * 2_001])
def test_what_is_no_cursor_is_not_sent_back(after: Any) -> None:
    with pytest.raises(Odd):
        _cursor({"cursors": {"after": after}}, is_nested=True)


def test_hashtags_mentions_and_addresses_are_found_in_words() -> None:
    text = "#Trail #Läufer #2026 #a1,#b @Anna.Runs. mail@x.example #Trail see https://x.example/a)."

    assert captions.hashtags(text) == ["Trail", "Läufer", "a1", "b"]
    assert captions.mentions(text) == ["anna.runs"]
    assert captions.links(text) == ["https://x.example/a"]
    assert captions.hashtags(None) is None
    assert captions.mentions("nobody") is None
