"""The comparison: two to twenty accounts, each number with how sure it is, and a file of it."""

import csv
import io
import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundswell.creators.models import Account
from groundswell.workspaces import access
from tests.vetting.conftest import Desk, runners


@pytest.fixture
def desk(workspace, tmp_path, now):
    """Twenty-five vetted runners; of one the audience and a price are known."""
    desk = Desk(workspace, tmp_path, now)
    desk.publish(**runners(now))
    desk.publish(
        audience_shares=[
            {
                "platform": "instagram",
                "account_handle": "runner01",
                "dimension": "gender",
                "value": "female",
                "observed_at": now,
                "source": "api",
                "share": 0.4,
                "sample_size": 100,
            }
        ],
        rate_cards=[
            {
                "platform": "instagram",
                "account_handle": "runner01",
                "format": "reel",
                "price": 25_000,
                "currency": "EUR",
                "source": "import",
            }
        ],
    )
    desk.vet()
    return desk


@pytest.fixture
def ids(desk):
    with access.inside(desk.workspace):
        found = Account.objects.order_by("handle").values_list("id", flat=True)
        return [str(each) for each in found]


def get(cast, part="", role="editor", **query):
    return cast.browser(role).get(cast.path(f"compare{part}"), query)


def test_nobody_to_compare_says_where_to_find_some(cast):
    assert b"Nobody to compare yet" in get(cast).content


def test_accounts_stand_side_by_side(cast, ids):
    shown = get(cast, role="viewer", account=ids[:3]).content.decode()

    assert [name for name in ("runner00", "runner01", "runner02", "runner03") if name in shown] == [
        "runner00",
        "runner01",
        "runner02",
    ]
    assert "250.00 EUR" in shown


def test_handles_and_commas_are_understood_too(cast, ids):
    shown = get(cast, accounts=f"instagram:runner04,{ids[5]}").content

    assert b"runner04" in shown
    assert b"runner05" in shown


def test_the_twenty_first_is_left_out_and_said(cast, ids):
    answer = get(cast, account=ids[:21])

    assert answer.status_code == 422
    assert b"21 accounts are too many" in answer.content
    assert b"runner19" in answer.content
    assert b"runner20" not in answer.content


def test_creators_stand_for_their_largest_accounts(cast, ids, desk):
    with access.inside(desk.workspace):
        creators = [str(Account.objects.get(id=each).creator_id) for each in ids[2:4]]

    shown = get(cast, creator=[*creators, "x"]).content.decode()

    assert "runner02" in shown
    assert "runner03" in shown


def test_the_best_is_said_in_a_word(cast, ids):
    shown = get(cast, account=ids[:4]).content.decode()

    assert re.search(r'<span class="best-mark">(best|highest)</span>', shown)


@pytest.mark.parametrize("name", ["instagram:nobody", "x", "a\x00b", "moon:anna", "=1+1:x"])
def test_who_is_not_there_is_said_and_the_others_are_shown(cast, ids, name):
    answer = get(cast, account=[name, ids[0]])

    assert answer.status_code == 422
    assert b"Not everybody could be shown" in answer.content
    assert b"runner00" in answer.content


def test_another_workspaces_account_is_nobody(cast, stranger, ids, now, tmp_path):
    theirs = Desk(stranger, tmp_path / "theirs", now)
    theirs.publish(accounts=[{"platform": "instagram", "handle": "secret"}])

    answer = get(cast, account=[str(theirs.account("secret").id)])
    unknown = get(cast, account=[str(uuid4())])

    assert (answer.status_code, b"secret" in answer.content) == (422, False)
    assert unknown.status_code == 422


def test_somebody_is_found_and_offered(cast, ids):
    shown = get(cast, account=[ids[0]], find="runner09").content.decode()

    assert f"account={ids[9]}" in shown
    assert get(cast, find="x" * 201).status_code == 200
    assert b"Nobody else matches" in get(cast, find="zzzzzz").content


def test_the_target_is_said_with_its_sample(cast, ids):
    shown = get(cast, "/seen", account=ids[:2], gender="female").content.decode()

    assert "In target: female" in shown
    assert "40.0%" in shown
    assert "no source has measured it" in shown  # of the other


def test_twenty_are_asked_for_as_often_as_two(cast, ids):
    browser = cast.browser("viewer")
    counts = []
    for part in ("compare", "compare/seen"):
        for some in (ids[:2], ids[:20]):
            with CaptureQueriesContext(connection) as asked:
                browser.get(cast.path(part), {"account": some})
            counts.append(len(asked))

    assert (counts[0], counts[2]) == (counts[1], counts[3])
    assert max(counts) <= 30


def test_the_file_has_a_row_for_each_and_numbers_stay_numbers(cast, ids):
    answer = get(cast, "/export/csv", account=ids[:2], gender="female")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["account"] for row in rows] == ["instagram:runner00", "instagram:runner01"]
    assert [row["price_reel"] for row in rows] == ["", "250.0"]
    assert [row["audience_gender_female"] for row in rows] == ["", "0.4"]
    assert float(rows[0]["growth_a_day_low"]) <= float(rows[0]["growth_a_day"])


def test_only_who_may_export_gets_a_file_and_only_of_known_kinds(cast, ids):
    assert get(cast, "/export/csv", role="viewer", account=ids[:1]).status_code == 403
    assert get(cast, "/export/exe", account=ids[:1]).status_code == 422
    xlsx = get(cast, "/export/xlsx", account=ids[:1])
    assert xlsx.content[:2] == b"PK"
