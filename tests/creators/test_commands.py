"""The commands about creators: what they print, and what they refuse."""

import json
from contextlib import nullcontext

import pytest

from groundswell.interfaces.cli import app
from tests.creators.conftest import account, counted, day


class Commands:
    """The command line on Anna's workspace."""

    def __init__(self, slug, capsys):
        self.slug = slug
        self.capsys = capsys

    def text(self, *arguments, expect=0):
        status = app.run([*arguments, "-w", self.slug], open_database=nullcontext)
        out, err = self.capsys.readouterr()
        assert status == expect, err
        return out

    def json(self, *arguments, expect=0):
        return json.loads(self.text(*arguments, "--json", expect=expect))


@pytest.fixture
def commands(desk, capsys):
    contact = {"platform": "instagram", "account_handle": "anna.runs", "channel": "email"}
    desk.publish(
        accounts=[
            account("anna.runs", "17", display_name="Anna Keller"),
            account("anna.runs", platform="tiktok", display_name="Anna Keller"),
            account("bea", "UC1", platform="youtube", display_name="Bea"),
        ],
        account_observations=[counted("anna.runs", 1200, day(1))],
        contacts=[{**contact, "address": "anna@example.org", "source": "import"}],
    )
    return Commands(desk.workspace.slug, capsys)


BOTH = ["instagram:anna.runs", "tiktok:anna.runs"]


def test_duplicates_are_found_with_reasons(commands):
    found = commands.json("creators", "duplicates")

    (pair,) = found["proposals"]
    assert (found["new"], found["total"], pair["score"]) == (1, 1, 0.61)
    assert sorted([*pair["first"], *pair["second"]]) == BOTH
    assert pair["reasons"][0] == "both go by 'anna.runs', on instagram and on tiktok"


def test_creators_are_merged_and_given_back(commands):
    merged = commands.json("creators", "merge", "tiktok:anna.runs", "instagram:17")
    assert [row["account"] for row in merged["accounts"]] == BOTH
    assert commands.json("creators", "duplicates")["total"] == 0

    apart = commands.json("creators", "unmerge", "tiktok:anna.runs")
    assert [row["account"] for row in apart["accounts"]] == ["tiktok:anna.runs"]


def test_a_creator_that_was_not_merged_is_refused(commands):
    refused = commands.json("creators", "unmerge", "tiktok:anna.runs", expect=2)

    assert refused["error"]["code"] == "cannot_unmerge_creator"


def test_a_dismissed_pair_is_listed_no_more(commands):
    assert "may be one creator: 1" in commands.text("creators", "duplicates")

    commands.text("creators", "dismiss", "instagram:17", "tiktok:anna.runs")

    assert "may be one creator: 0" in commands.text("creators", "duplicates")
    refused = commands.json("creators", "dismiss", "instagram:17", "youtube:bea", expect=2)
    assert refused["error"]["code"] == "unknown_proposal"


def test_a_creator_is_shown_with_what_belongs_to_it(commands):
    shown = commands.text("creators", "show", "instagram:ANNA.runs")

    assert "Anna Keller · contacts: 1" in shown
    assert "1,200" in shown


def test_contacts_are_listed_added_and_removed(commands):
    (imported,) = commands.json("contacts", "list", "instagram:anna.runs")["contacts"]
    assert (imported["channel"], imported["address"]) == ("email", "anna@example.org")

    number = ("youtube:bea", "phone", "+49 170")
    known = ("--consent", "granted", "--last-verified", "2026-05-01")
    (added,) = commands.json("contacts", "add", *number, *known)["contacts"]
    assert (added["consent"], added["last_verified"]) == ("granted", "2026-05-01")

    assert commands.json("contacts", "remove", *number)["contacts"] == []
    assert commands.json("contacts", "remove", *number, expect=2)["error"]["code"] == (
        "unknown_contact"
    )


@pytest.mark.parametrize(
    ("name", "code"), [("anna", "unreadable_account"), ("x:nobody", "unknown_account")]
)
def test_an_account_must_be_written_as_one_and_be_known(commands, name, code):
    assert commands.json("creators", "show", name, expect=2)["error"]["code"] == code
