"""The command that brings files in, as other programs use it."""

from pathlib import Path

from tests.support.installation import Installation

KEYS = {"file", "rows_read", "accepted", "rejected", "unchanged", "report", "guesses"}


def test_files_that_can_be_read_go_in_beside_one_that_cannot(
    installation: Installation, tmp_path: Path
):
    (tmp_path / "good.csv").write_text("account,followers\nx:anna,5\nx:ben,-1\n")
    (tmp_path / "bad.csv").write_bytes(b"")
    paths = [str(tmp_path / "good.csv"), str(tmp_path / "bad.csv"), str(tmp_path / "absent.csv")]

    good, bad, absent = installation.json("import", "accounts", *paths, expect=2)["files"]

    assert set(good) == KEYS
    assert (good["rows_read"], good["accepted"], good["rejected"], good["unchanged"]) == (
        2,
        1,
        1,
        0,
    )
    assert Path(good["report"]).read_text().splitlines()[1] == "2,3,followers,'-1,is negative"
    assert (bad["file"], bad["rows_read"], bad["error"]["message"]) == (
        paths[1], 0, "the file is empty",
    )  # fmt: skip
    assert "can't be opened" in absent["error"]["message"]
    assert installation.json("search", "", "--filter", "platform=x")["total"] == 1


def test_bad_options_are_refused_with_what_to_use(nothing_yet: Installation, tmp_path: Path):
    (tmp_path / "list.csv").write_text("handle\nanna\n")
    path = str(tmp_path / "list.csv")

    kind = nothing_yet.json("import", "selfies", path, expect=2)
    map_ = nothing_yet.json("import", "accounts", path, "--map", "absent", expect=2)
    platform = nothing_yet.json("import", "accounts", path, "--platform", "myspace", expect=2)

    assert "use one of accounts" in kind["error"]["message"]
    assert "modash" in map_["error"]["message"]
    assert platform["error"]["code"] == "unknown_platform"
    assert not nothing_yet.home.exists(), "a refused command must start nothing"


def test_the_columns_of_a_kind_can_be_asked_for(nothing_yet: Installation):
    answer = nothing_yet.json("import", "posts", "--columns")

    assert {"column": "likes", "holds": "likes"} in answer["columns"]
    assert "youtube_trending_2017" in answer["maps"]


def test_imports_are_listed_and_shown_with_why_rows_were_rejected(
    installation: Installation, tmp_path: Path
):
    (tmp_path / "list.csv").write_text("account,followers\nx:anna,5\nx:ben,-1\n")
    installation.json("import", "accounts", str(tmp_path / "list.csv"))

    [row] = installation.json("imports", "list", "--state", "rejected")["imports"]
    shown = installation.json("imports", "show", row["import"])
    unknown = installation.json("imports", "show", row["import"][:-4] + "0000", expect=2)

    assert (row["file"], row["rows_read"], row["rejected"]) == ("list.csv", 2, 1)
    assert shown["rejected_rows"] == [
        {"row": "2", "line": "3", "column": "followers", "value": "-1", "reason": "is negative"}
    ]
    assert unknown["error"]["code"] == "unknown_import"
