"""Reports of the Analytics API: an owner's audience, what was gained, how long was watched."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from groundswell.connectors.adapters.networks.failures import Misasked, NotPermitted
from groundswell.connectors.adapters.networks.fields import Fields, Odd, entries
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.youtube.asking import Door
from groundswell.connectors.adapters.networks.youtube.refusals import expecting
from groundswell.connectors.adapters.references import Reference
from groundswell.terms import places
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

SCOPE = "https://www.googleapis.com/auth/yt-analytics.readonly"
WATCHED = timedelta(days=90)  # over which an audience is looked at
GAINED = timedelta(days=28)
_EVER = timedelta(days=365 * 25)  # longer than there are videos
_AT_ONCE = 200  # videos in one report
_GENDERS = {"female": "female", "male": "male", "user_specified": "other"}
_LEFT_OUT = (
    "Ages, genders and countries of the audience were left out: connect YouTube again and allow "
    "the reports of YouTube Analytics to have them."
)


def audience(door: Door, channel: str, page: Page) -> None:
    """Take in who watches a channel and what it gained, as far as its owner allows."""
    ask = door.ask
    if ask.granted and SCOPE not in ask.granted:
        page.notes.append(_LEFT_OUT)
        return
    account = Reference(Platform.YOUTUBE, channel)
    try:
        people = _rows(
            door, page, WATCHED, metrics="viewerPercentage", dimensions="ageGroup,gender"
        )
        lands = _rows(door, page, WATCHED, metrics="views", dimensions="country", sort="-views")
        gained = _rows(
            door,
            page,
            GAINED,
            metrics="views,estimatedMinutesWatched,averageViewDuration,subscribersGained,"
            "subscribersLost",
        )
    except NotPermitted:
        if ask.granted:
            raise  # it was granted, and was withdrawn
        page.notes.append(_LEFT_OUT)
        return
    ages, genders = _percentages(page, people)
    for dimension, shares in (("age", ages), ("gender", genders), ("country", _views(page, lands))):
        _add_shares(door, page, account, dimension, shares)
    for row in gained:
        _add_gains(door, page, account, row)


def counts_of(door: Door, videos: list[str], page: Page) -> dict[str, dict[str, float]]:
    """What reports alone tell of videos over their lives, by video and column.

    Shares, and for how long people watched; a video that no report tells of is left out.
    """
    if not videos or (door.ask.granted and SCOPE not in door.ask.granted):
        return {}
    named = ",".join(videos[:_AT_ONCE])
    try:
        rows = _rows(
            door,
            page,
            _EVER,
            metrics="views,shares,estimatedMinutesWatched,averageViewDuration",
            dimensions="video",
            filters=f"video=={named}",
            sort="-views",
            maxResults=str(_AT_ONCE),
        )
    except (NotPermitted, Misasked):
        return {}
    found = {}
    for row in rows:
        with page.item(row.path):
            told = {
                "shares": row.count("shares"),
                "watch_time_s": row.seconds("estimatedMinutesWatched", unit=60),
                "watch_average_s": row.seconds("averageViewDuration"),
            }
            video = row.name("video")
            if video is not None:
                found[video] = {name: count for name, count in told.items() if count is not None}
    return found


def _rows(door: Door, page: Page, window: timedelta, **params: str) -> list[Fields]:
    """The rows of a report, each by the names of its columns."""
    now = door.ask.now
    found = door.report(page, now - window, now, **params)
    with expecting():
        names = [column.name("name") for column in found.objects("columnHeaders")]
        rows = found.raw("rows")
        if rows is None:
            return []  # too few people watched
        if not isinstance(rows, list):
            raise Odd(found.where("rows"), rows, "is no list")
    named: list[Any] = [
        dict(zip(names, row, strict=False)) if isinstance(row, list) else row for row in rows
    ]
    return list(entries(named, page, "rows"))


def _percentages(page: Page, rows: list[Fields]) -> tuple[dict[str, float], dict[str, float]]:
    """Shares by age and by gender, from percentages of both at once."""
    ages: dict[str, float] = {}
    genders: dict[str, float] = {}
    for row in rows:
        with page.item(row.path):
            share = row.needed("viewerPercentage", row.number("viewerPercentage")) / 100
            if not 0 <= share <= 1:
                raise Odd(row.where("viewerPercentage"), share, "is no percentage")
            age, gender = row.name("ageGroup"), _GENDERS.get(row.name("gender") or "")
            if age is not None and age.startswith("age"):
                band = age.removeprefix("age")
                band = f"{band}+" if band.endswith("-") else band
                band = band.replace("-+", "+")
                ages[band] = ages.get(band, 0.0) + share
            if gender is not None:
                genders[gender] = genders.get(gender, 0.0) + share
    return ages, genders


def _views(page: Page, rows: list[Fields]) -> dict[str, float]:
    """Shares of countries in the views whose country is known."""
    views: dict[str, int] = {}
    for row in rows:
        with page.item(row.path):
            code, count = row.name("country"), row.count("views")
            country = places.find_country(code) if code and len(code) == 2 else None
            if country is not None and count:
                views[country] = views.get(country, 0) + count
    total = sum(views.values())
    return {country: count / total for country, count in views.items()}


def _add_shares(
    door: Door, page: Page, account: Reference, dimension: str, shares: Mapping[str, float]
) -> None:
    if not shares:
        return
    with page.item(dimension) as item:
        for value, share in shares.items():
            item.add(
                "audience_shares",
                platform=Platform.YOUTUBE,
                account=account,
                dimension=dimension,
                value=value,
                observed_at=door.ask.now,
                source=Source.CREATOR_AUTHORISED,
                share=min(share, 1.0),
            )


def _add_gains(door: Door, page: Page, account: Reference, row: Fields) -> None:
    with page.item(row.path) as item:
        won, lost = row.count("subscribersGained"), row.count("subscribersLost")
        minutes, seconds = row.count("estimatedMinutesWatched"), row.number("averageViewDuration")
        views = row.count("views")
        item.add(
            "account_averages",
            platform=Platform.YOUTUBE,
            account=account,
            observed_at=door.ask.now,
            source=Source.CREATOR_AUTHORISED,
            window=f"{GAINED.days} days",
            followers_gained=None if won is None or lost is None else won - lost,
            views_gained=views,
        )
        if minutes is not None and seconds is not None:
            page.notes.append(
                f"In the last {GAINED.days} days people watched for {minutes:,} minutes, "
                f"{seconds:,.0f} seconds of a video on average."
            )
