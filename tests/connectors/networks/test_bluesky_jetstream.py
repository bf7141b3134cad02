"""Jetstream: where it is listened to, and what each message says."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from groundswell.connectors.adapters.networks.bluesky import jetstream
from groundswell.connectors.adapters.networks.bluesky.jetstream import TooManyAccounts
from groundswell.connectors.adapters.networks.pages import Page

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANNA, BEN = "did:plc:annaaaaaaaaaaaaaaaaaaaaa", "did:plc:benaaaaaaaaaaaaaaaaaaaaa"
FAN = "did:plc:fanaaaaaaaaaaaaaaaaaaaaaa"
STAMP = 1_795_348_800_000_000


def heard(did: str, kind: str, **body: Any) -> Page:
    message = {"did": did, "time_us": STAMP, "kind": kind} | body
    return jetstream.read(json.dumps(message).encode(), {ANNA, BEN}, now=NOW)


def committed(did: str, collection: str, record: Any = None, operation: str = "create") -> Page:
    commit = {"operation": operation, "collection": collection, "rkey": "3k1", "rev": "3k"}
    return heard(did, "commit", commit=commit | ({"record": record} if record else {}))


def post(text: str = "Up", **more: Any) -> dict[str, Any]:
    record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-11-22T11:59:00Z"}
    return record | more


def answer_to(did: str, root: str | None = None) -> dict[str, Any]:
    def at(whose: str) -> dict[str, str]:
        return {"uri": f"at://{whose}/app.bsky.feed.post/3k0", "cid": "bafy"}

    return {"parent": at(did), "root": at(root or did)}


def told(page: Page) -> list[tuple[str, Any]]:
    return [
        (line.table, line.values.get("account_platform_id") or line.values.get("platform_id"))
        for line in page.lines
    ]


def test_a_post_of_a_watched_account_is_a_post_without_counts() -> None:
    page = committed(ANNA, "app.bsky.feed.post", post("Up #Hill", tags=["Hill"]))

    [line] = page.lines
    assert line.table == "posts"
    assert line.values["post_id"] == f"at://{ANNA}/app.bsky.feed.post/3k1"
    assert line.values["hashtags"] == ["Hill"]
    assert line.values["published_at"] == datetime(2026, 11, 22, 11, 59, tzinfo=UTC)
    assert page.cursor == {"time_us": STAMP}


def test_answers_to_others_are_no_posts_and_own_threads_are() -> None:
    to_fan = committed(ANNA, "app.bsky.feed.post", post(reply=answer_to(FAN)))
    to_self = committed(ANNA, "app.bsky.feed.post", post(reply=answer_to(ANNA)))

    assert told(to_fan) == []
    assert told(to_self) == [("posts", ANNA)]


def test_answers_likes_and_follows_feed_the_audience_of_who_is_watched() -> None:
    liked = {"subject": {"uri": f"at://{ANNA}/app.bsky.feed.post/3k0", "cid": "bafy"}}
    strange = {"subject": {"uri": f"at://{FAN}/app.bsky.feed.post/3k0", "cid": "bafy"}}

    assert told(committed(BEN, "app.bsky.feed.post", post(reply=answer_to(ANNA)))) == [
        ("comments", ANNA),
        ("memberships", ANNA),
    ]
    assert told(committed(FAN, "app.bsky.feed.like", liked)) == [("memberships", ANNA)]
    assert told(committed(ANNA, "app.bsky.feed.like", strange)) == []
    assert told(committed(FAN, "app.bsky.graph.follow", {"subject": BEN})) == [("memberships", BEN)]


def test_what_nobody_watches_says_nothing() -> None:
    assert told(committed(FAN, "app.bsky.feed.post", post())) == []
    assert told(committed(ANNA, "app.bsky.feed.repost", answer_to(FAN)["parent"])) == []
    assert committed(FAN, "app.bsky.feed.post", operation="delete").gone == []


def test_what_is_deleted_is_gone() -> None:
    deleted = committed(ANNA, "app.bsky.feed.post", operation="delete")
    unliked = committed(ANNA, "app.bsky.feed.like", operation="delete")

    assert deleted.gone == [("posts", f"at://{ANNA}/app.bsky.feed.post/3k1")]
    assert unliked.gone == []


@pytest.mark.parametrize(
    ("account", "gone"),
    [
        ({"active": False, "status": "deleted"}, [("accounts", ANNA)]),
        ({"active": False, "status": "takendown"}, [("accounts", ANNA)]),
        ({"active": False, "status": "throttled"}, []),
        ({"active": True}, []),
    ],
)
def test_an_account_that_closes_is_gone(account: dict[str, Any], gone: list[Any]) -> None:
    assert heard(ANNA, "account", account={"did": ANNA, "seq": 1} | account).gone == gone


def test_a_new_handle_is_the_same_account() -> None:
    page = heard(ANNA, "identity", identity={"did": ANNA, "handle": "anna.example"})

    assert [line.values["handle"] for line in page.lines] == ["anna.example"]
    assert told(page) == [("accounts", ANNA)]


@pytest.mark.parametrize("name", ["handle.invalid", "not a handle", "javascript:alert(1)"])
def test_what_is_no_handle_is_not_kept(name: str) -> None:
    assert not heard(ANNA, "identity", identity={"did": ANNA, "handle": name}).lines


@pytest.mark.parametrize("message", [b"", b"[]", b'{"did":7}', b'{"kind":"commit"}', b"\xff"])
def test_a_message_that_makes_no_sense_is_noted_and_ends_nothing(message: bytes) -> None:
    [page] = jetstream.pages([message], {ANNA}, now=NOW)

    assert not page.lines
    assert len(page.bad) == page.items == 1


def test_it_is_listened_to_from_a_little_before_what_was_kept() -> None:
    query = parse_qs(urlsplit(jetstream.address([ANNA, BEN], cursor={"time_us": STAMP})).query)

    assert query["wantedDids"] == [ANNA, BEN]
    assert query["cursor"] == [str(STAMP - 5_000_000)]
    assert "app.bsky.feed.post" in query["wantedCollections"]
    assert "cursor" not in jetstream.address([ANNA], cursor=None)


def test_more_accounts_than_a_listener_may_name_are_refused() -> None:
    with pytest.raises(TooManyAccounts, match="10,001"):
        jetstream.address([ANNA] * 10_001, cursor=None)
