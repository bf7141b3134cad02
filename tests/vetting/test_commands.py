"""The commands about vetting, from outside: what they print, and what they refuse."""

import pytest

from tests.support.installation import Installation


def test_an_empty_workspace_is_vetted_and_told_what_to_do(installation: Installation):
    found = installation.json("vet")
    assert {name: found[name] for name in ("accounts", "scored", "cannot_say")} == {
        "accounts": 0,
        "scored": 0,
        "cannot_say": 0,
    }
    assert found["seconds"] >= 0
    assert "groundswell import accounts FILE" in installation.run("vet").stdout


def test_a_scorecard_is_a_page_that_people_can_read(installation: Installation, tmp_path):
    file = tmp_path / "accounts.csv"
    file.write_text("platform,handle,followers\ninstagram,anna,6200\n")
    installation.run("import", "accounts", str(file))
    page = installation.run("scorecard", "instagram:anna").stdout
    assert page.startswith("instagram:anna  (6,200 followers, micro)")
    assert "not asked yet" in page
    assert "Sponsored posts: cannot say, because no posts are known." in page


def test_a_brief_says_how_much_of_the_audience_is_in_its_target(installation, tmp_path):
    accounts, shares = tmp_path / "accounts.csv", tmp_path / "shares.csv"
    accounts.write_text("platform,handle,followers\ninstagram,anna,6200\n")
    shares.write_text(
        "platform,account_handle,dimension,value,share,sample_size,observed_at\n"
        "instagram,anna,country,US,0.6,500,2026-01-02T00:00:00Z\n"
        "instagram,anna,country,GB,0.4,500,2026-01-02T00:00:00Z\n"
    )
    brief = tmp_path / "brief.toml"
    brief.write_text(
        'name = "Shoes"\nobjective = "reach"\nbudget = { amount = 1000, currency = "USD" }\n'
        "start = 2027-03-01\nend = 2027-04-11\n[audience]\n"
        'countries = ["US"]\nages = ["25-34"]\n[creators]\ncount = { min = 1, max = 5 }\n'
    )
    installation.run("import", "accounts", str(accounts))
    installation.run("import", "audience_shares", str(shares))

    found = installation.json("scorecard", "instagram:anna", "--brief", str(brief))["target"]

    country, age = found["parts"]
    assert (country["share"]["value"], country["share"]["n"], country["source"]) == (
        0.6,
        500,
        "import",
    )
    assert age["share"]["value"] is None
    assert found["share"]["reason"] == "no source says how the audience is made up by age"
    assert found["effective_number"] == {"country": 1.923}
    page = installation.run("scorecard", "instagram:anna", "--brief", str(brief)).stdout
    assert "country: US" in page


def test_tiers_are_shown_and_set(installation: Installation):
    shown = installation.json("tiers", "show")
    bounds = {"nano": 1, "micro": 5_000, "mid": 20_000, "macro": 100_000, "mega": 1_000_000}
    assert (shown["name"], shown["lower_bounds"]) == ("activate", bounds)
    assert shown["ready"]["activate"] == bounds
    assert shown["ready"]["common"]["micro"] == 10_000
    assert installation.json("tiers", "set", "common")["lower_bounds"]["micro"] == 10_000
    chosen = "nano=1,micro=100,mid=200,macro=300,mega=400"
    installation.run("tiers", "set", "ours", "--bounds", chosen)
    assert installation.json("tiers", "show")["name"] == "ours"
    events = [entry["event"] for entry in installation.json("journal")["entries"]]
    assert events.count("workspace.tiers_set") == 2
    journal = installation.run("journal").stdout
    assert "lower bounds: mid 200, mega 400, nano 1, macro 300, micro 100" in " ".join(
        journal.replace("│", " ").split()
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["scorecard", "anna"], "platform:handle"),
        (["scorecard", "myspace:anna"], "myspace"),
        (["tiers", "set", "huge"], "activate or common"),
        (["tiers", "set", "ours", "--bounds", "nano=few"], "micro=5000"),
        (["tiers", "set", "ours", "--bounds", "nano=1,micro=5"], "has no bound for mid"),
        (["tiers", "set", "ours", "--bounds", "nano=1,nano=5"], "nano has two bounds"),
        (["weights", "set", "credibility=1", "credibility=2"], "credibility has two weights"),
    ],
)
def test_bad_input_is_refused(installation: Installation, arguments: list[str], says: str):
    done = installation.run(*arguments, expect=2)
    assert says in " ".join(done.stderr.replace("│", " ").split())
