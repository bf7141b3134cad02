"""A blog in memory with feeds of each kind, and a page that tells of one."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import Stub, told

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOME = "https://anna.example"
PAGE = 3
POSTS = 8

_ROBOTS = "User-agent: *\nDisallow: /private/\n"
_FRONT = f"""<!DOCTYPE html><html><head><title>Anna runs</title>
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed.xml">
<link rel="alternate" type="application/rss+xml" title="Posts" href="{HOME}/blog/feed.xml">
</head><body><p>Hello</p></body></html>"""


def _rss_item(number: int) -> str:
    return f"""<item><guid isPermaLink="false">{number}</guid><title>Run {number}</title>
<link>/blog/{number}</link><pubDate>{10 + number:02} Nov 2026 08:00:00 +0000</pubDate>
<description>In short</description><category>trails</category>
<content:encoded><![CDATA[<p>All of run {number}, with
<a href="shoes">shoes</a>.</p>]]></content:encoded>
<slash:comments>{number}</slash:comments><itunes:duration>12:3{number}</itunes:duration></item>"""


def _atom_entry(number: int) -> str:
    return f"""<entry><id>tag:anna.example,2026:{number}</id><title>Run {number}</title>
<link href="/blog/{number}"/><published>2026-11-{10 + number:02}T08:00:00Z</published>
<updated>2026-11-20T08:00:00Z</updated>
<content type="html">&lt;p&gt;Words {number}</content></entry>"""


def rss() -> str:
    items = [_rss_item(number) for number in range(POSTS, 0, -1)]
    return f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:slash="http://purl.org/rss/1.0/modules/slash/"
xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Anna runs</title>
<link>{HOME}/blog/</link><description>Trails &amp; tea</description><language>en-gb</language>
{"".join([*items, items[0]])}</channel></rss>"""


def atom(number: int) -> str:
    """A page of the Atom feed, from 1."""
    last = POSTS - (number - 1) * PAGE
    entries = [_atom_entry(each) for each in range(last, max(last - PAGE, 0), -1)]
    older = f'<link rel="next" href="?page={number + 1}"/>' if last > PAGE else ""
    return f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Anna runs</title>
<link href="{HOME}/blog/"/>{older}{"".join(entries)}</feed>"""


def json_feed(number: int) -> dict[str, Any]:
    """A page of the JSON feed, from 1."""
    last = POSTS - (number - 1) * PAGE
    items = [
        {
            "id": f"{HOME}/blog/{each}",
            "url": f"{HOME}/blog/{each}",
            "title": f"Run {each}",
            "content_html": f'<p>Words {each} <a href="/shoes">shoes</a></p>',
            "date_published": f"2026-11-{10 + each:02}T08:00:00Z",
            "tags": ["trails"],
            "attachments": [
                {"url": "/a.mp3", "mime_type": "audio/mpeg", "duration_in_seconds": 60}
            ],
        }
        for each in range(last, max(last - PAGE, 0), -1)
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Anna runs",
        "home_page_url": f"{HOME}/blog/",
        "description": "Trails & tea",
        "language": "en",
        "items": items,
    }
    return feed | ({"next_url": f"{HOME}/feed.json?page={number + 1}"} if last > PAGE else {})


def page(request: Request, text: str, kind: str, status: int = 200) -> Reply:
    return Reply(status, {"content-type": kind}, text.encode(), request.url)


def answer(request: Request) -> Reply:
    """What the blog's server says."""
    parts = urlsplit(request.url)
    number = int(str(request.params.get("page", "1")))
    if parts.hostname == "anna.example":
        if parts.path == "/robots.txt":
            return page(request, _ROBOTS, "text/plain")
        if parts.path in {"/", "/blog"}:
            return page(request, _FRONT, "text/html; charset=utf-8")
        if parts.path == "/blog/feed.xml":
            return page(request, rss(), "application/rss+xml")
        if parts.path == "/atom.xml":
            return page(request, atom(number), "application/atom+xml")
        if parts.path == "/feed.json":
            return told(json_feed(number), request)
    return page(request, "<html><body>Not here</body></html>", "text/html", 404)


def stub() -> Stub:
    return Stub(
        (
            Ask(Way.ACCOUNT, "anna.example", "web:", NOW, posts=5),
            Ask(Way.ACCOUNT, f"{HOME}/atom.xml", "web:", NOW, posts=7),
            Ask(Way.ACCOUNT, f"{HOME}/feed.json", "web:", NOW, posts=30),
        ),
        "",
        answer,
    )
