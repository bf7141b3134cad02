import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from groundswell.connectors.adapters.networks.failures import Changed, NotUsed
from groundswell.connectors.adapters.networks.instagram.interface import INTERFACE
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.terms.exchange import Reply
from groundswell.terms.formats import Format
from groundswell.terms.sources import Source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _read(body: Any, url: str = "https://recorded.example/") -> Page:
    return INTERFACE.read(Reply(200, {}, json.dumps(body).encode(), url), NOW)


def _rows(page: Page, table: str) -> list[dict[str, Any]]:
    return [line.values for line in page.lines if line.table == table]


def _insight(name: str, value: Any, **more: Any) -> dict[str, Any]:
    known = {"name": name, "period": "lifetime", "values": [{"value": value}]}
    return {**known, "id": f"180/insights/{name}/lifetime", **more}


def _demographics(results: list[tuple[list[str], int]], *keys: str) -> dict[str, Any]:
    groups = [{"dimension_values": values, "value": value} for values, value in results]
    parts = [{"dimension_keys": list(keys), "results": groups}]
    return {
        "name": "follower_demographics",
        "period": "lifetime",
        "total_value": {"breakdowns": parts},
        "id": "17841400000000001/insights/follower_demographics/lifetime",
    }


@pytest.mark.parametrize(
    ("entry", "format_"),
    [
        ({"media_type": "IMAGE"}, Format.IMAGE),
        ({"media_type": "CAROUSEL_ALBUM"}, Format.CAROUSEL),
        ({"media_type": "VIDEO"}, Format.VIDEO),
        ({"media_type": "VIDEO", "media_product_type": "REELS"}, Format.REEL),
        ({"media_type": "VIDEO", "permalink": "https://www.instagram.com/reel/C1/"}, Format.REEL),
        ({"media_type": "IMAGE", "media_product_type": "STORY"}, Format.STORY),
        (
            {"media_type": "VIDEO", "permalink": "https://instagram.com/stories/anna/1"},
            Format.STORY,
        ),
        ({"media_type": "BROADCAST", "media_product_type": "LIVE"}, Format.LIVE),
        ({"media_type": "HOLOGRAM"}, None),
    ],
)
def test_the_kind_of_a_post_is_told_by_product_address_and_type(
    entry: dict[str, str], format_: Format | None
) -> None:
    assert _rows(_read({"id": "1", **entry}), "posts")[0]["format"] is format_


def test_a_kind_that_nobody_knows_is_set_aside() -> None:
    assert _read({"id": "1", "media_type": "HOLOGRAM"}).aside == {"media_type": "HOLOGRAM"}


def test_what_the_platform_marks_as_paid_is_kept_and_nothing_else_is() -> None:
    paid = _read({"id": "1", "media_type": "IMAGE", "is_paid_partnership": True})
    silent = _read({"id": "1", "media_type": "IMAGE", "caption": "#ad"})

    assert _rows(paid, "posts")[0]["paid_partnership"] is True
    assert _rows(silent, "posts")[0]["paid_partnership"] is None


def test_likes_that_the_owner_hides_are_missing_and_not_zero() -> None:
    page = _read({"data": [{"id": "1", "media_type": "IMAGE", "comments_count": "3"}]})

    (row,) = _rows(page, "post_observations")
    assert (row["likes"], row["comments"]) == (None, 3)


def test_a_list_says_whose_it_is_by_the_address_beside_it() -> None:
    following = "https://graph.facebook.com/v25.0/17841400000000001/media?access_token=T&after=b"
    page = _read({"data": [{"id": "1", "media_type": "IMAGE"}], "paging": {"next": following}})

    assert _rows(page, "posts")[0]["account_platform_id"] == "17841400000000001"


def test_tags_belong_to_whoever_wrote_them() -> None:
    entry = {"id": "1", "media_type": "IMAGE", "username": "anna"}
    page = _read({"data": [entry]}, "https://graph.facebook.com/v25.0/17841400000000001/tags")

    (post,) = _rows(page, "posts")
    assert (post["account_platform_id"], post["account_handle"]) == (None, "anna")


