import json
from datetime import UTC, datetime
from typing import Any

import pytest

from groundswell.connectors.adapters.networks.blog import addresses, robots
from groundswell.connectors.adapters.networks.blog.interface import INTERFACE
from groundswell.connectors.adapters.networks.failures import (
    Changed,
    Misasked,
    NotFound,
    NotPermitted,
    NotUsed,
    Unavailable,
)
from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import blog
from tests.connectors.networks.stubs.blog import HOME, NOW, answer, rss


def pages(text: str = HOME, fetch: Any = answer, **more: Any) -> list[Page]:
    return list(INTERFACE.walk(fetch, Ask(Way.ACCOUNT, text, "web:", NOW, **more), None))


def rows(found: list[Page], table: str) -> list[dict[str, Any]]:
    return [line.values for page in found for line in page.lines if line.table == table]


def site(**bodies: str | bytes | Reply) -> Any:
    """A site of some paths, an underscore for each mark; everything else is not there."""

    def fetch(request: Request) -> Reply:
        path = request.url.removeprefix(HOME).strip("/").replace("/", "_").replace(".", "_")
        body = bodies.get(path or "front")
        if isinstance(body, Reply):
            return body
        kind = "text/plain" if path.endswith("txt") else "application/xml"
        if body is None:
            return Reply(404, {"content-type": "text/html"}, b"<html>", request.url)
        content = body if isinstance(body, bytes) else body.encode()
        return Reply(200, {"content-type": kind}, content, request.url)

    return fetch


def read(body: str | bytes, kind: str = "application/xml") -> Page:
    content = body if isinstance(body, bytes) else body.encode()
    return INTERFACE.read(Reply(200, {"content-type": kind}, content, f"{HOME}/feed.xml"), NOW)


def item(inside: str) -> str:
    channel = f"<title>A</title><link>{HOME}</link><item>{inside}</item>"
    return f"<rss version='2.0'><channel>{channel}</channel></rss>"


def test_a_page_leads_to_its_feed_and_comments_are_no_posts():
    asked: list[str] = []

    def fetch(request: Request) -> Reply:
        asked.append(request.url.removeprefix(HOME))
        return answer(request)

    found = pages("anna.example", fetch)

    assert asked == ["/robots.txt", "/", "/blog/feed.xml"]
    [who] = rows(found, "accounts")
    assert (who["platform_id"], who["handle"]) == (f"{HOME}/blog", "anna.example/blog")
    assert (who["display_name"], who["bio"], who["language"]) == (
        "Anna runs",
        "Trails & tea",
        "en-GB",
    )
    assert len(rows(found, "posts")) == blog.POSTS


def test_a_post_has_its_whole_words_and_what_hangs_on_it():
    newest = rows(pages(), "posts")[0]

    assert newest["post_id"] == "anna.example/blog#8"
    assert newest["text"] == "Run 8\n\nAll of run 8, with shoes."
    assert newest["url"] == f"{HOME}/blog/8"
    assert newest["links"] == [f"{HOME}/blog/shoes"]
    assert newest["published_at"] == datetime(2026, 11, 18, 8, tzinfo=UTC)
    assert (newest["format"], newest["categories"]) == ("article", ["trails"])
    assert newest["duration_s"] == 758.0
    assert rows(pages(), "post_observations")[0]["comments"] == 8


def test_a_json_feed_goes_on_over_its_pages():
    found = pages(f"{HOME}/feed.json")

    assert [len(rows([page], "posts")) for page in found] == [3, 3, 2]
    first = rows(found, "posts")[0]
    assert (first["post_id"], first["duration_s"]) == (f"{HOME}/blog/8", 60.0)
    assert first["links"] == [f"{HOME}/shoes"]


def test_where_no_page_tells_the_usual_places_are_tried():
    found = pages(fetch=site(front="<!doctype html><p>Hi", atom_xml=blog.atom(3)))

    assert len(rows(found, "posts")) == 2


def test_a_site_without_a_feed_says_what_to_do():
    with pytest.raises(NotFound, match="give the address of the feed itself"):
        pages(fetch=site(front="<!doctype html><p>Hi"))


