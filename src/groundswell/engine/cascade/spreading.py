"""How far something goes that people pass on to those who follow them, run by run.

Independent cascade (Goldenberg, Libai and Muller 2001): whoever is reached passes it on once, and
each follower who wasn't reached before is reached with the chance of that edge, independently. With
``sharing`` below 1, a person who is reached passes it on with that chance only, to all followers or
to none, so that those reached and those who share are told apart.
"""

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from groundswell.engine.arrays import Codes, Floats, Ints
from groundswell.engine.cascade.graph import Graph
from groundswell.engine.compiled import compiled
from groundswell.terms.estimate import Estimate

LEVEL = 0.80
DEEPEST = 64  # steps told apart where no limit is asked for; later ones count as the last
_EPOCHS = 255  # runs that a byte per person can tell apart
_INSIDE = 2.0**-53
_BETWEEN_RUNS = 0xD1342543DE82EF95

Bytes: TypeAlias = npt.NDArray[np.uint8]
States: TypeAlias = npt.NDArray[np.uint64]


class _Edges(NamedTuple):
    """The graph with its chances; ``of_edge`` is empty where one chance holds for all."""

    starts: Ints
    followers: Codes
    most: Floats  # largest chance of each person's edges, or the one of all
    skip: Floats  # 1 / log(1 - most)
    of_edge: Floats


class _Sharing(NamedTuple):
    """Who shares at the start, and who passes it on; ``of_person`` is empty like ``of_edge``."""

    seeds: Codes
    chance: float
    of_person: Floats
    is_endless: bool


class _Walk(NamedTuple):
    """One run's memory, kept for the next: a mark per person, who was reached, and chance."""

    seen: Bytes
    queue: Codes
    state: States


@dataclass(frozen=True, slots=True)
class Spread:
    """What the runs came to.

    Attributes:
        reached: People reached for the first time in each run after so many steps; the first
            column are the seeds; shape (runs, steps + 1).
    """

    reached: Ints

    @property
    def by_depth(self) -> Floats:
        """Mean people who are first reached after so many steps; shape (steps + 1,)."""
        return np.asarray(self.reached.mean(axis=0))

    @property
    def standard_error(self) -> float | None:
        """Of the mean over runs; None after a single run."""
        totals = self.reached.sum(axis=1)
        if len(totals) < 2:
            return None
        return float(totals.std(ddof=1) / np.sqrt(len(totals)))

    def total(self, *, level: float = LEVEL) -> Estimate:
        """People reached, seeds included: mean, and the quantiles between which runs fell."""
        return _of_runs(self.reached.sum(axis=1), level)

    def added(self, *, level: float = LEVEL) -> Estimate:
        """People reached besides the seeds."""
        return _of_runs(self.reached[:, 1:].sum(axis=1), level)


def _of_runs(totals: Ints, level: float) -> Estimate:
    low, high = np.quantile(totals, [0.5 - level / 2, 0.5 + level / 2])
    mean = float(totals.mean())
    return Estimate(
        mean, min(float(low), mean), max(float(high), mean), level, "independent cascade",
        len(totals), "the interval is of runs with chances as given, not of the chances",
    )  # fmt: skip


def spread(
    graph: Graph,
    seeds: Ints,
    chance: float | Floats,
    *,
    runs: int,
    seed: int,
    sharing: float | Floats = 1.0,
    depth: int | None = None,
) -> Spread:
    """Run the cascade many times.

    Args:
        graph: Who follows whom.
        seeds: People who share at the start, in [0, people); one named twice counts once.
        chance: That a follower is reached by somebody who shares, in [0, 1]: one for all, or of
            each edge (``Graph.by_follower``); shape (edges,).
        runs: How many, at least 1.
        seed: Of all draws; run r is the same however many there are.
        sharing: That somebody who is reached passes it on, in [0, 1]: one for all, or of each
            person; shape (people,). Seeds always do.
        depth: Steps after which it ends, at least 1; without, it goes on until nobody is new.

    Returns:
        How many were reached, by run and step; the same for the same input.
    """
    first = np.unique(np.asarray(seeds, np.int64))
    if len(first) and not (first[0] >= 0 and first[-1] < graph.people):
        raise ValueError(f"seeds must lie in [0, {graph.people}), got {first[0]} to {first[-1]}")
    if runs < 1 or (depth is not None and depth < 1):
        raise ValueError(f"runs and depth must be at least 1, got {runs} and {depth}")
    of_edge = _chances("chance", chance, graph.edges)
    of_person = _chances("sharing", sharing, graph.people)
    most = np.array([chance]) if of_edge.size == 0 else _largest(graph.starts, of_edge)
    with np.errstate(divide="ignore"):
        skip = np.asarray(1.0 / np.log1p(-np.minimum(most, 1.0 - _INSIDE)), np.float64)
    reached = np.zeros((runs, (DEEPEST if depth is None else depth) + 1), np.int64)
    one_for_all = 1.0 if of_person.size else float(np.asarray(sharing))
    _run(
        _Edges(graph.starts, graph.followers, most, skip, of_edge),
        _Sharing(first.astype(np.int32), one_for_all, of_person, depth is None),
        seed % 2**63,
        reached,
    )
    return Spread(reached)


