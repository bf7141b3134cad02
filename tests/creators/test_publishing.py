"""An import becomes visible whole, once, and never takes newer knowledge back."""

import pytest

from groundswell.creators import folders, queries
from groundswell.creators.actions import profiles
from groundswell.creators.models import Account, Creator, RateCard, Segment
from groundswell.terms.platforms import AccountRef, Platform
from groundswell.workspaces import access
from tests.creators.conftest import account, counted, day


def test_accounts_come_with_a_creator_each(desk):
    published = desk.publish(
        accounts=[account("anna", "1", display_name="Anna", country="DE"), account("bea")]
    )

    assert (published.unchanged, dict(published.changed)) == (0, {"accounts": 2})
    assert desk.accounts("handle", "country", "creator__name") == [
        ("anna", "DE", "Anna"),
        ("bea", None, "bea"),
    ]


def test_the_same_rows_again_change_nothing(desk):
    rows = {
        "accounts": [account("anna", "1", bio="hello", categories=["running"])],
        "account_observations": [counted("anna", 10)],
        "posts": [{"platform": "instagram", "post_id": "p", "account_platform_id": "1"}],
        "contacts": [contact("anna", "a@example.org")],
        "rate_cards": [rate("anna", 100)],
    }
    desk.publish(**rows)

    published = desk.publish(taken_at=day(9), **rows)

    assert (published.unchanged, dict(published.changed)) == (1, {})
    with access.inside(desk.workspace):
        assert queries.latest_revision() == 2
        assert list(Account.objects.values_list("revision", flat=True)) == [1]


def contact(handle, address, **rest):
    names = {"platform": "instagram", "account_handle": handle, "channel": "email"}
    return {**names, "address": address, "source": "import", **rest}


def rate(handle, price, **rest):
    names = {"platform": "instagram", "account_handle": handle, "format": "reel"}
    return {**names, "price": price, "currency": "USD", "source": "import", **rest}


def test_null_erases_nothing_and_later_news_replaces(desk):
    desk.publish(accounts=[account("anna", bio="old", city="Bonn")])

    published = desk.publish(accounts=[account("anna", bio="new")])

    assert published.changed == {"accounts": 1}
    assert desk.accounts("bio", "city") == [("new", "Bonn")]


def test_an_older_description_fills_gaps_only(desk):
    desk.publish(accounts=[account("anna", bio="of March", observed_at=day(20))])

    desk.publish(accounts=[account("anna", bio="of January", city="Bonn", observed_at=day(3))])

    assert desk.accounts("bio", "city") == [("of March", "Bonn")]


def test_of_several_rows_for_one_account_the_newest_known_value_wins(desk):
    desk.publish(
        accounts=[
            account("anna", bio="newest", observed_at=day(9)),
            account("ANNA", bio="older", city="Bonn", observed_at=day(2)),
        ]
    )

    assert desk.accounts("bio", "city") == [("newest", "Bonn")]


def test_the_latest_counts_are_those_observed_last_whatever_came_last(desk):
    desk.publish(account_observations=[counted("anna", 20, day(9))])

    desk.publish(account_observations=[counted("anna", 10, day(2), posts=7)])

    assert desk.accounts("followers", "posts", "counts_observed_at") == [(20, 7, day(9))]


def test_posts_and_counts_bring_the_accounts_that_they_speak_of(desk):
    desk.publish(posts=[{"platform": "tiktok", "post_id": "p", "account_handle": "zoe"}])

    assert desk.accounts("platform", "handle") == [("tiktok", "zoe")]


def test_rows_that_name_an_account_only_as_shown_find_it_again(desk):
    rows = [{"platform": "youtube", "post_id": "p", "account_display_name": "Zoe's Kitchen"}]
    desk.publish(posts=rows)

    desk.publish(posts=[{**rows[0], "post_id": "q"}])

    assert desk.accounts("display_name", "handle") == [("Zoe's Kitchen", None)]


def test_accounts_on_one_row_belong_to_one_creator(desk):
    rows = [
        account("anna", row=1),
        account("anna_tt", platform="tiktok", row=1),
        account("bea", row=2),
    ]
    desk.publish(accounts=rows)

    creators = desk.accounts("handle", "creator")
    assert len({creator for _, creator in creators}) == 2
    by_handle = dict(creators)
    assert by_handle["anna"] == by_handle["anna_tt"]
    with access.inside(desk.workspace):
        assert sorted(Creator.objects.values_list("name", flat=True)) == ["anna", "bea"]


def test_a_new_account_joins_the_creator_of_a_known_one_on_its_row(desk):
    desk.publish(accounts=[account("anna")])

    desk.publish(accounts=[account("anna_tt", platform="tiktok", row=1), account("anna", row=1)])

    assert len(set(desk.accounts("creator"))) == 1


def test_a_source_row_counts_once_and_only_the_row_that_won(desk):
    published = desk.publish(
        accounts=[account("anna"), account("bea"), account("anna", row=4)],
        account_observations=[counted("bea", 1, day(1), row=n) for n in (2, 3)],
    )

    assert published.unchanged == 2  # rows 1 and 2: 4 and 3 say the same
    assert published.changed == {"accounts": 2, "account_observations": 1}


def test_prices_keep_their_days_and_undated_ones_need_be_news(desk, now):
    desk.publish(rate_cards=[rate("anna", 100, valid_from=day(1).date())])
    desk.publish(rate_cards=[rate("anna", 100)])
    desk.publish(rate_cards=[rate("anna", 150)])

    with access.inside(desk.workspace):
        cards = list(
            RateCard.objects.order_by("valid_from").values_list("price_minor", "valid_from")
        )
        latest = queries.rate_cards()["price"].to_pylist()
        earlier = queries.rate_cards(on=day(2).date())["price"].to_pylist()
    assert cards == [(100, day(1).date()), (150, now.date())]
    assert (latest, earlier) == ([150], [100])


def test_questions_answer_from_what_was_published(desk):
    desk.publish(account_observations=[counted("anna", 10, day(1)), counted("anna", 12, day(2))])

    with access.inside(desk.workspace), queries.observations() as observations:
        anna = queries.find_account(AccountRef(Platform.INSTAGRAM, "Anna"))
        answer = observations.ask("follower_series", accounts=[str(anna.id)])

    assert answer["followers"].to_pylist() == [10, 12]


def test_an_import_that_fails_leaves_nothing_and_its_files_are_swept(desk, monkeypatch):
    def fail(*arguments, **settings):
        raise RuntimeError("the power went")

    monkeypatch.setattr(profiles, "count", fail)
    with pytest.raises(RuntimeError):
        desk.publish(account_observations=[counted("anna", 10, day(1))])

    root = folders.warehouse_of(desk.workspace)
    assert desk.accounts("id") == []
    assert len(list(root.rglob("*.parquet"))) == 1
    monkeypatch.undo()
    desk.publish(account_observations=[counted("anna", 10, day(1))])
    with access.inside(desk.workspace):
        listed = list(Segment.objects.values_list("path", flat=True))
    assert [file.relative_to(root).as_posix() for file in root.rglob("*.parquet")] == listed


def test_revisions_rise_with_every_import_that_changes_something(desk):
    desk.publish(accounts=[account("anna")])
    desk.publish(accounts=[account("bea")])

    with access.inside(desk.workspace):
        changed = queries.accounts_table(changed_since=1)
    assert changed["handle"].to_pylist() == ["bea"]