def test_metrics_of_a_post_are_our_counts_by_their_newest_name() -> None:
    page = _read(
        {
            "data": [
                _insight("plays", 10),
                _insight("views", "30"),
                _insight("impressions", 40),
                _insight("saved", 0),
                _insight("total_interactions", 9),
                _insight("brand_new", 5),
            ]
        }
    )

    (row,) = _rows(page, "post_observations")
    assert row["post_id"] == "180"
    assert (row["views"], row["impressions"], row["saves"]) == (30, 40, 0)
    assert row["interactions"] == 9
    assert row["source"] is Source.CREATOR_AUTHORISED
    assert "likes" not in row
    assert page.aside == {"insights.brand_new": "[5]"}


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("video_views", "views"),
        ("ig_reels_aggregated_all_plays_count", "views"),
        ("carousel_album_impressions", "impressions"),
        ("carousel_album_reach", "reach"),
        ("carousel_album_saved", "saves"),
        ("shares", "shares"),
        ("reposts", "shares"),
        ("engagement", "interactions"),
    ],
)
def test_older_metrics_are_read_too(name: str, column: str) -> None:
    assert _rows(_read({"data": [_insight(name, 7)]}), "post_observations")[0][column] == 7


def test_shares_and_reposts_are_two_ways_to_pass_a_post_on() -> None:
    told = {"data": [_insight("shares", 4), _insight("reposts", 3)]}
    fields = {"id": "1", "media_type": "IMAGE", "shares_count": "4", "reposts_count": 3}

    for body in (told, fields):
        assert _rows(_read(body), "post_observations")[0]["shares"] == 7


def test_times_of_watching_come_in_milliseconds_and_are_kept_in_seconds() -> None:
    page = _read(
        {
            "data": [
                _insight("ig_reels_video_view_total_time", "91261"),
                _insight("ig_reels_avg_watch_time", 3_510.4),
                _insight("reels_skip_rate", 41.7),
            ]
        }
    )

    (row,) = _rows(page, "post_observations")
    assert (row["watch_time_s"], row["watch_average_s"]) == (91.261, 3.51)
    assert (page.bad, page.aside) == ([], {})


def test_a_time_that_is_negative_is_refused() -> None:
    page = _read({"data": [_insight("ig_reels_avg_watch_time", -1), _insight("reach", 7)]})

    assert "watch_average_s" not in _rows(page, "post_observations")[0]
    assert [bad.where for bad in page.bad] == ["data[0].values[0].value"]


def test_a_metric_without_a_value_is_missing() -> None:
    page = _read({"data": [_insight("reach", 7), _insight("views", 0, values=[])]})

    (row,) = _rows(page, "post_observations")
    assert row["reach"] == 7
    assert "views" not in row


def test_a_metric_that_cannot_be_read_leaves_the_others() -> None:
    page = _read({"data": [_insight("reach", 7), _insight("views", -1)]})

    assert _rows(page, "post_observations")[0]["reach"] == 7
    assert [bad.where for bad in page.bad] == ["data[1].values[0].value"]


def test_totals_of_an_account_speak_of_the_time_between_the_pages() -> None:
    address = "https://graph.facebook.com/v25.0/17841400000000001/insights?metric=reach"
    end = int(NOW.timestamp()) - 3_600
    paging = {
        "previous": f"{address}&since=1&until={end - 7 * 86_400}",
        "next": f"{address}&since={end}&until={end + 9}",
    }
    metric = {
        "name": "reach",
        "period": "day",
        "total_value": {"value": 1_450},
        "id": "17841400000000001/insights/reach/day",
    }
    (row,) = _rows(_read({"data": [metric], "paging": paging}), "account_averages")

    assert (row["window"], row["unique_viewers"]) == ("week", 1_450)
    assert row["observed_at"] == NOW - timedelta(hours=1)
    assert row["account_platform_id"] == "17841400000000001"


