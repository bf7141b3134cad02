"""Running plans: what was told and imported moves P(hit), and what nobody knows is said."""

from datetime import UTC, date, datetime, timedelta

import pytest

from groundswell.planning import brief as briefs
from groundswell.planning import deliveries, running
from groundswell.planning.actions import news, plans
from groundswell.planning.actions.news import News
from groundswell.planning.models import LineState
from groundswell.workspaces import access
from tests.planning.cast import toml

START, END = date(2027, 3, 1), date(2027, 4, 11)
MID = date(2027, 3, 25)
OVER = datetime(2027, 4, 12, 12, tzinfo=UTC)


@pytest.fixture
def plan(market, now):
    text = toml(amount=300, more="promise = 0.7")
    return plans.propose(
        workspace=market, brief=briefs.parsed(text), text=text, by="anna", now=now, seed=1
    )


@pytest.fixture
def tell(market, plan):
    def told(*some, now=OVER):
        with access.inside(market):
            return news.tell(workspace=market, plan_id=plan.id, news=some, by="anna", now=now)

    return told


@pytest.fixture
def known(market, plan):
    def on(day=MID):
        with access.inside(market):
            return deliveries.known(plan, as_of=day)

    return on


@pytest.fixture
def forecast(plan, known):
    def on(day=MID):
        goals = plan.document["certificates"]["promise"]["goals"]
        return running.forecast(plan.document, known(day), goals, as_of=day, seed=1)

    return on


def posted(account, day, views, *, is_paid=None, number=0):
    """One reel of an account as an import brings it, counted five days later."""
    name = account.partition(":")[2]
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    post = {"platform": "instagram", "post_id": f"{name}-paid{number}", "account_handle": name}
    counted = {"observed_at": at + timedelta(5), "source": "import", "views": views, "likes": 9}
    return (
        {**post, "format": "reel", "published_at": at, "paid_partnership": is_paid},
        {**post, **counted},
    )


def brought(bring, *rows):
    posts, counts = zip(*rows, strict=True)
    bring(posts=list(posts), post_observations=list(counts))


def test_before_anything_happened_nothing_is_known_and_the_chance_is_the_plans(plan, forecast):
    found = forecast(START)

    promised = plan.document["certificates"]["promise"]["probability"]
    assert len(found["unknown"]) == len(plan.document["lines"])
    assert found["unknown"][0]["reason"].startswith("nobody told of it")
    assert found["kpis"]["views"]["so_far"] is None
    assert found["kpis"]["pieces"]["so_far"] is None
    # Without its bench, of which the promise makes use.
    assert 0.05 < found["hit_probability"]["value"] < promised + 0.05


def test_the_same_day_says_the_same(forecast):
    assert forecast() == forecast()


def test_posts_that_were_imported_are_the_lines(plan, bring, known, forecast):
    first = plan.document["lines"][0]["account"]
    brought(bring, posted(first, date(2027, 3, 10), 70_000))

    line = known()[0]
    found = forecast()

    assert (line.state, line.seen["views"]) == (LineState.PUBLISHED, 70_000.0)
    assert line.note.startswith("assumed")
    assert found["kpis"]["views"]["so_far"] == 70_000.0
    assert found["kpis"]["views"]["expected"]["value"] > 70_000
    assert found["hit_probability"]["value"] > 0.99
    assert [each["place"] for each in found["lines"]] == [1]


def test_what_was_published_or_counted_later_is_not_looked_at(plan, bring, known):
    first = plan.document["lines"][0]["account"]
    brought(bring, posted(first, date(2027, 3, 10), 70_000))

    assert known(date(2027, 3, 9))[0].state is None
    assert known(date(2027, 3, 11))[0].seen == {}


def test_among_several_posts_those_marked_as_paid_are_the_lines(plan, bring, known):
    first = plan.document["lines"][0]["account"]
    rows = [
        posted(first, date(2027, 3, 8 + n), 100 * n, is_paid=n == 2, number=n) for n in range(4)
    ]
    brought(bring, *rows)

    assert known()[0].seen["views"] == 200.0


def test_several_posts_that_could_be_it_are_not_guessed_between(plan, bring, known, forecast):
    first = plan.document["lines"][0]["account"]
    brought(bring, *[posted(first, date(2027, 3, 8 + n), 100, number=n) for n in range(3)])

    assert known()[0].note == "3 posts of the account could be it: say which one"
    assert forecast()["unknown"][0]["reason"].endswith("say which one")


