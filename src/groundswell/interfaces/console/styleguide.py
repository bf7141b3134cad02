"""Every part of the console with data, without, and with an error: for who builds pages."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from groundswell.interfaces.console.charts import Chart, Kind, Point
from groundswell.interfaces.http import routes
from groundswell.terms.estimate import Estimate

_NAMES = ("anna.runs", "trail_and_ale", "noor", "peak.season.with.a.long.handle", "x" * 12)


class _Form(forms.Form):
    name = forms.CharField(help_text="As people will see it.")
    budget = forms.IntegerField(required=False)
    objective = forms.ChoiceField(choices=[("reach", "Reach"), ("clicks", "Clicks")])
    promise = forms.BooleanField(required=False, label="Promise the goals")


@routes.public
def styleguide(request: Any) -> HttpResponse:
    """The style guide."""
    return render(request, "console/styleguide.html", examples(request))


def examples(request: HttpRequest) -> dict[str, Any]:
    """What the style guide shows: made up, and the same at each look."""
    now = getattr(request, "now", None)
    rate = Estimate(0.0423, 0.0361, 0.0492, 0.9, "pooled_rate", 58)
    unknown = Estimate.cannot_say("Fewer than 5 posts were seen in the last 90 days.", n=3)
    wide = Estimate(0.061, 0.021, 0.113, 0.9, "pooled_rate", 6, "Few posts: the interval is wide.")
    rates = (rate, wide, unknown, None, Estimate.exact(0.08, method="counted", n=12))
    rows = [
        {
            "handle": handle,
            "platform": platform,
            "country": country,
            "language": "en",
            "followers": followers,
            "rate": estimate,
            "seen": now and now - timedelta(hours=5 * at),
        }
        for at, (handle, platform, country, followers, estimate) in enumerate(
            zip(
                _NAMES,
                ("instagram", "tiktok", "youtube", "blog", "x"),
                ("US", "GB", "DE", "", None),
                (128_400, 9_310, 1_240_000, None, 412),
                rates,
                strict=True,
            )
        )
    ]
    return {
        "now": now,
        "desk": getattr(request, "desk", None),
        "rate": rate,
        "unknown": unknown,
        "price": Estimate(45_000, 32_000, 61_000, 0.8, "price_model", 140),
        "rows": rows,
        "page": Paginator(range(23_456), 25).get_page(request.GET.get("page")),
        "form": _Form({"name": "", "budget": "many", "objective": "reach", "promise": "on"}),
        "charts": charts(),
        "tabs": [
            SimpleNamespace(label="Scorecard", url="#", active=True, count=None),
            SimpleNamespace(label="Posts", url="#posts", active=False, count=1_204),
            SimpleNamespace(label="Audience", url="#audience", active=False, count=None),
            SimpleNamespace(label="History", url="#history", active=False, count=0),
        ],
    }


def charts() -> list[Chart]:
    """One of each kind, and one without data."""
    days = [date(2026, 1, 5) + timedelta(days=7 * week) for week in range(14)]
    level = [98_200 + 2_150 * week + (900 if week % 3 else -700) for week in range(14)]
    growth = [
        Point(at, None if week == 6 else value, value - 300 * week, value + 320 * week)
        for week, (at, value) in enumerate(zip(days, level, strict=True))
    ]
    ways = [
        Point(kpi, value, value * 0.8, value * 1.2, series=way)
        for kpi, values in (("Views", (3.1, 4.2, 4.6)), ("Reach", (0.7, 0.9, 0.8)))
        for way, value in zip(("Few large", "Many small", "Mixed"), values, strict=True)
    ]
    peers = [
        Point(
            1_000 * 1.16**at,
            0.09 / (1 + at / 14) + 0.008 * ((at * 7) % 5 - 2) / 2,
            label=f"peer {at}",
        )
        for at in range(44)
    ]
    shares = [("US", 0.61), ("GB", 0.17), ("CA", 0.09), ("Germany, Austria, Switzerland", 0.04)]
    return [
        Chart("followers", Kind.LINE, "Followers", "Week", "Followers", growth, unit="short",
              note="Seen weekly by import; the band is what the model thinks possible."),
        Chart("formats", Kind.BARS, "Views of a post by format", "Format", "Views",
              [Point("Reel", 21_400, 15_000, 30_100), Point("Story", 6_200, 4_800, 8_000),
               Point("Image", None), Point("Carousel", 9_900, 7_000, 14_000)], unit="short"),
        Chart("ways", Kind.BARS, "Ways to spend the budget", "KPI", "Millions", ways,
              unit="number"),
        Chart("peers", Kind.SCATTER, "Engagement among peers", "Followers", "Engagement",
              [*peers, Point(128_400, 0.0423, label="anna.runs", marked=True)], unit="percent",
              x_unit="short"),
        Chart("countries", Kind.SHARES, "Audience by country", "Country", "Share",
              [Point(name, share, share * 0.85, share * 1.1) for name, share in shares],
              unit="percent"),
        Chart("none", Kind.LINE, "Posts per week", "Week", "Posts",
              empty="No post was imported. Import posts to see how often they post."),
    ]  # fmt: skip
