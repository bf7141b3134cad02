"""Reach of real audiences, where a folder of real files is at hand.

Set GROUNDSWELL_REAL_DATA to a folder that holds `musae_social_graphs` (listeners and the genres
they like) and `twitch_audience_overlap` (channels, and pairs of them that share many viewers).
"""

import collections
import csv
import gzip
import itertools
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundswell.planning import files

pytestmark = pytest.mark.skipif(
    "GROUNDSWELL_REAL_DATA" not in os.environ, reason="needs a folder of real files"
)
ABOVE = 300  # shared viewers from which pairs of channels are listed


def some(things: list[Any], count: int, *, seed: int) -> list[Any]:
    rng = np.random.default_rng(seed)
    return [things[at] for at in rng.choice(len(things), count, replace=False)]


@pytest.fixture(scope="module")
def genres() -> dict[str, set[str]]:
    """Listeners of each genre."""
    path = Path(os.environ["GROUNDSWELL_REAL_DATA"]) / "musae_social_graphs"
    audiences = collections.defaultdict(set)
    with gzip.open(path / "deezer_HU_genres.json.gz") as file:
        for listener, liked in json.load(file).items():
            for genre in liked:
                audiences[genre].add(listener)
    return dict(audiences)


@pytest.fixture(scope="module")
def memberships(genres, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("genres") / "listeners.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["genre", "listener"])
        rows.writerows((genre, each) for genre in genres for each in sorted(genres[genre]))
    return path


@pytest.mark.parametrize("count", [1, 2, 3, 10, 40])
def test_reach_of_genres_is_that_of_brute_force(genres, memberships, count):
    chosen = some(sorted(genres), count, seed=count)

    found = files.of_members(
        memberships, chosen, headers={"account": "genre", "member": "listener"}
    )

    times = collections.Counter(itertools.chain(*(genres[each] for each in chosen)))
    often = collections.Counter(times.values())
    unions = itertools.accumulate((genres[each] for each in chosen), set.union)
    assert found.reach.value == len(times)
    assert found.frequency == tuple(often[k] for k in range(1, max(often) + 1))
    assert [step.reach.value for step in found.curve] == [len(union) for union in unions]


@pytest.mark.parametrize("count", [2, 3, 10, 40])
def test_pairs_of_genres_bound_brute_force(genres, tmp_path, count):
    pairs, sizes = tmp_path / "pairs.csv", tmp_path / "sizes.csv"
    shared = {
        (a, b): len(genres[a] & genres[b]) for a, b in itertools.combinations(sorted(genres), 2)
    }
    lines = [f'"{a}","{b}",{people}\n' for (a, b), people in shared.items() if people > ABOVE]
    pairs.write_text("account_a,account_b,shared\n" + "".join(lines))
    sizes.write_text("account,size\n" + "".join(f'"{a}",{len(genres[a])}\n' for a in genres))
    for seed in range(20):
        chosen = some(sorted(genres), count, seed=seed)
        truth = len(set().union(*(genres[each] for each in chosen)))

        found = files.of_overlaps(pairs, sizes, chosen, threshold=ABOVE).reach

        if found.low is None:
            assert found.value == truth
        else:
            assert found.low <= truth <= found.high


@pytest.fixture(scope="module")
def twitch() -> tuple[Path, Path]:
    folder = Path(os.environ["GROUNDSWELL_REAL_DATA"]) / "twitch_audience_overlap"
    return folder / "overlap_2020-12.csv.gz", folder / "viewers_2020-12.csv"


@pytest.fixture(scope="module")
def channels(twitch) -> tuple[dict[frozenset[str], int], dict[str, int]]:
    """Viewers that the listed pairs share, and viewers of each channel."""
    pairs, sizes = twitch
    with sizes.open(newline="") as file:
        viewers = {row["ID"]: int(row["Count"]) for row in csv.DictReader(file)}
    with gzip.open(pairs, "rt", newline="") as file:
        rows = csv.DictReader(file)
        shared = {frozenset([row["Source"], row["Target"]]): int(row["Weight"]) for row in rows}
    return shared, viewers


def test_a_listed_pair_of_channels_is_exact(twitch, channels):
    shared, viewers = channels
    for a, b in some([sorted(pair) for pair in shared], 5, seed=1):
        both = shared[frozenset([a, b])]

        found = files.of_overlaps(*twitch, [a, b], threshold=ABOVE)

        assert (found.reach.value, found.reach.low) == (viewers[a] + viewers[b] - both, None)
        assert found.frequency == (found.reach.value - both, both)


def test_unlisted_pairs_of_channels_are_counted_and_bounded_by_the_threshold(twitch, channels):
    shared, viewers = channels
    for seed in range(5):
        chosen = some(sorted(viewers), 6, seed=seed)
        pairs = [frozenset(pair) for pair in itertools.combinations(chosen, 2)]
        known = [shared[pair] for pair in pairs if pair in shared]
        total = sum(viewers[each] for each in chosen)

        found = files.of_overlaps(*twitch, chosen, threshold=ABOVE)

        assert found.unlisted.pairs == len(pairs) - len(known)
        assert found.reach.high <= total - max(known, default=0)
        assert found.reach.low >= total - sum(known) - found.unlisted.pairs * ABOVE
        assert found.reach.low <= found.reach.value <= found.reach.high


def test_all_channels_together_have_bounds(twitch):
    found = files.of_overlaps(*twitch, threshold=ABOVE)

    assert max(found.audiences.values()) < found.reach.low < found.reach.value < found.reach.high
    assert found.reach.high < found.sum_of_audiences