def _chances(name: str, given: float | Floats, count: int) -> Floats:
    """An array of ``count``, or an empty one where one number holds for all."""
    found = np.asarray(given, np.float64)
    if found.ndim and found.shape != (count,):
        raise ValueError(f"{name} must be one number or have shape ({count},), got {found.shape}")
    if not np.all((found >= 0) & (found <= 1)):
        raise ValueError(f"{name} must lie in [0, 1], got {found.min()} to {found.max()}")
    return found if found.ndim else np.empty(0)


@compiled
def _largest(starts: Ints, of_edge: Floats) -> Floats:
    most = np.zeros(starts.size - 1)
    for person in range(most.size):
        for edge in range(starts[person], starts[person + 1]):
            most[person] = max(most[person], of_edge[edge])
    return most


@compiled
def _mixed(state: np.uint64) -> np.uint64:
    """The output of splitmix64 (Steele, Lea and Flood 2014) for a state."""
    x = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@compiled
def _uniform(state: States) -> float:
    """The next number in (0, 1), multiples of 2**-53 and a half."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    return (float(_mixed(state[0]) >> np.uint64(11)) + 0.5) * _INSIDE


@compiled
def _run(edges: _Edges, sharing: _Sharing, seed: int, reached: Ints) -> None:
    walk = _Walk(
        np.zeros(edges.starts.size - 1, np.uint8),
        np.empty(edges.starts.size - 1, np.int32),
        np.empty(1, np.uint64),
    )
    for run in range(reached.shape[0]):
        walk.state[0] = _mixed(np.uint64(seed) + np.uint64(run + 1) * np.uint64(_BETWEEN_RUNS))
        epoch = np.uint8(run % _EPOCHS + 1)
        if epoch == 1:
            walk.seen[:] = 0
        walk.queue[: sharing.seeds.size] = sharing.seeds
        for person in sharing.seeds:
            walk.seen[person] = epoch
        begin, end, step = 0, sharing.seeds.size, 0
        reached[run, 0] = end
        while begin < end and (sharing.is_endless or step < reached.shape[1] - 1):
            last = end
            for place in range(begin, last):
                if step == 0 or _shares(sharing, walk, walk.queue[place]):
                    end = _pass_on(edges, walk, walk.queue[place], epoch, end)
            begin = last
            step += 1
            reached[run, min(step, reached.shape[1] - 1)] += end - last


@compiled
def _shares(sharing: _Sharing, walk: _Walk, person: int) -> bool:
    chance = sharing.of_person[person] if sharing.of_person.size else sharing.chance
    return chance >= 1.0 or _uniform(walk.state) < chance


@compiled
def _pass_on(edges: _Edges, walk: _Walk, person: int, epoch: np.uint8, end: int) -> int:
    """Reach some followers of a person; returns where the queue then ends.

    From one follower whom the largest chance reaches to the next the distance is geometric, so
    that the others need not be looked at; those whose own chance is smaller are thinned out.
    """
    row = person if edges.most.size > 1 else 0
    most = edges.most[row]
    if most <= 0.0:
        return end
    edge = edges.starts[person]
    stop = edges.starts[person + 1]
    while edge < stop:
        if most < 1.0:
            hop = np.log(_uniform(walk.state)) * edges.skip[row]
            if hop >= stop - edge:
                break
            edge += int(hop)
        if edges.of_edge.size == 0 or _uniform(walk.state) * most < edges.of_edge[edge]:
            who = edges.followers[edge]
            if walk.seen[who] != epoch:
                walk.seen[who] = epoch
                walk.queue[end] = who
                end += 1
        edge += 1
    return end
