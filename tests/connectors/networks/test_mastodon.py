from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from groundswell.connectors.adapters.networks.failures import (
    Changed,
    LoginExpired,
    Misasked,
    NotFound,
    NotPermitted,
)
from groundswell.connectors.adapters.networks.mastodon.interface import INTERFACE
from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import mastodon, told
from tests.connectors.networks.stubs.mastodon import HERE, NOW, account, answer, status

SERVER = f"https://{HERE}"
ANNA = mastodon.PEOPLE[HERE][0]


def asking(text: str = "@anna@mastodon.example", way: Way = Way.ACCOUNT, **more: Any) -> Ask:
    return Ask(way, text, SERVER, NOW, **more)


def pages(ask: Ask, fetch: Any = answer) -> list[Page]:
    return list(INTERFACE.walk(fetch, ask, None))


def rows(found: list[Page], table: str) -> list[dict[str, Any]]:
    return [line.values for page in found for line in page.lines if line.table == table]


def notes(found: list[Page]) -> str:
    return " ".join(note for page in found for note in page.notes)


def showing(*changes: tuple[str, Any]) -> Any:
    """The stub, with other answers on paths that end so."""

    def fetch(request: Request) -> Reply:
        for path, body in changes:
            if request.url.endswith(path):
                return body if isinstance(body, Reply) else told(body, request)
        return answer(request)

    return fetch


def read(body: Any) -> Page:
    return INTERFACE.read(told(body, Request(f"{SERVER}/api/v1/x")), NOW)


def test_a_profile_is_known_by_the_same_name_everywhere():
    here = rows(pages(asking(posts=0)), "accounts")[0]
    seen_elsewhere = read({**ANNA, "id": "99", "acct": "Anna@mastodon.example"}).lines[0].values

    assert here["platform_id"] == seen_elsewhere["platform_id"] == "anna@mastodon.example"
    assert here["handle"] == "anna@mastodon.example"
    assert here["bio"] == "I am anna.\n\nTrail running & tea"
    assert here["links"] == ["https://anna.example/"]
    assert here["verified"] is True
    assert here["private"] is False
    assert here["created_at"] == datetime(2022, 11, 6, tzinfo=UTC)


def test_counts_that_a_server_hides_are_missing():
    page = read(account(9, "shy", followers_count=-1, following_count="12"))

    assert page.lines[1].values["followers"] is None
    assert page.lines[1].values["following"] == 12


def test_a_post_has_its_words_tags_links_and_counts():
    poll = {"options": [{"title": "Tea"}, {"title": "Coffee"}]}
    card = {"url": "https://shoes.example/review"}
    mention = {"acct": "ben", "url": f"{SERVER}/@ben"}
    post = status(
        20, ANNA, HERE, "Which?", spoiler_text="Mud", poll=poll, card=card, mentions=[mention]
    )
    values, counts = (line.values for line in read(post).lines[2:])

    assert values["text"] == "Mud\n\nWhich? #TrailRunning\n\nTea\nCoffee"
    assert (values["hashtags"], values["links"]) == (["trailrunning"], [card["url"]])
    assert values["mentions"] == ["ben@mastodon.example"]
    assert (counts["likes"], counts["comments"], counts["shares"]) == (30, 0, 5)


@pytest.mark.parametrize(
    ("media", "kind", "seconds"),
    [
        ([], "text", None),
        ([{"id": "1", "type": "image"}], "image", None),
        ([{"id": "1", "type": "image"}, {"id": "2", "type": "image"}], "carousel", None),
        ([{"id": "1", "type": "video", "meta": {"original": {"duration": 3.5}}}], "video", 3.5),
        ([{"id": "1", "type": "audio", "meta": {"original": {"duration": 60}}}], None, 60.0),
    ],
)
def test_media_tell_the_format(media: list[Any], kind: str | None, seconds: float | None):
    values = read(status(20, ANNA, HERE, "Look", media_attachments=media)).lines[2].values

    assert (values["format"], values["duration_s"]) == (kind, seconds)


@pytest.mark.parametrize("visibility", ["private", "direct"])
def test_what_is_not_for_everybody_is_not_read(visibility: str):
    page = read([status(20, ANNA, HERE, "Psst", visibility=visibility)])

    assert page.lines == []
    assert "not for everybody" in page.notes[0]


def test_what_somebody_passed_on_is_not_their_post():
    mine = [
        status(20, ANNA, HERE, "Mine"),
        status(19, ANNA, HERE, "", reblog=status(1, ANNA, HERE, "x")),
    ]
    found = pages(asking(), showing(("/1/statuses", mine)))

    assert len(rows(found, "posts")) == 1


