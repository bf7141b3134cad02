from hypothesis import given
from hypothesis import strategies as st

from groundswell.interfaces.console.intervals import WIDTH, Bar, drawing
from groundswell.terms.estimate import Estimate

RATE = Estimate(0.04, 0.03, 0.06, 0.9, "pooled_rate", 1_058)


def test_an_estimate_is_drawn_with_its_interval_and_how_it_was_made():
    drawn = drawing(RATE, "percent", start=0, end=0.12)

    assert (drawn.value, drawn.interval, drawn.level) == ("4.0%", "3.0% to 6.0%", "90%")
    assert (drawn.method, drawn.n, drawn.reason) == ("pooled rate", "1,058", "")
    assert drawn.bar == Bar(left=18.0, width=18.0, mark=24.0)


def test_the_json_of_an_estimate_is_drawn_alike():
    assert drawing(RATE.as_json(), "percent") == drawing(RATE, "percent")


def test_what_cannot_be_said_gives_its_reason_and_no_number():
    drawn = drawing(Estimate.cannot_say("Too few posts.", n=3), "percent")

    assert (drawn.value, drawn.bar, drawn.method) == ("", None, "")
    assert (drawn.reason, drawn.n) == ("Too few posts.", "3")


def test_what_was_never_measured_says_so():
    assert drawing(None, "count").reason == "It has not been measured yet."


def test_a_counted_value_has_no_bar():
    drawn = drawing(Estimate.exact(12, method="counted", n=12), "count")

    assert (drawn.value, drawn.interval, drawn.bar) == ("12", "", None)


numbers = st.floats(-1e9, 1e9)


@given(st.tuples(numbers, numbers, numbers).map(sorted), numbers, numbers)
def test_no_bar_leaves_its_box(values, start, end):
    low, value, high = values
    bar = drawing(Estimate(value, low, high, 0.9, "m", 1), "number", start=start, end=end).bar

    assert 0 <= bar.left <= WIDTH
    assert 1 <= bar.mark <= WIDTH - 1
    assert bar.width >= 3
