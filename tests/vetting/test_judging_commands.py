"""The commands of judging, from outside: what they print, and what they refuse."""

from tests.support.installation import Installation


def test_weights_are_shown_set_and_reset(installation: Installation):
    assert installation.json("weights", "show")["is_default"]
    given = ["credibility=5", "life_moments=1", "audience=1", "quality=1", "branded=1", "growth=1"]
    found = installation.json("weights", "set", *given)
    assert (found["weights"]["credibility"], found["is_default"]) == (0.5, False)
    assert "50.0%" in installation.run("weights", "show").stdout
    assert installation.json("weights", "reset")["is_default"]
    refused = installation.run("weights", "set", "credibility=much", expect=2).stderr
    assert "credibility=30" in refused


def test_an_empty_queue_is_listed_and_nothing_in_it_decided(installation: Installation, tmp_path):
    file = tmp_path / "accounts.csv"
    file.write_text("platform,handle,followers\ninstagram,anna,6200\n")
    installation.run("import", "accounts", str(file))
    assert installation.json("review", "list") == {"total": 0, "reviews": []}
    assert "To decide: 0 of 0" in installation.run("review", "list").stdout
    wanted = ["review", "decide", "instagram:anna", "cleared", "--reason", "It is fine."]
    assert "nothing about instagram:anna asks" in " ".join(
        installation.run(*wanted, expect=2).stderr.replace("│", " ").split()
    )
    link = installation.json("review", "ask", "instagram:anna")["link"]
    assert "/replies/gswreply_" in link
    assert installation.json("vet")["reviews"] == {"open": 0, "decided": 0, "answered": 0}
    card = installation.json("scorecard", "instagram:anna")
    assert (card["standing"], card["review"], card["overall"]["coverage"]) == (
        "cannot_say",
        None,
        "from 0 of 6 factors",
    )