def test_a_visit_asks_the_accounts_own_server_and_shows_it_no_login():
    asked: list[Request] = []

    def fetch(request: Request) -> Reply:
        asked.append(request)
        return answer(request)

    pages(asking("@ben@other.example", granted=frozenset({"read"})), fetch)

    assert {request.url.split("/")[2] for request in asked} == {"other.example"}
    assert all(request.is_public for request in asked)


def test_a_domain_may_leave_its_accounts_to_another_server():
    def fetch(request: Request) -> Reply:
        if request.url == "https://short.example/.well-known/webfinger":
            return told(
                {"links": [{"rel": "self", "href": "https://other.example/users/ben"}]}, request
            )
        return answer(request)

    [page, *_] = pages(asking("ben@short.example", posts=0), fetch)

    assert page.lines[0].values["platform_id"] == "ben@short.example"


@pytest.mark.parametrize("acct", ["anna@mastodon.example", "anna@sub.other.example"])
@pytest.mark.parametrize("is_suspended", [False, True])
def test_a_server_speaks_for_no_account_of_another_server(acct: str, is_suspended: bool):
    spoofed = account(7, "ben") | {"acct": acct, "suspended": is_suspended}

    with pytest.raises(Changed, match=f"was asked for an account of other.example and sent {acct}"):
        pages(asking("bait@other.example"), showing(("/lookup", spoofed)))


@pytest.mark.parametrize(
    ("uri", "is_taken"),
    [
        (f"{SERVER}/users/anna/statuses/7", True),
        ("https://web.mastodon.example/7", True),
        ("tag:mastodon.example,2016-11-21:objectId=7:objectType=Status", True),
        ("https://other.example/users/ben/statuses/7", False),
        ("tag:other.example,2016-11-21:objectId=7:objectType=Status", False),
        ("7", False),
    ],
)
def test_posts_of_other_servers_are_not_taken_for_an_accounts_own(uri: str, is_taken: bool):
    posts = [status(20, ANNA, HERE, "Mine"), status(19, ANNA, HERE, "Whose?", uri=uri)]
    found = pages(asking(), showing(("/1/statuses", posts)))

    assert (uri in {one["post_id"] for one in rows(found, "posts")}) is is_taken
    assert [bad.value for page in found for bad in page.bad] == ([] if is_taken else [uri])


def test_replies_are_comments_of_others_and_their_writers_an_audience():
    found = pages(asking(posts=4, comments=3, members=5))
    comments = rows(found, "comments")

    assert {one["author"] for one in comments}.isdisjoint({"anna@mastodon.example"})
    assert len(comments) == len({one["comment_id"] for one in comments}) == 6
    kinds = {(one["kind"], one["member"]) for one in rows(found, "memberships")}
    assert ("commented", "carl@mastodon.example") in kinds
    assert ("follows", "ben@other.example") in kinds
    assert sum(kind == "liked" for kind, _ in kinds) > 0


def test_words_are_not_kept_of_who_is_not_to_be_searched_and_followers_of_who_hides_them():
    found = pages(asking("dora@mastodon.example", members=5))

    assert {post["text"] for post in rows(found, "posts")} == {None}
    assert all(counted["likes"] for counted in rows(found, "post_observations"))
    assert not [one for one in rows(found, "memberships") if one["kind"] == "follows"]
    assert "does not want their posts to be found" in notes(found)
    assert "hides whom they follow" in notes(found)


def test_of_who_wants_no_index_only_name_and_counts_are_kept():
    found = pages(asking("ezra@mastodon.example"))
    [profile] = rows(found, "accounts")

    assert (profile["bio"], profile["links"], profile["avatar_url"]) == (None, None, None)
    assert rows(found, "account_observations")[0]["followers"] == 1204
    assert {post["text"] for post in rows(found, "posts")} == {None}


@pytest.mark.parametrize("switch", ["suspended", "memorial", "limited"])
def test_an_account_that_is_closed_is_gone(switch: str):
    [page] = pages(asking(), showing(("/lookup", {**ANNA, switch: True})))

    assert page.lines == []
    assert page.gone == [("accounts", "anna@mastodon.example")]
    assert "nothing of it is kept" in page.notes[0]


