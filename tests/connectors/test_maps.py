import pytest

from groundswell.connectors.adapters import maps
from groundswell.connectors.adapters.maps import BadMap
from groundswell.connectors.adapters.targets import FEEDS, resolved

SAID = """
[columns]
"Subscribers (m)" = "followers"
Notes = ""
[defaults]
platform = "youtube"
year = 2017
[format]
delimiter = ";"
date_order = "dmy"
"""


def test_a_map_says_columns_defaults_and_format():
    found = maps.parsed(SAID, kind="accounts")

    assert found.columns == {"Subscribers (m)": "followers", "Notes": ""}
    assert found.defaults == {"platform": "youtube", "year": "2017"}
    assert found.format == {"delimiter": ";", "date_order": "dmy"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[columns", "can't be read"),
        ("[colums]\na = 'b'", "colums"),
        ("[columns]\na = 'folowers'", "--columns"),
        ("[columns]\na = ['x']", "one value"),
        ("[format]\ndate_order = 'ymd'", "date_order"),
        ("[format]\ndecimal = ';'", "decimal"),
        ("[format]\ndelimiter = ';;'", "one character"),
        ("[format]\nencoding = 'klingon'", "klingon"),
        ("[format]\nquote = 'x'", "quote"),
    ],
)
def test_a_map_that_cannot_be_used_is_refused(text, reason):
    with pytest.raises(BadMap, match=reason):
        maps.parsed(text, kind="accounts")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("match = 5", "match"),
        ("kinds = 5", "kinds"),
        ('[match]\nfile = "("', "pattern"),
        ("[match]\nfile = 5", "pattern"),
        ("[match]\ncolumns = 5", "list of names"),
        ("year = " + "9" * 5_000, "can't be read"),
        ("x = " + "[" * 50_000, "nested too deeply"),
    ],
)
def test_a_map_of_another_shape_is_refused(text, reason):
    with pytest.raises(BadMap, match=reason):
        maps.parsed(text, kind="accounts")


@pytest.mark.parametrize("name", ["x" * 5_000, "list\0"])
def test_a_map_whose_name_no_file_can_have_is_refused(name):
    with pytest.raises(BadMap):
        maps.named(name, kind="accounts")


def test_a_map_is_a_file_or_a_ready_one(tmp_path):
    (tmp_path / "map.toml").write_text(SAID)

    assert maps.named(str(tmp_path / "map.toml"), kind="accounts").columns
    assert maps.named("modash", kind="accounts").name == "modash"
    with pytest.raises(BadMap, match="no map"):
        maps.named("absent", kind="accounts")


@pytest.mark.parametrize("name", list(maps.ready()))
def test_ready_maps_say_only_what_their_kinds_understand(name):
    ready = maps.ready()[name]

    assert set(ready.kinds) <= set(FEEDS)
    for kind in ready.kinds:
        for canonical in [*ready.columns.values(), *ready.defaults]:
            assert canonical in {"", "year"} or resolved(kind, canonical), (kind, canonical)


def test_other_maps_have_other_fingerprints():
    other = maps.parsed(SAID.replace("followers", "posts"), kind="accounts")

    assert other.fingerprint != maps.parsed(SAID, kind="accounts").fingerprint
