from datetime import date

from groundswell.interfaces.console.charts import Chart, Kind, Point

CHART = Chart(
    "followers",
    Kind.LINE,
    "Followers",
    "Week",
    "Followers",
    [Point(date(2026, 1, 5), 100, 90, 120), Point(date(2026, 1, 12), None)],
)


def test_a_chart_tells_the_script_what_its_table_shows():
    assert CHART.as_json()["points"] == [
        ["2026-01-05", 100, 90, 120, "", "", False],
        ["2026-01-12", None, None, None, "", "", False],
    ]


def test_a_table_has_only_the_columns_that_are_used():
    assert CHART.has_intervals
    assert not CHART.has_series
    assert not Chart("none", Kind.BARS, "Posts", "Week", "Posts").has_intervals


def test_a_drawing_is_told_in_a_sentence_gaps_included():
    assert CHART.summary == (
        "Followers. Followers by Week: 2 points, 1 without a value. Table below."
    )
