"""The form keeps the layers of a brief that was read from a file."""

import tomllib
from typing import get_args, get_origin

from groundswell.interfaces.console import brief_fields, briefs
from groundswell.planning.brief import Brief, Section

BRIEF = """
name = "Trail shoe launch"
objective = "reach"
budget = { amount = 100000, currency = "USD" }
start = 2027-03-01
end = 2027-04-11

[brand_content]
pieces = 1
cost = 15000

[sharers]
count = { min = 10, max = 500 }
reward = 4
daily_budget = 150

[seeding]
units = 15
unit_cost = 60

[boost]
max_share_of_budget = 0.2
"""


def test_layers_of_a_file_survive_the_form():
    tables = tomllib.loads(BRIEF)
    said = briefs.filled(tables).tables()

    for layer in ("brand_content", "sharers", "seeding", "boost"):
        assert said[layer] == tables[layer]


def test_a_brief_without_creators_stays_without_them():
    form = briefs.filled(tomllib.loads(BRIEF))

    assert form.tables()["creators"] == {"count": {"max": 0}}


def test_quotas_question_and_frequency_of_a_file_survive_the_form():
    more = """
frequency = 2
question = "cheapest"
exchange_date = 2027-02-01
exchange_rates = { EUR = 1.1 }

[creators]
deliverables_per_creator = 2
min_spend = 500

[creators.quotas]
platform = { tiktok = { min = 5, max_spend = 2000.5 }, youtube = { max = 3 } }
category = { "trail running" = { min = 1 } }
"""
    tables = tomllib.loads(BRIEF.partition("[brand_content]")[0] + more)

    assert briefs.filled(tables).tables() == tables


def test_money_for_a_tier_survives_the_form():
    tiers = {"nano": {"min": 5, "max": 90, "min_spend": 500, "max_spend": 9000.5}}

    said = briefs.filled({"creators": {"tiers": tiers}}).tables()

    assert said["creators"]["tiers"] == tiers


def _keys(section, path=""):
    """Every key that a brief may have; groups by name are one."""
    for name, field in section.model_fields.items():
        below = [t for t in (field.annotation, *get_args(field.annotation)) if isinstance(t, type)]
        sections = [each for each in below if issubclass(each, Section)]
        if sections and get_origin(field.annotation) is not dict:
            yield from _keys(sections[0], f"{path}{name}.")
        else:
            yield f"{path}{name}"


def test_the_form_knows_every_key_of_a_brief():
    written = {spec.key for spec in brief_fields.SPECS}

    missing = [
        key for key in _keys(Brief) if not any(f"{each}.".startswith(f"{key}.") for each in written)
    ]

    assert missing == []
