"""The index follows the data, whatever changed and whoever died."""

from datetime import UTC, datetime, timedelta

import pytest

from groundswell.creators.actions import segments
from groundswell.creators.models import Account, RevisionCounter
from groundswell.discovery import documents, tasks
from groundswell.discovery.actions import indexing
from groundswell.retrieval import storage
from groundswell.vetting.models import Scorecard, Vetting
from groundswell.warehouse import compaction
from groundswell.workspaces import access
from groundswell.workspaces.actions import workspaces
from groundswell.workspaces.models import JournalEntry
from tests.discovery.conftest import account, of


def at(day):
    return datetime(2026, 10, day, tzinfo=UTC)


def catch_up(desk):
    with access.inside(desk.workspace):
        return indexing.catch_up(workspace=desk.workspace)


@pytest.fixture
def many(desk):
    """Enough accounts that a change of one is no reason to build anew."""
    desk.publish(accounts=[account(f"runner{number}", bio="runs") for number in range(9)])
    assert desk.search("runs").total == 9
    return desk


def test_an_import_is_found_by_the_next_search(many):
    many.publish(accounts=[account("anna", bio="trail coach")])
    assert many.handles("trail") == ["anna"]
    assert many.search().total == 10


def test_only_what_changed_is_written(many):
    many.publish(accounts=[account("runner3", bio="swims")])
    assert catch_up(many) == 1
    assert catch_up(many) == 0
    assert many.handles("swims") == ["runner3"]


def test_posts_alone_change_the_words_and_the_last_post(many):
    post = of("runner1", post_id="1", published_at=at(3), text="Sunrise over the ridge")
    many.publish(posts=[post])
    assert catch_up(many) == 1
    assert many.handles("sunrise", "last_post=2026-10-03") == ["runner1"]


def test_hashtags_listed_apart_are_words_too(many):
    many.publish(posts=[of("runner1", post_id="1", text="Sunrise", hashtags=["trailrunning"])])
    assert many.handles("trailrunning") == ["runner1"]


def test_counts_alone_change_followers_and_tier(many):
    many.publish(account_observations=[of("runner2", observed_at=at(1), followers=6_000)])
    assert many.handles("", "tier=micro", "followers=6000") == ["runner2"]


def test_rates_are_pooled_over_posts(many):
    many.publish(
        account_observations=[of("runner2", observed_at=at(1), followers=1_000)],
        posts=[of("runner2", post_id=str(post), published_at=at(2)) for post in (1, 2)],
        post_observations=[
            of("runner2", post_id=str(post), observed_at=at(9), views=views, likes=likes)
            for post, views, likes in ((1, 100, 10), (2, 300, 70))
        ],
    )
    (hit,) = many.search("", "engagement>=4%").hits
    assert hit.values["engagement_rate_by_followers"] == pytest.approx(80 / 2_000)
    assert hit.values["engagement_rate_by_views"] == pytest.approx(80 / 400)


def test_growth_is_of_thirty_days(many):
    counts = [
        of("runner2", observed_at=at(day), followers=round(1_000 * 1.001**day))
        for day in range(1, 31)
    ]
    many.publish(account_observations=counts)
    (hit,) = many.search("", "growth>=2.5%").hits
    assert hit.values["growth"] == pytest.approx(1.001**30 - 1, rel=0.05)


def test_audience_shares_can_be_asked_for_by_name_or_code(many):
    shares = [
        of("runner4", dimension=dimension, value=value, share=share, observed_at=at(1))
        for dimension, value, share in (
            ("country", "US", 0.3),
            ("country", "GB", 0.2),
            ("gender", "female", 0.7),
            ("age", "25-34", 0.4),
        )
    ]
    many.publish(audience_shares=shares)
    asked = "audience.country.United States>=0.3", "audience.gender.Female>50%"
    assert many.handles("", *asked, "audience.age.25-34>=0.4") == ["runner4"]
    assert many.handles("", "audience.country.US>0.3") == []


def test_scores_are_there_after_vetting(many):
    assert many.search("", "factor.quality=none").total == 9
    vetted(many, "runner1", quality=61.5)
    assert many.handles("", "factor.quality>=61.5") == ["runner1"]


def test_vetting_again_renews_only_the_scores_that_changed(many):
    vetted(many, "runner1", quality=61.5)
    catch_up(many)
    many.now += timedelta(hours=1)
    vetted(many, "runner2", quality=40.0)
    assert catch_up(many) == 1


