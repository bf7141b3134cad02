from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context
from django.template.loader import render_to_string
from django.urls import NoReverseMatch
from django.utils import timezone

from groundswell.interfaces.console.charts import Chart, Kind, Point
from groundswell.interfaces.console.templatetags import console
from groundswell.terms.estimate import Estimate
from groundswell.terms.money import Money

AT = datetime(2026, 3, 29, 23, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def request(slug="demo", url_name="creator"):
    workspace = SimpleNamespace(slug=slug, name="Demo", is_synthetic=True)
    return SimpleNamespace(
        desk=SimpleNamespace(workspace=workspace) if slug else None,
        resolver_match=SimpleNamespace(url_name=url_name),
    )


def test_a_moment_is_shown_in_the_active_zone_and_in_utc():
    with timezone.override("Asia/Tokyo"):
        assert console.moment(AT) == (
            '<time datetime="2026-03-29T23:30:00Z" title="2026-03-29 23:30:00 UTC">'
            "30 Mar 2026, 08:30</time>"
        )
        assert ">30 Mar 2026<" in console.day(AT)
    assert console.day(date(2026, 3, 2)) == '<time datetime="2026-03-02">2 Mar 2026</time>'
    assert console.moment("2026-03-29T23:30:00+00:00") == console.moment(AT)


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5, minutes=50), "5 hours ago"),
        (timedelta(days=400), "1 year ago"),
        (timedelta(days=-3), "in 3 days"),
    ],
)
def test_a_span_is_told_in_its_largest_unit(passed, text):
    assert f">{text}<" in console.ago(AT, AT + passed)


def test_what_is_missing_is_a_dash():
    for told in (
        console.moment, console.day, console.ago, console.country, console.flag, console.language,
        console.tier, console.platform, console.money,
    ):  # fmt: skip
        assert told(None) == "–"


def test_codes_are_told_by_name():
    assert console.country("GB") == "United Kingdom"
    assert console.country("QQ") == "QQ"
    assert console.flag("de") == '<abbr class="code" title="Germany">DE</abbr>'
    assert console.language("pt-BR") == "Portuguese"
    assert console.words("life_moments") == "Life moments"
    assert console.words("api") == "API"
    assert console.words("tiktok") == "TikTok"
    assert console.words("hypeauditor_rankings") == "HypeAuditor rankings"
    assert "TikTok" in console.platform("tiktok")


def test_what_others_wrote_is_escaped():
    assert console.tier("<b>") == '<span class="tier">&lt;b&gt;</span>'
    assert "<script>" not in console.platform("<script>") + console.flag("<script>")


def test_money_is_given_as_money_or_as_minor_units():
    assert console.money(Money(4_500, "USD")) == console.money(4_500, "USD") == "45.00 USD"


def test_an_address_is_filled_with_the_workspace():
    context = Context({"request": request()})

    assert console.to(context, "console:home") == "/w/demo/"
    assert console.to(context, "console:nowhere", missing="") == ""
    with pytest.raises(NoReverseMatch):
        console.to(Context({"request": request(slug=None)}), "console:home")


def test_the_navigation_has_the_areas_that_exist_and_marks_one():
    found = console.areas(Context({"request": request(url_name="home")}))

    assert [area.name for area in found if area.is_active] == ["home"]
    assert found[0].url == "/w/demo/"


def test_a_wrong_field_is_tied_to_its_help_and_its_error():
    class Brief(forms.Form):
        name = forms.CharField(help_text="As people will see it.")

    html = render_to_string("console/parts/field.html", {"field": Brief({"name": ""})["name"]})

    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'class="form-control is-invalid"' in html


def test_an_estimate_says_how_it_was_made():
    estimate = Estimate(0.04, 0.03, 0.06, 0.9, "pooled_rate", 58)
    html = render_to_string(
        "console/parts/estimate.html", {"estimate": estimate, "unit": "percent", "things": "posts"}
    )

    assert "4.0%" in html
    assert "90% interval" in html
    assert "3.0% to 6.0%" in html
    assert "58 posts" in html
    assert "style=" not in html


def test_an_estimate_without_a_value_says_why():
    html = render_to_string(
        "console/parts/estimate.html", {"estimate": Estimate.cannot_say("Too few posts.")}
    )

    assert "cannot say" in html
    assert "Too few posts." in html
    assert "<svg" not in html


def test_an_estimate_that_nobody_gave_cannot_be_said():
    assert "It has not been measured yet." in render_to_string("console/parts/estimate.html")


def test_a_chart_carries_its_data_its_table_and_no_markup_of_others():
    chart = Chart(
        "peers", Kind.SCATTER, "Peers", "Followers", "Rate",
        [Point(12_345, 0.04, label="</script><b>", marked=True)], unit="percent",
    )  # fmt: skip
    html = render_to_string("console/parts/chart.html", {"chart": chart})

    assert "12,345" in html
    assert "4.0%" in html
    assert "</script><b>" not in html
    assert html.count("</script>") == 1


def test_a_chart_without_points_says_what_to_do():
    chart = Chart("posts", Kind.BARS, "Posts", "Week", "Posts", empty="Import posts first.")
    html = render_to_string("console/parts/chart.html", {"chart": chart})

    assert "Import posts first." in html
    assert "data-chart-csv" not in html


def test_many_pages_are_offered_by_their_ends_and_neighbours():
    page = Paginator(range(1_000), 25).get_page(20)

    assert console.page_numbers(page) == [1, None, 19, 20, 21, None, 40]
