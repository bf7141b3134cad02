"""Names in files: found as people write them, and never guessed between two."""

from pathlib import Path

import pytest

from groundswell.planning.named import BadNames, UnknownNames, Wanted, listed


def found(names, *accounts):
    wanted = Wanted(names)
    for account in accounts:
        wanted.code(account)
    return [wanted.accounts[code] for code in wanted.found("members.csv")]


@pytest.mark.parametrize(
    ("asked", "account"),
    [
        ("anna", "anna"),
        ("@Anna", "anna"),
        ("anna", "@anna"),
        ("instagram:anna", "anna"),
        ("anna", "instagram:anna"),
        ("IG:@anna", "instagram:anna"),
        ("notaplatform:x", "notaplatform:x"),
    ],
)
def test_an_account_is_found_however_it_is_written(asked, account):
    assert found([asked], account, "ben") == [account]


def test_an_exact_name_goes_before_a_similar_one():
    assert found(["anna"], "Anna", "anna", "instagram:anna") == ["anna"]


def test_a_name_that_could_be_two_accounts_is_refused():
    with pytest.raises(UnknownNames, match="'anna' could be 'instagram:anna', 'tiktok:anna'"):
        found(["anna"], "instagram:anna", "tiktok:anna")


def test_accounts_on_two_platforms_are_never_taken_for_one_another():
    with pytest.raises(UnknownNames, match="has no creator 'tiktok:anna'"):
        found(["tiktok:anna"], "instagram:anna")


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(UnknownNames, match="no creator 'bne'; did you mean 'instagram:ben'"):
        found(["anna", "bne"], "instagram:anna", "instagram:ben")


def test_without_names_everybody_is_wanted():
    assert found(None, "anna", "ben", "anna") == ["anna", "ben"]


def test_a_name_given_twice_counts_once():
    assert found(["anna", "@anna", "ben"], "ben", "anna") == ["anna", "ben"]


def test_names_come_from_text_or_from_a_file(tmp_path: Path):
    path = tmp_path / "names.txt"
    path.write_text("anna, ben\n\ncleo\nanna\n")

    assert listed(" anna,ben ") == ["anna", "ben"]
    assert listed(f"@{path}") == ["anna", "ben", "cleo"]


@pytest.mark.parametrize(
    ("text", "says"), [(" , ", "no creators are named"), ("@nowhere.txt", "@ stands for a file")]
)
def test_a_list_that_names_nobody_is_refused(text, says):
    with pytest.raises(BadNames, match=says):
        listed(text)


def test_a_list_that_is_no_text_is_refused(tmp_path: Path):
    path = tmp_path / "names.txt"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(BadNames, match="not UTF-8"):
        listed(f"@{path}")