@pytest.mark.parametrize(
    ("feeds", "address"),
    [
        ({"front": '<html><meta content="NOINDEX, follow" name=robots><p>Hi'}, HOME),
        ({"robots_txt": "User-agent: groundswell\nDisallow: /", "front": rss()}, HOME),
        ({"robots_txt": "User-agent: *\nDisallow: /*.xml$", "feed_xml": rss()}, f"{HOME}/feed.xml"),
    ],
)
def test_who_asks_not_to_be_found_is_left_alone(feeds: dict[str, str], address: str):
    with pytest.raises(NotPermitted, match="left alone"):
        pages(address, site(**feeds))


def test_a_header_may_forbid_too():
    front = Reply(200, {"content-type": "text/html", "x-robots-tag": "noindex"}, b"<html>", HOME)

    with pytest.raises(NotPermitted, match="left alone"):
        pages(fetch=site(front=front))


def test_nothing_is_read_while_nobody_knows_what_robots_txt_says():
    failing = Reply(503, {}, b"", f"{HOME}/robots.txt")

    with pytest.raises(Unavailable):
        pages(fetch=site(robots_txt=failing, front=rss()))


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/", True),
        ("/private/x", False),
        ("/private/open", True),
        ("/a.pdf", False),
        ("/a.pdf?b", True),
    ],
)
def test_the_longest_rule_decides(path: str, may: bool):
    text = b"User-agent: *\nDisallow: /private/ # all\nAllow: /private/open\nDisallow: /*.pdf$\n"

    assert robots.allows(text, f"{HOME}{path}") is may


def test_rules_for_us_replace_those_for_everybody():
    text = b"User-agent: *\nDisallow: /\n\nUser-agent: Groundswell\nUser-agent: other\nDisallow:\n"

    assert robots.allows(text, f"{HOME}/blog")