def vetted(desk, handle, **scores):
    with access.inside(desk.workspace):
        Scorecard.objects.create(
            workspace=desk.workspace,
            account=Account.objects.get(handle=handle),
            said_since=desk.now,
            verdict="nothing_unusual",
            details={},
            **scores,
        )
        Vetting.objects.create(
            workspace=desk.workspace,
            vetted_at=desk.now,
            revision=1,
            accounts=9,
            scored=1,
            needs_review=0,
            coverage={},
        )


def test_a_merged_account_is_forgotten(many):
    with access.inside(many.workspace):
        survivor, absorbed = Account.objects.order_by("handle")[:2]
    many.publish(
        accounts=[
            account(survivor.handle, platform_id="1"),
            account(absorbed.handle, platform_id="1"),
        ]
    )
    found = many.search()
    assert found.total == 8
    assert many.search("runs").total == 8


def test_a_deleted_account_is_forgotten(many):
    with access.inside(many.workspace):
        Account.objects.filter(handle="runner5")._raw_delete("default")
    many.publish(accounts=[account("runner6", bio="swims")])
    assert many.search().total == 8
    assert many.search("", "handle=runner5").total == 0


def test_an_edited_tier_set_needs_no_new_index(many):
    many.publish(account_observations=[of("runner2", observed_at=at(1), followers=6_000)])
    assert many.search("", "tier=micro").total == 1
    with access.inside(many.workspace):
        workspaces.set_tiers(
            workspace=many.workspace,
            name="ours",
            lower_bounds={"nano": 1, "micro": 7_000, "mid": 8_000, "macro": 9_000, "mega": 10_000},
            by="test",
            now=many.now,
        )
    assert catch_up(many) == 0
    assert many.search("", "tier=micro").total == 0


def test_a_change_of_most_accounts_builds_the_index_anew(many):
    before = storage.current(indexing.folder_of(many.workspace)).path
    many.publish(accounts=[account(f"runner{number}", bio="swims") for number in range(8)])
    assert many.search("swims").total == 8
    assert storage.current(indexing.folder_of(many.workspace)).path != before


def test_a_database_that_was_set_back_gets_an_index_of_its_own(many):
    many.publish(accounts=[account("anna", bio="trail coach")])
    assert many.search().total == 10
    with access.inside(many.workspace):
        Account.objects.filter(handle="anna")._raw_delete("default")
        RevisionCounter.objects.update(latest=1)
    assert many.search().total == 9


def crowd(desk):
    """One import of everybody's counts, then as many of one account's as a month may have."""
    everybody = [f"runner{number}" for number in range(9)]
    desk.publish(account_observations=[counted(handle, 1) for handle in everybody])
    for day in range(2, compaction.FEW + 2):
        desk.publish(account_observations=[counted("runner1", day)])


def counted(handle, day):
    return of(handle, observed_at=at(day), followers=1_000 * day)


def tidy(desk):
    with access.inside(desk.workspace):
        return segments.tidy(workspace=desk.workspace, by="test", now=desk.now)


def test_compaction_is_no_news(many):
    crowd(many)
    catch_up(many)
    assert tidy(many) == compaction.FEW + 1
    assert catch_up(many) == 0


def test_what_came_before_a_compaction_is_still_news_after_it(many):
    crowd(many)
    catch_up(many)
    many.publish(account_observations=[counted("runner2", 20)])
    tidy(many)
    assert catch_up(many) == 1
    assert many.handles("", "followers=20000") == ["runner2"]


def test_another_recipe_asks_for_a_new_index(many, monkeypatch):
    monkeypatch.setattr(documents, "RECIPE", documents.RECIPE + 1)
    assert catch_up(many) == 9
    assert catch_up(many) == 0


def test_the_job_brings_the_index_up_to_date(many):
    many.publish(accounts=[account("anna", bio="trail coach")])
    with access.inside(many.workspace):
        tasks.refresh_index(many.workspace, now=many.now)
    assert catch_up(many) == 0
    assert many.handles("trail") == ["anna"]


def test_a_rebuild_gives_the_same_answers_and_is_journalled(many):
    before = many.search("runs", sort="followers")
    with access.inside(many.workspace):
        done = indexing.rebuild(workspace=many.workspace, by="test", now=many.now)
        entry = JournalEntry.objects.filter(event="index.rebuilt").get()
    assert (done.accounts, entry.rows, entry.by) == (9, 9, "test")
    assert many.search("runs", sort="followers").facets == before.facets


def test_a_lost_index_comes_back_with_the_next_search(many):
    (indexing.folder_of(many.workspace) / "CURRENT").unlink()
    assert many.search("runs").total == 9


def test_an_empty_workspace_is_searched(desk):
    found = desk.search("anybody")
    assert (found.total, found.hits) == (0, ())


def test_no_workspace_sees_another(many, stranger):
    assert many.search().total == 9
    many.workspace = stranger
    assert many.search().total == 0
