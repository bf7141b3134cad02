"""The list of segments: compaction swaps, retired files wait, strays go."""

from datetime import timedelta

from groundswell.creators import folders, queries, tasks
from groundswell.creators.actions import segments
from groundswell.creators.models import Segment
from groundswell.warehouse import compaction
from groundswell.workspaces import access
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


def test_retired_segments_go_after_their_grace(desk, now):
    fill(desk)
    later = now + segments.GRACE + timedelta(seconds=1)
    with access.inside(desk.workspace):
        segments.tidy(workspace=desk.workspace, by="test", now=now)

        tasks.tidy_segments(desk.workspace, now=later)

        listed = list(Segment.objects.values_list("path", flat=True))
    assert files(desk) == listed
    assert len(listed) == 1


def test_nothing_to_tidy_is_no_entry_in_the_journal(desk, now):
    desk.publish(account_observations=[counted("anna", 1, day(1))])

    with access.inside(desk.workspace):
        assert segments.tidy(workspace=desk.workspace, by="test", now=now) == 0


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
