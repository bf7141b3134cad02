"""Briefs: what is right is read, what is wrong is said, all of it at once."""

from datetime import date
from pathlib import Path

import pytest

from groundswell.planning import brief as briefs
from groundswell.planning.brief import BadBrief
from groundswell.terms.formats import Format
from groundswell.terms.money import Money
from groundswell.terms.objectives import Kpi, Objective
from groundswell.terms.platforms import AccountRef, Platform
from groundswell.terms.tiers import Tier
from tests.planning.cast import toml

WHOLE = """
name = "Trail shoe launch"
objective = "reach"
budget = { amount = 100000, currency = "USD" }
start = 2027-03-01
end = 2027-04-11
goals = { views = 4000000, clicks = 20000, reach = 900000 }
promise = 0.90
handling_cost = 40
exchange_rates = { EUR = 1.08 }

[audience]
countries = ["US", "England"]
genders = ["female"]
ages = ["25-34"]

[creators]
count = { min = 20, max = 200 }
platforms = ["instagram", "TikTok"]
formats = ["reel", "short", "video"]
categories = ["running", "outdoor"]
must_have = ["instagram:@anna"]
max_share_per_creator = 0.10
tiers = { nano = { max = 150 }, mega = { max = 1 } }
exclusivity_days = 60
competitors = ["@otherbrand"]
"""


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(BadBrief) as refusal:
        briefs.parsed(text)
    return refusal.value.problems


def test_a_whole_brief_is_read():
    brief = briefs.parsed(WHOLE)

    assert brief.objective is Objective.REACH
    assert brief.budget.money == Money(10_000_000, "USD")
    assert brief.handling == Money(4_000, "USD")
    assert brief.goals.set() == {Kpi.REACH: 900_000, Kpi.VIEWS: 4_000_000, Kpi.CLICKS: 20_000}
    assert brief.audience.countries == ("US", "GB")
    assert brief.creators.platforms == (Platform.INSTAGRAM, Platform.TIKTOK)
    assert brief.creators.formats == (Format.REEL, Format.SHORT, Format.VIDEO)
    assert brief.creators.must_have == (AccountRef(Platform.INSTAGRAM, "anna"),)
    assert brief.creators.tiers[Tier.NANO].max == 150
    assert brief.period.days == 42
    assert brief.start == date(2027, 3, 1)


