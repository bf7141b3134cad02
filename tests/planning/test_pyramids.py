"""The pyramid of a plan: layers that add up, a curve over the days, and times seen."""

import pytest

from tests.planning.test_layers import BOOST, NO_NANO, SEEDING, SHARERS, said


@pytest.fixture(scope="module")
def plan():
    return said(
        f"[brand_content]\npieces = 1\ncost = 500\n{SHARERS}\n{SEEDING}\n{BOOST}",
        objective="reach", amount=4_000, creators=NO_NANO,
    )  # fmt: skip


def test_what_layers_add_comes_to_the_reach(plan):
    pyramid = plan["pyramid"]

    assert [row["layer"] for row in pyramid["layers"]] == [
        "brand_content", "creators", "sharers", "seeding", "boost", "tail",
    ]  # fmt: skip
    added = sum(row["adds"] for row in pyramid["layers"])
    assert added == pytest.approx(pyramid["reach"]["value"])
    assert all(row["adds"] <= row["alone"] * 1.001 for row in pyramid["layers"])


def test_the_curve_has_every_day_and_ends_at_the_reach(plan):
    curve, reach = plan["pyramid"]["curve"], plan["pyramid"]["reach"]

    assert (curve[0]["day"], curve[-1]["day"], len(curve)) == ("2027-03-01", "2027-04-11", 42)
    assert (curve[-1]["low"], curve[-1]["high"]) == (
        pytest.approx(reach["low"]),
        pytest.approx(reach["high"]),
    )
    assert all(day["low"] <= day["middle"] <= day["high"] for day in curve)


def test_times_seen_add_up_to_the_people_reached(plan):
    frequency = plan["pyramid"]["frequency"]

    assert sum(frequency["people"]) == pytest.approx(plan["pyramid"]["reach"]["value"])
    assert frequency["mean"] > 1


def test_the_forecast_without_a_tail_is_near_the_pyramid_without_its_tail(plan):
    direct = sum(row["adds"] for row in plan["pyramid"]["layers"][:-1])

    assert direct == pytest.approx(plan["forecast"]["reach"]["value"], rel=0.15)
