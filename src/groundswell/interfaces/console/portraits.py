"""An account's portrait as charts: followers, posts, engagement, peers, audience."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from groundswell.creators.models import Account
from groundswell.interfaces.console.charts import Chart, Kind, Point
from groundswell.interfaces.console.templatetags.console import country, language
from groundswell.vetting import comparing
from groundswell.vetting.portraits import Part, Peers, Portrait
from groundswell.vetting.queries import Answer
from groundswell.vetting.targets import COMMENTERS, MEMBERS, Parts

_DIMENSIONS = (
    ("country", "Countries"),
    ("age", "Ages"),
    ("gender", "Genders"),
    ("language", "Languages"),
    ("city", "Cities"),
    ("interest", "Interests"),
)
_MOST_PARTS = 10
_SOURCES = {
    "api": "the platform's interface",
    "creator_authorised": "the creator's own login",
    "import": "an import",
    "manual": "entry by hand",
    "estimate": "an estimate of the source",
    COMMENTERS: "people who commented",
    MEMBERS: "known people, by whom else they follow",
}


def charts(found: Portrait) -> list[Chart]:
    """What the account did in the last year."""
    return [_followers(found), _weeks(found), _engagement(found)]


def among_peers(found: Peers, account: Account) -> Chart:
    """The account among those nearest to it in size."""
    rate, name = found.rate, str(account)
    empty = "It has no followers count, or no post with known engagement, to be compared by."
    if rate is None or not found.nearest or rate.estimate.value is None:
        if rate is not None:
            empty = "No account of similar size on the platform has a rate that counts the same."
        return Chart("peers", Kind.SCATTER, "Engagement among peers", "Followers", "", empty=empty)
    denominator = rate.denominator.removeprefix("engagement_rate_by_")
    points = [
        Point(float(p.account.followers or 0), p.rate, label=p.account.handle or str(p.account))
        for p in found.nearest
    ]
    own = Point(float(account.followers or 0), rate.estimate.value, label=name, marked=True)
    return Chart(
        "peers",
        Kind.SCATTER,
        f"Engagement by {denominator}, among peers",
        "Followers",
        "Engagement",
        [*points, own],
        unit="percent",
        x_unit="short" if _is_wide([p.account.followers or 0 for p in found.nearest]) else "count",
        note=f"{len(points)} accounts nearest in followers on the same platform, counted the same: "
        f"{rate.counted}.",
    )


@dataclass(frozen=True, slots=True)
class Band:
    """Whom an account is compared with.

    Attributes:
        platform: Where they are.
        peers: How many.
        smallest: Followers of the smallest; None when sizes are unknown.
        largest: Followers of the largest.
        asked: What Discover is asked to show accounts of that size.
    """

    platform: str
    peers: int
    smallest: int | None
    largest: int | None
    asked: str


def band(answer: Answer) -> Band | None:
    """The peers of the measure that has most of them; None where nothing was compared."""
    places = [
        fact.place for factor in answer.card.factors for fact in factor.evidence if fact.place
    ]
    places = [place for place in places if place.percentile is not None]
    if not places:
        return None
    most = max(places, key=lambda place: place.peers)
    platform = str(answer.account.platform)
    filters = [f"platform={platform}"]
    if most.smallest is not None:
        filters += [f"followers>={most.smallest}", f"followers<={most.largest}"]
    asked = urlencode([("f", each) for each in filters])
    return Band(platform, most.peers, most.smallest, most.largest, asked)


def _is_wide(followers: Sequence[int]) -> bool:
    """Whether two or three figures tell the sizes of accounts apart."""
    return max(followers) > 2 * min(followers)


def audience(found: Portrait) -> list[Chart]:
    """One chart for each dimension of the audience that was measured."""
    return [
        _parts(dimension, title, found.audience[dimension])
        for dimension, title in _DIMENSIONS
        if found.audience.get(dimension)
    ]


def _followers(found: Portrait) -> Chart:
    sources = sorted({count.source for count in found.counts})
    return Chart(
        "followers",
        Kind.LINE,
        "Followers",
        "Day",
        "Followers",
        [Point(count.at, count.followers) for count in found.counts],
        unit="short",
        empty="No count with a date was imported: import account observations.",
        note=f"Each dot is a count, from {_named(sources)}. Between dots nothing was seen.",
    )


def _weeks(found: Portrait) -> Chart:
    return Chart(
        "weeks",
        Kind.BARS,
        "Posts a week",
        "Week",
        "Posts",
        [Point(monday, count) for monday, count in found.weeks],
        empty="No post of the last year is known: import posts.",
        note=f"{found.posts:,} known posts of the last 365 days; weeks begin on Monday (UTC). "
        "Weeks before the first known post are left out.",
    )


def _engagement(found: Portrait) -> Chart:
    points = [
        Point(
            f"By {denominator}",
            rate.value,
            rate.low,
            rate.high,
            series=kind.capitalize(),
        )
        for (denominator, kind), rate in found.engagement.items()
    ]
    sponsored = sum(n.n for (_, kind), n in found.engagement.items() if kind == "sponsored")
    note = "Pooled over the posts of the last 365 days; whiskers are 95% intervals. "
    note += (
        "A post counts as sponsored when the platform, its words, its links or a code say so."
        if sponsored
        else "No post of the year carries a sign of being paid for."
    )
    return Chart(
        "engagement",
        Kind.BARS,
        "Organic and sponsored engagement",
        "Rate",
        "Engagement",
        sorted(points, key=lambda point: (str(point.x), point.series)),
        unit="percent",
        empty="No post of the last year has known engagement: import post observations.",
        note=note,
    )


def _parts(dimension: str, title: str, parts: Sequence[Part]) -> Chart:
    shown = parts[:_MOST_PARTS]
    if dimension == "age":
        shown = sorted(shown, key=lambda part: part.value)
    people = max((part.sample_size or 0 for part in parts), default=0)
    sample = f"measured on {people:,} people" if people else "sample size not stated"
    sample += "; whiskers are what sampling leaves open" if people else ""
    when = max(part.at for part in parts)
    hidden = len(parts) - len(shown)
    left = f" {hidden} smaller parts are left out." if hidden else ""
    return Chart(
        f"audience-{dimension}",
        Kind.SHARES,
        title,
        title,
        "Share",
        [_point(dimension, part, parts) for part in shown],
        unit="percent",
        note=f"From {_named(sorted({part.source for part in parts}))}, {sample}, "
        f"{when.day} {when:%b %Y}.{left}",
    )


def _point(dimension: str, part: Part, parts: Sequence[Part]) -> Point:
    found = comparing.in_target(parts, [part.value])
    return Point(named(dimension, part.value), part.share, found.low, found.high)


def named(dimension: str, value: str) -> str:
    """A part of an audience as people read it."""
    if dimension == "country":
        return country(value)
    return language(value) if dimension == "language" else value


def in_target(parts: Parts) -> list[tuple[str, list[str], str, Any]]:
    """Each part of a target: its dimension, the values wanted, who measured, and the share."""
    titles = {"region": "Regions", **dict(_DIMENSIONS)}
    return [
        (
            titles[part.dimension],
            [named(part.dimension, value) for value in part.wanted],
            _named([part.source]) if part.source else "",
            part,
        )
        for part in parts
    ]


def _named(sources: Sequence[str]) -> str:
    return " and ".join(_SOURCES.get(source, source) for source in sources) or "no source"