def test_a_post_that_was_named_is_the_lines(plan, bring, known, tell):
    first = plan.document["lines"][0]["account"]
    brought(bring, *[posted(first, date(2027, 3, 8 + n), 100 + n, number=n) for n in range(3)])
    name = f"{first.partition(':')[2]}-paid1"
    tell(News(1, LineState.PUBLISHED, date(2027, 3, 9), post_id=name))

    assert known()[0].seen["views"] == 101.0


def test_signatures_raise_it_and_refusals_lower_it(plan, tell, forecast):
    before = forecast(START)["hit_probability"]["value"]
    count = len(plan.document["lines"])
    tell(*[News(place, LineState.SIGNED, START) for place in range(1, count + 1)])
    agreed = forecast(START)["hit_probability"]["value"]
    tell(*[News(place, LineState.DECLINED, START) for place in range(1, count + 1)])
    gone = forecast(START)

    assert agreed > before + 0.05
    assert gone["hit_probability"]["value"] == 0
    assert gone["unknown"] == []


def test_a_line_at_which_nobody_looked_is_not_taken_for_a_no_show(plan, tell, bring, forecast):
    count = len(plan.document["lines"])
    tell(*[News(place, LineState.SIGNED, START) for place in range(1, count + 1)])
    unlooked = forecast(END)["kpis"]["pieces"]["expected"]["value"]
    at = datetime(2027, 4, 11, 20, tzinfo=UTC)
    names = [line["account"].partition(":")[2] for line in plan.document["lines"]]
    bring(
        account_observations=[
            {"platform": "instagram", "account_handle": name, "observed_at": at,
             "source": "import", "followers": 5_000}
            for name in names
        ]
    )  # fmt: skip

    assert unlooked > 0.7 * count
    assert forecast(END)["kpis"]["pieces"]["expected"]["value"] < 0.1 * count


def test_an_import_that_does_not_go_back_to_the_program_says_nothing_of_it(market, now, bring):
    text = toml(amount=300, more="promise = 0.7").replace("2027", "2020")
    plan = plans.propose(
        workspace=market, brief=briefs.parsed(text), text=text, by="anna", now=now, seed=1
    )
    with access.inside(market):
        lines = deliveries.known(plan, as_of=date(2026, 10, 20))

    # All were counted in 2026, and their first known posts are of that year.
    assert {line.looked_at for line in lines} == {None}


def test_reserves_come_by_the_chance_that_they_restore_for_the_money(plan, forecast):
    make_goods = forecast(START)["make_goods"]
    assert forecast(END)["make_goods"] == []

    per_money = [each["restores_per_money"] for each in make_goods]
    assert per_money == sorted(per_money, reverse=True)
    assert {each["account"] for each in make_goods} <= {
        each["account"] for each in plan.document["bench"]
    }


def test_how_deals_went_is_learnt_by_plans_that_come_after(plan, tell, market):
    count = len(plan.document["lines"])
    tell(
        *[News(place, LineState.SIGNED, START, due=MID) for place in range(1, count + 1)],
        *[News(place, LineState.PUBLISHED, END) for place in range(2, count + 1)],
        News(1, LineState.DECLINED, END),
    )

    with access.inside(market):
        during = deliveries.track_record(before=END)
        after = deliveries.track_record(before=END + timedelta(1))

    assert during.programs == 0
    [kind] = {kind for kind, _ in after.counts}
    assert after.counts[kind, "acceptance"] == ((count - 1,), (count,))
    assert after.counts[kind, "delivery"] == ((count - 1,), (count - 1,))
    assert after.counts[kind, "late"] == ((count - 1,), (count - 1,))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (News(99, LineState.SIGNED, START), "has no line 99"),
        (News(1, LineState.SIGNED, START, price=-1), "a price that is not negative"),
        (News(1, LineState.SIGNED, OVER.date() + timedelta(2)), "2027-04-14 is still to come"),
        (News(1, LineState.SIGNED, date(2026, 10, 31)), "was made, on 2026-11-01: name that day"),
        (News(1, LineState.SIGNED, START, due=date(1, 1, 1)), "day 0001-01-01 is before"),
    ],
)
def test_news_that_can_not_be_are_refused(tell, told, said):
    with pytest.raises(news.BadNews, match=said):
        tell(told)


def test_news_of_the_day_as_it_is_anywhere_on_earth_are_taken(tell):
    today = OVER.date()

    assert len(tell(News(1, LineState.SIGNED, today + timedelta(1)))) == 1
    assert len(tell(News(1, LineState.SIGNED, date(2026, 11, 1)))) == 1
