"""Vetting all accounts: what is written, journalled and remembered."""

import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import timedelta

import pytest

from groundswell.terms.factors import FactorName
from groundswell.vetting import gathering, measuring, queries, tasks
from groundswell.vetting.actions import scorecards, turns
from groundswell.vetting.models import PastScores, Scorecard, Vetting
from groundswell.workspaces import access, telling
from groundswell.workspaces.models import JournalEntry
from tests.vetting.conftest import RUNNERS, counted


def falling(handle, now):
    """Counts of fifteen days on which the account lost a fifth of its followers each day."""
    return [
        counted(handle, round(1_000 * 1.25**day), now - timedelta(day + 0.5)) for day in range(15)
    ]


def kept(desk):
    with access.inside(desk.workspace):
        return {card.account.handle: card for card in Scorecard.objects.select_related("account")}


def test_every_account_gets_a_scorecard(crowd):
    found = crowd.vet()
    assert (found.accounts, found.scored, found.cannot_say, found.needs_review) == (25, 25, 0, 0)
    assert found.coverage == {
        "at_least_four": 1.0,
        "credibility": 1.0,
        "life_moments": 0.0,
        "audience": 0.0,
        "quality": 1.0,
        "branded": 1.0,
        "growth": 1.0,
    }
    cards = kept(crowd)
    assert sorted(cards) == RUNNERS
    assert cards["runner07"].growth is not None
    assert cards["runner07"].life_moments is None
    assert set(cards["runner07"].details["factors"]) == set(FactorName)


def test_a_vetting_is_journalled_once_with_its_rows(crowd):
    crowd.vet()
    with access.inside(crowd.workspace):
        entry = JournalEntry.objects.get(event="accounts.vetted")
    assert (entry.by, entry.rows, entry.details["scored"]) == ("anna@acme.example", 25, 25)


def test_vetting_the_same_data_again_changes_nothing(crowd):
    crowd.vet()
    before = kept(crowd)
    crowd.vet(days_later=1)
    after = kept(crowd)
    assert {name: card.said_since for name, card in after.items()} == {
        name: card.said_since for name, card in before.items()
    }
    with access.inside(crowd.workspace):
        assert PastScores.objects.count() == 0
        assert Vetting.objects.count() == 2


def test_what_a_scorecard_said_before_is_remembered(crowd):
    crowd.vet()
    before = kept(crowd)["runner03"]
    later = crowd.now + timedelta(1)
    crowd.publish(account_observations=falling("runner03", crowd.now))
    crowd.vet(days_later=1)
    after = kept(crowd)["runner03"]
    with access.inside(crowd.workspace):
        past = PastScores.objects.get(account=after.account)
    assert (past.said_since, past.said_until) == (crowd.now, later)
    assert past.growth == before.growth != after.growth
    assert after.said_since == later


def test_an_empty_workspace_is_vetted_in_peace(workspace, now):
    found = scorecards.vet(workspace=workspace, by="test", now=now)
    assert (found.accounts, found.scored, found.cannot_say) == (0, 0, 0)
    assert set(found.coverage.values()) == {None}


def test_accounts_of_which_nothing_is_known_are_counted_as_such(desk):
    desk.publish(accounts=[{"platform": "tiktok", "handle": "quiet"}])
    found = desk.vet()
    assert (found.accounts, found.scored, found.cannot_say) == (1, 0, 1)
    card = kept(desk)["quiet"]
    assert card.verdict == "cannot_say"
    assert [getattr(card, name) for name in FactorName] == [None] * 6


def test_the_scorecard_of_an_account_that_was_merged_away_is_forgotten(crowd):
    crowd.vet()
    gone = crowd.account("runner05")
    with access.inside(crowd.workspace):
        gone.merged_into = crowd.account("runner06")
        gone.save()
    crowd.vet(days_later=1)
    assert "runner05" not in kept(crowd)
    assert len(kept(crowd)) == 24


def test_another_workspace_keeps_its_own(crowd, stranger, now):
    crowd.vet()
    found = scorecards.vet(workspace=stranger, by="test", now=now)
    assert found.accounts == 0
    assert len(kept(crowd)) == 25


def test_nothing_is_written_when_a_vetting_fails(crowd, monkeypatch):
    crowd.vet()

    def fail(*_, **__):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(scorecards.journal, "record", fail)
    crowd.publish(account_observations=falling("runner03", crowd.now))
    with pytest.raises(RuntimeError, match="the disk is full"):
        crowd.vet(days_later=1)
    assert kept(crowd)["runner03"].said_since == crowd.now


@pytest.fixture
def _alone(monkeypatch):
    """The thread that tells how far it is would not see what the test has not committed."""
    monkeypatch.setattr(telling, "_EVERY_SECONDS", 3_600)


@pytest.mark.usefixtures("_alone")
def test_the_job_vets_its_workspace_once_for_who_asked(crowd):
    with access.inside(crowd.workspace):
        for _ in range(2):
            turns.ask(workspace=crowd.workspace, by="anna", now=crowd.now)

    for _ in range(2):
        tasks.vet(crowd.workspace, now=crowd.now)

    assert len(kept(crowd)) == 25
    with access.inside(crowd.workspace):
        assert (Vetting.objects.count(), queries.turn().state) == (1, "ended")


@pytest.mark.usefixtures("_alone")
def test_a_vetting_that_was_cancelled_keeps_the_scores_from_before(crowd, monkeypatch):
    def cancelled_meanwhile(**arguments):
        with access.inside(crowd.workspace):
            turns.cancel(workspace=crowd.workspace, by="anna", now=crowd.now)
        arguments["progress"]._tell()  # what its thread does once a second
        arguments["progress"]("measure", 1, 2)

    monkeypatch.setattr(turns.scorecards, "vet", cancelled_meanwhile)
    with access.inside(crowd.workspace):
        turns.ask(workspace=crowd.workspace, by="anna", now=crowd.now)

    turns.work(workspace=crowd.workspace, now=crowd.now)

    with access.inside(crowd.workspace):
        assert queries.turn().refusal["code"] == "vetting_cancelled"


def test_processes_measure_what_a_thread_does(crowd, monkeypatch):
    monkeypatch.setattr(gathering, "BATCH", 7)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    found = []
    for pool in (ThreadPoolExecutor, ProcessPoolExecutor):
        least = 5 if pool is ThreadPoolExecutor else 4
        monkeypatch.setattr(measuring, "WORTH_PROCESSES", least)
        assert type(measuring.executor(batches=4)) is pool
        crowd.vet()
        found.append({name: card.details for name, card in kept(crowd).items()})
        with access.inside(crowd.workspace):
            Scorecard.objects.all().delete()
    assert found[0] == found[1]