def test_an_empty_creators_section_allows_everybody():
    creators = briefs.parsed(toml()).creators

    assert (creators.count.min, creators.count.max, creators.platforms) == (1, None, ())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (toml(amount=0), "budget.amount: must be greater than 0, got 0"),
        (toml(amount=-5), "budget.amount: must be greater than 0, got -5"),
        (toml(amount="nan"), "budget.amount: must be a finite number, got nan"),
        (toml(amount="1e999999"), "budget.amount: must be a finite number, got inf"),
        (toml(amount='"100"'), "budget.amount: must be a valid number, got '100'"),
        (toml(amount="true"), "budget.amount: must be a valid number, got True"),
        (toml(amount=1e15), "budget.amount: must be less than 1000000000000, got"),
        (toml(amount=0.001), "budget: USD has no such fraction: got '0.001'"),
        (toml(currency="DOL"), "budget.currency: is no currency that somebody is paid in"),
        (toml().replace("end = 2027", "end = 2095"), "a program lasts 1,096 days at most"),
        (toml(currency="XXX"), "such as USD or EUR, got 'XXX'"),
        (toml(objective="awareness"), "objective: got 'awareness'; It must be one of reach,"),
        (toml(objective="view"), "objective: got 'view'; did you mean views?"),
        (toml(more="promise = 1.0"), "promise: must be less than 1, got 1.0"),
        (toml(more="promise = 0"), "promise: must be greater than 0, got 0"),
        (toml(more="promisse = 0.9"), "promisse: is not known; did you mean promise?"),
        (toml(more="goals = { views = -1 }"), "goals.views: must be greater than 0, got -1"),
        (toml(more="goals = { vews = 1 }"), "goals.vews: is not known; did you mean views?"),
        (toml(more="handling_cost = -1"), "handling_cost: must be greater than or equal to 0"),
        (toml(more="exchange_rates = { EUR = 0 }"), "exchange_rates.EUR: must be greater than 0"),
        (toml(creators="count = { min = 3, max = 2 }"), "got min = 3 and max = 2"),
        (toml(creators="count = { min = -1 }"), "creators.count.min: must be greater than or"),
        (toml(creators="count = { most = 1 }"), "It must be one of min, max"),
        (toml(creators='formats = ["reels"]'), "creators.formats, entry 1: got 'reels'"),
        (toml(creators='platforms = ["myspace"]'), "no platform is called 'myspace'"),
        (toml(creators='must_have = ["anna"]'), "an account is written platform:handle"),
        (toml(creators="max_share_per_creator = 0"), "or equal to 0.0001, got 0"),
        (toml(creators="tiers = { giant = { max = 1 } }"), "creators.tiers.giant: got 'giant'"),
        (toml(creators="quotas = 5"), "creators.quotas: must be a table, as { platform = ... }"),
        (toml(creators="quotas = { tiers = {} }"), "It must be one of platform, country, category"),
        (toml(creators="quotas = { platform = { myspace = { min = 1 } } }"), "called 'myspace'"),
        (toml(creators="quotas = { country = { XX = { min = 1 } } }"), "no country is"),
        (toml(creators="quotas = { category = { a = { most = 1 } } }"), "min_spend, max_spend"),
        (toml(creators="tiers = { nano = { min_spend = 2, max_spend = 1 } }"), "min_spend = 2 and"),
        (toml(creators="min_spend = -1"), "creators.min_spend: must be greater than or equal"),
        (toml(creators="deliverables_per_creator = 0"), "must be greater than or equal to 1"),
        (toml(more="frequency = 0"), "frequency: must be greater than or equal to 1, got 0"),
        (toml(more="frequency = 2"), 'needs objective = "reach", got objective = "views"'),
        (toml(more='question = "best"'), "question: got 'best'; It must be one of most, cheapest"),
        (toml(more='question = "cheapest"'), "needs a goal that can be counted"),
        (toml(more='question = "cheapest"\ngoals = { reach = 5 }'), "such as views, got reach"),
        (toml(more="exchange_date = 2027-01-01"), "none: take it out, got 2027-01-01"),
        (toml(creators='competitors = ["x"]'), "named without exclusivity_days"),
        (
            toml(creators='must_have = ["instagram:a"]\nnever = ["instagram:a"]'),
            "same account: take it out of one, got instagram:a in both",
        ),
        (toml() + '[audience]\ncountries = ["Atlantis"]', "countries, entry 1: no country is"),
        (toml() + '[audience]\nages = ["young"]', "must be a band such as 25-34 or 65+, the"),
        (toml() + '[audience]\nages = ["34-25"]', "the younger age first, got '34-25'"),
        (toml() + '[audience]\ngenders = ["femail"]', "1: no gender is called 'femail': did you"),
        (toml() + '[audience]\ngenders = ["robot"]', "It must be one of female, male, other"),
        (toml() + '[audience]\ngenders = [3]', "audience.genders, entry 1: must be a valid str"),
        (toml().replace("2027-04-11", "2026-04-11"), "end must not lie before start"),
        (toml().replace("2027-03-01", '"2027-03-01"'), "start: must be a date without quotes"),
        (toml().replace("2027-03-01", "2027-03-01T10:00:00"), "start: must be a date without"),
        (toml().replace("[creators]", ""), "creators: is missing; add a section [creators]"),
        (toml().replace("Trail shoe", r"Trail\u0000shoe"), "name: holds characters that can't"),
        (toml(creators=r'never = ["instagram:\u0000"]'), "creators.never, entry 1: holds"),
        ("x = [", "it is no TOML: Invalid value (at end of document)"),
        ("a = " + "[" * 5_000, "it is nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_key_and_value(wrong, says):
    assert says in "\n".join(problems(wrong))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("count = { min = 20, max = 200 }|count = { min = 0, max = 0 }", "raise count.max to 1"),
        ("exclusivity_days = 60|exclusivity_days = 999999999", "less than or equal to 36500"),
        ("start = 2027-03-01|start = 0001-01-01", "greater than or equal to 2000-01-01"),
        ("end = 2027-04-11|end = 9999-12-31", "less than or equal to 2100-12-31"),
        ("amount = 100000|amount = " + "9" * 5_000, "limit (4300 digits)"),
        ("per_creator = 0.10|per_creator = 1e-300", "greater than or equal to 0.0001"),
    ],
)
def test_what_no_plan_can_keep_is_refused_rather_than_tried(wrong, says):
    [problem] = problems(WHOLE.replace(*wrong.split("|")))

    assert says in problem


def test_all_problems_are_said_at_once():
    found = problems(toml(amount=0, currency="DOL", more="promise = 2", creators="cuont = 1"))

    assert [problem.split(":")[0] for problem in found] == [
        "budget.amount",
        "budget.currency",
        "promise",
        "creators.cuont",
    ]


@pytest.mark.parametrize("key", ["life_moments", "segment"])
def test_what_needs_surveys_is_refused_by_name(key):
    [problem] = problems(toml() + f'[audience]\n{key} = ["wedding"]')

    assert problem.startswith(f"audience.{key}: can't be planned for yet")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'name = "caf\xe9"\n', "line 1 of"),
        (b"# ok\n\xff\xfe", "line 2 of"),
        (b"x" * (1 << 20) + b"y", "is longer than"),
        (b"a = 1\x00", "it is no TOML"),
    ],
)
def test_a_file_that_is_no_brief_is_refused(tmp_path: Path, content: bytes, says: str):
    path = tmp_path / "brief.toml"
    path.write_bytes(content)

    with pytest.raises(BadBrief, match=says):
        briefs.read(path)


def test_a_file_is_read_with_a_byte_order_mark_and_carriage_returns(tmp_path: Path):
    path = tmp_path / "brief.toml"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())

    assert briefs.read(path)[0].name == "Trail shoe launch"


def test_a_missing_file_is_refused(tmp_path: Path):
    with pytest.raises(BadBrief, match="can't be opened: No such file"):
        briefs.read(tmp_path / "nowhere.toml")