def test_a_day_that_is_not_over_is_not_taken_for_a_whole_one() -> None:
    values = [
        {"value": 5, "end_time": "2026-11-22T08:00:00+0000"},
        {"value": 1, "end_time": "2026-11-23T08:00:00+0000"},
    ]
    metric = _insight("follower_count", 0, period="day", values=values)
    rows = _rows(_read({"data": [metric]}), "account_averages")

    assert [row["followers_gained"] for row in rows] == [5]


def test_a_cross_of_dimensions_is_summed_by_each() -> None:
    results = [(["18-24", "F"], 30), (["18-24", "M"], 10), (["25-34", "U"], 60)]
    rows = _rows(_read({"data": [_demographics(results, "age", "gender")]}), "audience_shares")

    assert {(row["dimension"], row["value"]): row["share"] for row in rows} == {
        ("age", "18-24"): 0.4,
        ("age", "25-34"): 0.6,
        ("gender", "female"): 0.3,
        ("gender", "male"): 0.1,
        ("gender", "unknown"): 0.6,
    }
    assert {row["sample_size"] for row in rows} == {100}


def test_the_older_form_of_demographics_is_read_too() -> None:
    metric = _insight("audience_gender_age", {"F.18-24": 3, "M.18-24": 1})
    metric["id"] = "17841400000000001/insights/audience_gender_age/lifetime"
    rows = _rows(_read({"data": [metric]}), "audience_shares")

    assert {(row["dimension"], row["value"]): row["share"] for row in rows} == {
        ("gender", "female"): 0.75,
        ("gender", "male"): 0.25,
        ("age", "18-24"): 1.0,
    }


def test_a_list_that_is_cut_off_says_so() -> None:
    cities = [([f"Town {number}"], 2) for number in range(45)]
    page = _read({"data": [_demographics(cities, "city")]})

    assert len(_rows(page, "audience_shares")) == 45
    (note,) = page.notes
    assert note.startswith("Meta lists 45 values of city at most: the shares are of the 90 people")


def test_an_audience_that_is_not_told_is_no_zero() -> None:
    assert _read({"data": []}).lines == []
    with pytest.raises(NotUsed):
        _read({"data": [_demographics([], "age")]})


def test_comments_stand_under_the_post_that_is_told() -> None:
    comment = {"id": "7", "text": "Hey", "timestamp": "2026-11-01T10:00:00+0000"}
    listed = {"data": [comment], "paging": {"next": "https://x.example/v25.0/180123/comments?a=b"}}
    answers = {"replies": {"data": [{"id": "8", "text": "Ho"}]}}

    assert _rows(_read(listed), "comments")[0]["post_id"] == "180123"
    rows = _rows(_read({**comment, "media": {"id": "9"}, **answers}), "comments")
    assert [(row["comment_id"], row["post_id"]) for row in rows] == [("7", "9"), ("8", "9")]
    with pytest.raises(NotUsed, match="under which post"):
        _read(comment)


@pytest.mark.parametrize(
    "body",
    [
        {"data": [{"catalog_id": "1", "catalog_name": "Snacks", "product_count": 11}]},
        {"data": [{"quota_usage": 0, "config": {"quota_total": 25}}]},
        {"data": [{"id": "1784", "name": "trail"}]},
        {"id": "17889455560051447"},
        {"id": "1", "status_code": "FINISHED"},
        {},
    ],
)
def test_sound_replies_of_no_use_are_told_from_changed_ones(body: dict[str, Any]) -> None:
    with pytest.raises(NotUsed, match="a sound reply with nothing that is kept here"):
        _read(body)


@pytest.mark.parametrize("body", [[], "ok", 1, {"data": [1, 2]}, {"business_discovery": []}])
def test_a_reply_of_no_known_form_has_changed(body: Any) -> None:
    with pytest.raises(Changed):
        _read(body)
