"""Chains of records: what is changed, taken out or put in between is seen."""

import pytest

from groundswell.planning import chain
from groundswell.planning.chain import Link


def links(*contents):
    found, before = [], chain.START
    for place, content in enumerate(contents, 1):
        record = chain.canonical({"place": place, "before": before, "said": content})
        found.append(Link(place, record, chain.digest(record), {"said": content}))
        before = found[-1].digest
    return found


def test_the_same_content_is_one_text_whatever_the_order_of_its_keys():
    assert chain.canonical({"b": 1.5, "a": "é"}) == '{"a":"é","b":1.5}'
    assert chain.digest("{}") == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_a_number_that_is_none_can_not_be_recorded():
    with pytest.raises(ValueError, match="Out of range"):
        chain.canonical({"a": float("nan")})


def test_a_whole_chain_has_nothing_wrong():
    assert list(chain.broken(links("a", "b", "c"))) == []


def test_a_record_that_was_changed_is_named():
    a, b, c = links("a", "b", "c")
    forged = Link(2, b.record.replace('"b"', '"x"'), b.digest, {"said": "x"})

    assert list(chain.broken([a, forged, c])) == [
        f"place 2 does not have the digest {b.digest[:12]} that it claims"
    ]


def test_a_record_that_was_changed_with_its_digest_breaks_the_next():
    a, b, c = links("a", "b", "c")
    record = b.record.replace('"b"', '"x"')
    forged = Link(2, record, chain.digest(record), {"said": "x"})

    assert list(chain.broken([a, forged, c])) == ["place 3 does not stand on the record before it"]


def test_a_record_that_was_taken_out_leaves_a_gap():
    a, _, c = links("a", "b", "c")

    assert list(chain.broken([a, c])) == [
        "place 2 is missing",
        "place 3 does not stand on the record before it",
    ]


def test_what_is_listed_must_be_what_was_recorded():
    [a] = links("a")

    assert list(chain.broken([Link(1, a.record, a.digest, {"said": "b"})])) == [
        "place 1 is listed with another said"
    ]
