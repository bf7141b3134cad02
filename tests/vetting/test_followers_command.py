"""The command ``followers``: every row of a file comes back, and nothing is started for it."""

import json

import numpy as np
import pytest

from groundswell.interfaces.cli import app

HEAD = (
    "followers,following,posts,username_length,username_digits,biography_length,"
    "has_profile_picture,private"
)


@pytest.fixture
def run(capsys):
    def refuse():
        pytest.fail("this command must not need a database")

    def call(*arguments, expect=0):
        status = app.run([str(each) for each in arguments], open_database=refuse)
        out, err = capsys.readouterr()
        assert status == expect, err
        return out

    return call


@pytest.fixture
def file(tmp_path):
    def written(*lines, head=HEAD, name="followers.csv"):
        path = tmp_path / name
        path.write_text("\n".join([head, *lines]) + "\n")
        return path

    return written


def labelled(rows=300):
    rng = np.random.default_rng(4)
    for at in range(rows):
        fake = at % 3 == 0
        followers, following = (
            rng.lognormal(3 if fake else 5.5),
            rng.lognormal(6.8 if fake else 5.7),
        )
        yield f"{followers:.0f},{following:.0f},{rng.lognormal(1 if fake else 4):.0f},{fake}"


def test_each_row_has_its_probability_and_the_sample_its_share(run, file):
    rows = ["0,3000,0,12,6,0,0,0"] * 20 + ["400,300,90,9,0,40,1,1"] * 80
    found = json.loads(run("followers", file(*rows), "--json"))

    assert [row["row"] for row in found["rows"]] == list(range(1, 101))
    assert found["rows"][0]["probability_fake"] > 0.99
    assert found["rows"][99]["probability_fake"] < 0.1
    assert found["share_fake"]["low"] <= 0.2 <= found["share_fake"]["high"]
    assert found["share_fake"]["n"] == 100


def test_rows_that_cant_be_read_come_back_with_the_reason(run, file):
    rows = ["5,many,0,12,6,0,0,0", "5,9,0,4,6,0,0,0", "5,9,0,8,6,0,maybe,0", ",,,,,,,", "1,2"]
    found = json.loads(run("followers", file(*rows), "--json"))

    assert [row["row"] for row in found["rows"]] == [1, 2, 3, 4, 5]
    assert [row["probability_fake"] for row in found["rows"]] == [None] * 5
    reasons = [row["reason"] for row in found["rows"]]
    assert "following is not a number: 'many'" in reasons[0]
    assert "username_digits 6 is more than username_length 4" in reasons[1]
    assert "has_profile_picture is neither yes nor no: 'maybe'" in reasons[2]
    assert found["share_fake"]["value"] is None
    assert "50 or more" in found["share_fake"]["reason"]


def test_any_column_may_be_absent(run, file):
    found = json.loads(run("followers", file("0", "100", head="posts"), "--json"))

    chances = [row["probability_fake"] for row in found["rows"]]
    assert chances[0] == pytest.approx(1 / (1 + (1 - 0.2223) / 0.2223 / 1.5**5))
    assert chances[1] < 0.2223


def test_a_map_says_which_column_is_which(run, file, tmp_path):
    mapping = tmp_path / "map.toml"
    mapping.write_text('[columns]\nbeitraege = "posts"\n')
    found = json.loads(run("followers", file("0", head="beitraege"), "--map", mapping, "--json"))

    assert found["rows"][0]["probability_fake"] > 0.5


@pytest.mark.parametrize(
    "text",
    [
        '[columns]\nposts = "likes"\n',
        '[columns]\nabsent = "posts"\n',
        "columns = 3",
        "[",
        "[format]\nx='y'",
    ],
)
def test_a_map_that_cant_be_used_is_refused(run, file, tmp_path, text):
    mapping = tmp_path / "map.toml"
    mapping.write_text(text)
    found = json.loads(
        run("followers", file("0", head="posts"), "--map", mapping, "--json", expect=2)
    )

    assert found["error"]["code"] == "bad_map"


def test_a_file_about_something_else_is_refused(run, file):
    found = json.loads(run("followers", file("1", head="likes"), "--json", expect=2))

    assert found["error"]["code"] == "no_follower_columns"


def test_people_read_what_needs_review_and_never_a_verdict(run, file):
    rows = ["0,3000,0,12,6,0,0,0"] * 20 + ["400,300,90,9,0,40,1,1"] * 80
    shown = run("followers", file(*rows))

    assert "need review" in shown
    assert "following per follower +7.0" in shown
    assert "90 % range" in shown
    assert "fraud" not in shown.lower()


def test_a_trained_model_judges_what_comes_after(run, file, tmp_path):
    path = file(*labelled(), head="followers,following,posts,fake")
    model = tmp_path / "model.json"
    report = json.loads(run("followers", "train", path, "--label", "fake", "--to", model, "--json"))
    found = json.loads(run("followers", path, "--model", model, "--json"))

    assert (report["rows"], report["fakes"]) == (300, 100)
    assert report["auc"] > 0.9
    assert found["share_fake"]["low"] <= 1 / 3 <= found["share_fake"]["high"]
    assert json.loads(model.read_text())["forest"]["members"] == 5


def test_the_scorecard_alone_can_be_recalibrated(run, file, tmp_path):
    path = file(*labelled(), head="followers,following,posts,fake")
    model = tmp_path / "card.json"
    shown = run("followers", "train", path, "--label", "fake", "--to", model, "--scorecard")

    assert "300 labelled rows, 100 of them fake" in shown
    assert json.loads(model.read_text())["forest"] is None


@pytest.mark.parametrize(
    ("label", "code"), [("absent", "no_follower_columns"), ("posts", "cannot_train")]
)
def test_labels_that_are_none_are_refused_and_nothing_is_written(run, file, tmp_path, label, code):
    model = tmp_path / "model.json"
    path = file(*["5,9,0,8,6,0,1,0"] * 30)
    found = json.loads(
        run("followers", "train", path, "--label", label, "--to", model, "--json", expect=2)
    )

    assert found["error"]["code"] == code
    assert not model.exists()


@pytest.mark.parametrize("content", [None, "no model", b"\xff\xfe"])
def test_a_model_that_is_none_is_refused(run, file, tmp_path, content):
    model = tmp_path / "model.json"
    if content is not None:
        model.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = json.loads(
        run("followers", file("0", head="posts"), "--model", model, "--json", expect=2)
    )

    assert found["error"]["code"] == "bad_follower_model"