def test_a_date_that_is_missing_stays_missing():
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><link href="{HOME}"/>
    <entry><id>{HOME}/1</id><title>One</title><updated>2026-01-01T00:00:00Z</updated></entry></feed>"""

    assert rows([read(atom)], "posts")[0]["published_at"] is None
    assert rows([read(item("<guid>1</guid>"))], "posts")[0]["published_at"] is None


def test_what_no_post_can_be_is_refused_and_the_rest_is_taken():
    page = read(
        item(
            "<description>nothing names it</description></item><item><guid>2</guid>"
            "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate></item><item><guid>3</guid>"
        )
    )

    assert [bad.reason for bad in page.bad] == ["is missing", "is before 1990"]
    assert [post["post_id"] for post in rows([page], "posts")] == [f"{HOME}/3"]


def test_a_length_that_is_none_goes_aside():
    page = read(
        item("<guid>1</guid><itunes:duration>long</itunes:duration>").replace(
            "<rss", "<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"
        )
    )

    assert rows([page], "posts")[0]["duration_s"] is None
    assert page.aside == {"entries[].itunes_duration": "long"}


def test_no_feed_speaks_for_another_site():
    feed = item("<guid>https://famous.example/1</guid>").replace(
        f"<link>{HOME}</link>", "<link>https://famous.example/</link>"
    )
    page = read(feed)

    assert rows([page], "accounts")[0]["platform_id"] == f"{HOME}/feed.xml"
    assert rows([page], "posts")[0]["post_id"].startswith("anna.example/feed.xml#")


@pytest.mark.parametrize("code", ["utf-8", "utf-16"])
def test_a_bomb_of_entities_is_not_read(code: str):
    nested = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = (
        f'<?xml version="1.0" encoding="{code}"?><!DOCTYPE r [<!ENTITY e0 "ha">{nested}]>'
        + item("<guid>1</guid><title>&e9;</title>")
    )

    with pytest.raises(Changed, match="entities of its own"):
        read(bomb.encode(code))


def test_a_file_of_this_machine_is_never_read():
    with pytest.raises(Changed, match="entities of its own"):
        read('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + item("<guid>&x;</guid>"))
    with pytest.raises(Changed, match="is no RSS or Atom"):
        read("/etc/passwd")


def test_half_a_feed_is_none():
    with pytest.raises(Unavailable, match="cut off"):
        read(rss()[:-200])


def test_a_page_for_people_is_no_feed():
    with pytest.raises(NotUsed, match="a page for people"):
        read("<!DOCTYPE html><html><body>Hi", "text/html")


def test_pages_of_a_feed_that_lead_back_are_none():
    feed = blog.json_feed(1) | {"next_url": f"{HOME}/feed.json"}

    with pytest.raises(Changed, match="in a circle"):
        pages(f"{HOME}/feed.json", site(feed_json=json.dumps(feed)))


def test_a_feed_ends_where_the_address_of_its_next_page_is_none():
    endless_query = "&".join(["page=2"] * 51)
    feed = blog.json_feed(1) | {"next_url": f"{HOME}/feed.json?{endless_query}"}

    [page] = pages(f"{HOME}/feed.json", site(feed_json=json.dumps(feed)))

    assert (page.cursor, page.bad) == (None, [])


def endless(last: int) -> Any:
    """A site whose feed has so many pages of one post each."""

    def fetch(request: Request) -> Reply:
        number = int(request.params.get("page", "1"))
        entry = {"id": f"{number}", "url": f"{HOME}/{number}", "content_text": "Words"}
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Anna", "items": [entry]}
        if number < last:
            feed["next_url"] = f"{HOME}/feed?page={number + 1}"
        status = 404 if request.url.endswith("robots.txt") else 200
        return Reply(
            status, {"content-type": "application/json"}, json.dumps(feed).encode(), request.url
        )

    return fetch


@pytest.mark.parametrize(("last", "posts", "notes"), [(21, 100, 1), (20, 100, 0), (21, 20, 0)])
def test_pages_that_are_left_out_are_told(last: int, posts: int, notes: int):
    found = pages(f"{HOME}/feed", endless(last), posts=posts)

    said = (
        f"The feed of {HOME}/feed goes on after 20 pages, which are the most that are read: older "
        "posts were left out."
    )
    assert len(rows(found, "posts")) == 20
    assert [note for page in found for note in page.notes] == [said] * notes


def test_a_feed_without_news_brings_nothing():
    def fetch(request: Request) -> Reply:
        if request.headers.get("if-modified-since"):
            assert request.headers["if-modified-since"] == "Sun, 01 Nov 2026 00:00:00 GMT"
            return Reply(304, {}, b"", request.url)
        return answer(request)

    [page] = pages(fetch=fetch, since=datetime(2026, 11, 1, tzinfo=UTC))

    assert (page.lines, page.cursor) == ([], None)
    assert page.notes == [f"Nothing changed at {HOME}/blog/feed.xml."]


def test_posts_before_a_moment_are_left():
    found = rows(pages(f"{HOME}/atom.xml", since=datetime(2026, 11, 17, tzinfo=UTC)), "posts")

    assert [post["url"] for post in found] == [f"{HOME}/blog/8", f"{HOME}/blog/7"]


@pytest.mark.parametrize(
    "text",
    ["", "file:///etc/passwd", "ftp://a.example", "https://", "https://a.example:99999/", "a b"],
)
def test_what_is_no_address_of_the_web_is_refused_before_anything_is_asked(text: str):
    def nobody(request: Request) -> Reply:
        raise AssertionError(request)

    with pytest.raises(Misasked):
        pages(text, nobody)


def test_a_page_cannot_lead_out_of_the_web():
    front = '<html><link rel=alternate type="application/rss+xml" href="file:///etc/passwd">'
    asked: list[str] = []

    def fetch(request: Request) -> Reply:
        asked.append(request.url)
        return site(front=front)(request)

    with pytest.raises(NotFound):
        pages(fetch=fetch)
    assert all(url.startswith(HOME) for url in asked)


def test_a_feed_that_only_its_query_names_is_known_by_it():
    feed = item("<guid>1</guid>").replace(f"<link>{HOME}</link>", "")
    reply = Reply(200, {}, feed.encode(), f"{HOME}/feeds?id=7")
    first, *_ = INTERFACE.read(reply, NOW).lines

    assert first.values["platform_id"] == f"{HOME}/feeds?id=7"


@pytest.mark.parametrize(
    "site_address",
    ["https://www.anna.example/blog", "http://anna.example", "https://a.example:8443"],
)
def test_a_blog_is_asked_again_by_its_handle(site_address: str):
    assert addresses.written(addresses.handle_of(site_address)) == site_address


@pytest.mark.parametrize(
    ("address", "site_address"),
    [
        ("https://Anna.Example:443/blog/?page=2#top", "https://anna.example/blog"),
        ("http://www.anna.example/index.html", "http://www.anna.example"),
        ("https://anna.example:8443", "https://anna.example:8443"),
    ],
)
def test_a_site_has_one_address(address: str, site_address: str):
    assert addresses.site_of(address) == site_address