@pytest.mark.parametrize(
    ("way", "granted"),
    [
        (Way.HASHTAG, frozenset()),
        (Way.SEARCH, frozenset()),
        (Way.SEARCH, frozenset({"read:search"})),
    ],
)
def test_nobody_is_found_who_does_not_want_to_be(way: Way, granted: frozenset[str]):
    def as_member(request: Request) -> Reply:
        return answer(INTERFACE.signed(request, mastodon.TOKEN))

    text = "trailrunning" if way is Way.HASHTAG else "trail running"
    found = pages(asking(text, way, granted=granted), as_member)
    names = {one["handle"].partition("@")[0] for one in rows(found, "accounts")}

    assert names <= {"anna", "dora", "fred", "ben", "hugo"}
    assert {"anna", "ben"} <= names
    assert "don't want to be found" in notes(found)


def test_without_a_login_words_are_looked_for_otherwise_and_it_is_said():
    asked: list[str] = []

    def fetch(request: Request) -> Reply:
        asked.append(request.url.removeprefix(SERVER))
        return answer(request)

    found = pages(asking("trail running", Way.SEARCH, posts=0), fetch)

    assert "/api/v2/search" not in asked
    assert "/api/v1/timelines/tag/trailrunning" in asked
    assert "/api/v1/directory" in asked
    assert "Without a login nobody may search mastodon.example" in notes(found)


def test_counts_of_posts_come_only_from_the_authors_own_server():
    found = pages(asking("trailrunning", Way.HASHTAG))
    authors = {one["account_handle"] for one in rows(found, "post_observations")}

    assert {one["account_handle"] for one in rows(found, "posts")} > authors
    assert not any(name.endswith("@other.example") for name in authors)


def test_a_search_goes_on_where_another_server_fails():
    def fetch(request: Request) -> Reply:
        if "other.example" in request.url:
            return Reply(502, {"content-type": "text/html"}, b"<h1>Bad gateway</h1>", request.url)
        return answer(request)

    found = pages(asking("trail running", Way.SEARCH, posts=2), fetch)

    assert "ben@other.example" in {one["handle"] for one in rows(found, "accounts")}
    assert "ben@other.example: Mastodon (other.example) answered with status 502" in notes(found)


def test_posts_before_a_moment_are_left():
    since = datetime(2026, 11, 10, tzinfo=UTC)
    found = rows(pages(asking(since=since)), "posts")

    assert found
    assert min(post["published_at"] for post in found) >= since


@pytest.mark.parametrize(
    ("text", "way"),
    [("", Way.ACCOUNT), ("a b@c", Way.ACCOUNT), ("a@b/c", Way.ACCOUNT), ("two words", Way.HASHTAG)],
)
def test_what_is_no_name_is_refused_before_anything_is_asked(text: str, way: Way):
    def nobody(request: Request) -> Reply:
        raise AssertionError(request)

    with pytest.raises(Misasked):
        pages(asking(text, way), nobody)


def test_an_account_that_is_not_there_says_so():
    with pytest.raises(NotFound, match="check the name"):
        pages(asking("nobody@mastodon.example"))


@pytest.mark.parametrize(
    ("granted", "code", "failure"),
    [
        (frozenset(), 401, NotPermitted),
        (frozenset(), 422, NotPermitted),
        (frozenset({"read"}), 401, LoginExpired),
        (frozenset({"read"}), 403, NotPermitted),
    ],
)
def test_a_server_for_members_only_says_what_to_do(
    granted: frozenset[str], code: int, failure: type[Exception]
):
    said = {"error": "This method requires an authenticated user"}
    closed = replace(told(said, Request(SERVER)), status=code)
    ask = asking("trailrunning", Way.HASHTAG, granted=granted)

    with pytest.raises(failure, match="connect"):
        pages(ask, showing(("/tag/trailrunning", closed)))


def test_pages_that_lead_back_are_no_list():
    def fetch(request: Request) -> Reply:
        reply = answer(request)
        if request.url.endswith("/1/statuses"):
            back = f'<{request.url}?max_id=2000>; rel="next"'
            return replace(reply, headers={**reply.headers, "link": back})
        return reply

    with pytest.raises(Changed, match="in a circle"):
        pages(asking(), fetch)


@pytest.mark.parametrize("local_id", ["../oauth", "1/../2", "a?b", ".."])
def test_an_id_that_is_none_goes_into_no_address(local_id: str):
    with pytest.raises(Changed, match="can't be read"):
        pages(asking(), showing(("/lookup", {**ANNA, "id": local_id})))


def test_a_server_speaks_for_no_domain_but_its_own():
    said = {"domain": "famous.example"}
    found = pages(asking("trailrunning", Way.HASHTAG), showing(("/v2/instance", said)))

    assert {one["handle"] for one in rows(found, "accounts")} >= {"anna@mastodon.example"}
