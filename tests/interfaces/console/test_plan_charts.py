"""What the overview of a plan draws says what the plan says."""

import pytest

from groundswell.interfaces.console import plan_charts


def document(**changes):
    def line(tier, price, views):
        return {"tier": tier, "price": price, "forecast": {"views": {"value": views}}}

    return {
        "objective": "reach",
        "currency": "USD",
        "lines": [
            line("micro", 100.0, 1_000.0),
            line("micro", 100.0, None),
            line(None, 200, 3_000),
        ],
        "forecast": {"views": {"goal": 150.0}, "reach": {}},
        "certificates": {
            "promise": {
                "goals": {"views": 90},
                "quantiles": {"views": {"0.5": 200.0, "0.1": 100.0}},
            }
        },
        "curves": {
            "chances": {"views": [{"at_least": 120, "chance": 0.9}]},
            "reach": [
                {"lines": 0, "spend": 0.0, "reach": 0},
                {"lines": 3, "spend": 9.0, "reach": 5},
            ],
            "overlaps": {"accounts": ["x:a", "x:b"], "shared": [[1.0, 0.2], [0.05, 1.0]]},
        },
        **changes,
    }


def test_the_goal_lies_on_the_curve_of_what_can_be_promised():
    chart = plan_charts.chances(document(), "views")

    goal = next(point for point in chart.points if point.marked)
    assert (goal.x, goal.value) == (150.0, pytest.approx(0.7))
    assert [(p.x, p.value) for p in chart.points if p.series.startswith("Before")] == [
        (100.0, 0.9),
        (200.0, 0.5),
    ]


def test_reach_has_no_promised_curve_and_nothing_known_says_what_to_do():
    chart = plan_charts.chances(document(), "reach")

    assert chart.points == []
    assert "import posts" in chart.empty
    assert plan_charts.promised(document()) == "views"


def test_tiers_are_parts_of_creators_fees_and_views():
    points = {(p.series, p.x): p.value for p in plan_charts.tier_mix(document()).points}

    assert points == {
        ("Creators", "Micro"): pytest.approx(2 / 3),
        ("Creators", "No tier"): pytest.approx(1 / 3),
        ("Fees", "Micro"): 0.5,
        ("Fees", "No tier"): 0.5,
        ("Expected views", "Micro"): 0.25,
        ("Expected views", "No tier"): 0.75,
    }


def test_reach_for_money_names_the_lines_bought():
    chart = plan_charts.reach_for_money(document())

    assert [(p.x, p.value, p.label) for p in chart.points] == [
        (0.0, 0, "0 lines"),
        (9.0, 5, "3 lines"),
    ]


def test_the_map_is_darkest_where_most_is_shared_and_missing_where_nothing_is_known():
    rows = plan_charts.shared(document())

    assert [[cell.shade for cell in row.cells] for row in rows] == [[0, 8], [2, 0]]
    unknown = {"accounts": ["x:a", "x:b"], "shared": [[1.0, None], [None, 1.0]]}
    curves = {**document()["curves"], "overlaps": unknown}
    assert plan_charts.shared(document(curves=curves)) == []
