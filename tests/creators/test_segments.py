"""The list of segments: compaction swaps, retired files wait, strays go."""

import os
from datetime import timedelta

from groundswell.creators import folders, queries, tasks
from groundswell.creators.actions import segments
from groundswell.creators.models import Segment
from groundswell.warehouse import compaction
from groundswell.workspaces import access, jobs
from tests.creators.conftest import counted, day


def files(desk):
    root = folders.warehouse_of(desk.workspace)
    return sorted(file.relative_to(root).as_posix() for file in root.rglob("*.parquet"))


def counts(desk):
    with access.inside(desk.workspace), queries.observations() as observations:
        answer = observations.ask("latest_counts")
    return answer["followers"].to_pylist(), answer["counts_observed_at"].to_pylist()


def fill(desk):
    """More imports than a month may have segments, and one correction."""
    for number in range(1, compaction.FEW + 2):
        desk.publish(account_observations=[counted("anna", number, day(number))])
    desk.publish(account_observations=[counted("anna", 99, day(compaction.FEW + 1))])


def test_compaction_keeps_the_answers_and_the_files_that_readers_may_hold(desk, now):
    fill(desk)
    before = counts(desk)

    with access.inside(desk.workspace):
        replaced = segments.tidy(workspace=desk.workspace, by="test", now=now)
        live = [segment.described() for segment in queries.live_segments()]

    assert replaced == compaction.FEW + 2
    assert [(segment.rows, segment.revises) for segment in live] == [(compaction.FEW + 1, False)]
    assert counts(desk) == before
    assert len(files(desk)) == replaced + 1


def test_compaction_raises_no_revision(desk, now):
    fill(desk)
    with access.inside(desk.workspace):
        before = queries.latest_revision()
        segments.tidy(workspace=desk.workspace, by="test", now=now)

        assert queries.latest_revision() == before
        assert [segment.publication for segment in queries.live_segments()] == [before]


def test_retired_segments_go_after_their_grace(desk, now):
    fill(desk)
    later = now + segments.GRACE + timedelta(seconds=1)
    with access.inside(desk.workspace):
        segments.tidy(workspace=desk.workspace, by="test", now=now)

        tasks.tidy_segments(desk.workspace, now=later)

        listed = list(Segment.objects.values_list("path", flat=True))
    assert files(desk) == listed
    assert len(listed) == 1


def test_a_revision_of_every_row_of_a_month_takes_its_place(desk, now):
    desk.publish(account_observations=[counted("anna", 1, day(1))])
    desk.publish(account_observations=[counted("anna", 2, day(1))])

    with access.inside(desk.workspace):
        assert segments.tidy(workspace=desk.workspace, by="test", now=now) == 1
        assert segments.tidy(workspace=desk.workspace, by="test", now=now) == 0
        assert [segment.revises for segment in queries.live_segments()] == [False]
    assert counts(desk)[0] == [2]


def test_nothing_to_tidy_is_no_entry_in_the_journal(desk, now):
    desk.publish(account_observations=[counted("anna", 1, day(1))])

    with access.inside(desk.workspace):
        assert segments.tidy(workspace=desk.workspace, by="test", now=now) == 0


def test_tidying_is_asked_for_when_a_month_is_crowded(desk):
    for number in range(1, compaction.FEW + 1):
        desk.publish(account_observations=[counted("anna", number, day(number))])
    assert jobs.waiting() == 1  # the search for duplicates, for the new account

    desk.publish(account_observations=[counted("anna", 99, day(30))])
    assert jobs.waiting() == 2


def test_an_import_after_compaction_finds_what_is_stored(desk, now):
    fill(desk)
    with access.inside(desk.workspace):
        segments.tidy(workspace=desk.workspace, by="test", now=now)

    again = desk.publish(account_observations=[counted("anna", 99, day(compaction.FEW + 1))])

    assert again.unchanged == 1


def test_one_workspace_sweeps_nothing_of_another(desk, stranger, now):
    desk.publish(account_observations=[counted("anna", 1, day(1))])

    with access.inside(stranger):
        segments.tidy(workspace=stranger, by="test", now=now)

    assert len(files(desk)) == 1


def test_a_sweep_goes_on_when_a_question_takes_its_own_spill_away(desk, now, monkeypatch):
    with access.inside(desk.workspace):
        spill = folders.spill_of(desk.workspace)
        gone, left = spill / "gone", spill / "left"
        left.mkdir()
        os.utime(left, (0, 0))
        monkeypatch.setattr(type(spill), "iterdir", lambda folder: iter([gone, left]))

        segments.sweep(workspace=desk.workspace, now=now)

    assert not left.exists()
