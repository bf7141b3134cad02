"""Lookalikes among synthetic creators: CPU time and recall, beside exact scans and libraries.

faiss and usearch take part where they can be imported; Groundswell does not depend on them.

Run: python benchmarks/bench_lookalikes.py [--creators N] [--seed N]
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import relevance
from creators_at_random import FACETS, VALUES, Creators, Query, queries
from measurements import Results, timed

from groundswell.retrieval import documents, indexing, likenesses, lookalikes, storage, vectors
from groundswell.retrieval.searching import Request
from groundswell.terms.tiers import ACTIVATE

BAR_MS = 25.0
RECALL = 0.98
LIMIT = 100
ASKED = 100  # of each class
MOST_SEEDS = 3
SAMPLED = 10  # batches of the corpus that tell how rare words are
WORLD_CREATORS = 8_000
WORLD_SEEDS = 300
BEST = 20
GRAPH = 100_000  # creators that graphs are built of: more takes longer than everything else

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Likeness:
    """To be like some creators, and to pass filters."""

    seeds: tuple[int, ...]
    filters: Query | None

    def answer(self, folder: Path, facets: tuple[str, ...] = ()) -> Any:
        request = Request() if self.filters is None else self.filters.request()
        request = replace(request, sort="", limit=LIMIT, facets=facets)
        return lookalikes.search(folder, [f"{seed:08d}" for seed in self.seeds], request)


class Exact:
    """Every creator that passes is compared, in 32-bit numbers."""

    def __init__(self, creators: Creators, found: Floats, size: int) -> None:
        self.creators = creators
        self.vectors = found
        self.size = size

    def nearest(self, asked: Likeness) -> Places:
        mean = self.vectors[list(asked.seeds)].mean(axis=0)
        passing = self.passing(asked)
        likeness = self.vectors @ mean if passing is None else self.vectors[passing] @ mean
        places = np.arange(self.size) if passing is None else passing
        most = min(LIMIT + len(asked.seeds), len(places))
        best = places[np.argpartition(-likeness, most - 1)[:most]] if most else places
        order = np.argsort(-(self.vectors[best] @ mean), kind="stable")
        return best[order][~np.isin(best[order], asked.seeds)][:LIMIT]

    def passing(self, asked: Likeness) -> Places | None:
        if asked.filters is None:
            return None
        hits = np.ones(self.size, dtype=bool)
        for key, values in asked.filters.equal:
            codes = [VALUES[key].index(value) for value in values]
            mine = self.creators.topics if key == "category" else self.creators.codes[key]
            found = np.isin(mine, codes)
            hits &= found.any(axis=1) if key == "category" else found
        for key, bound in asked.filters.at_least:
            hits &= self.creators.numbers(key) >= bound
        return np.flatnonzero(hits)


def described(creators: Creators, generation: Path) -> Floats:
    """The vectors of all creators before they become bytes."""
    text = (generation / "likeness.vocabulary").read_text("utf-8")
    describer = vectors.Describer(vectors.Vocabulary.read(text))
    found = np.empty((creators.size, vectors.DIMENSIONS), dtype=np.float32)
    at = 0
    for batch in creators.batches():
        rows = list(documents.rows(batch))
        said = list(map(documents.said, rows))
        found[at : at + batch.num_rows] = describer.describe(rows, said)[0]
        at += batch.num_rows
    return found


def drawn(creators: Creators, rng: np.random.Generator) -> dict[str, list[Likeness]]:
    """Seeds at random, alone and with the filters that searches are measured with."""
    filters = queries(creators, rng)["filters"]

    def seeds() -> tuple[int, ...]:
        several = rng.integers(0, creators.size, rng.integers(1, MOST_SEEDS + 1))
        return tuple(dict.fromkeys(several.tolist()))

    return {
        "all": [Likeness(seeds(), None) for _ in range(ASKED)],
        "with filters": [Likeness(seeds(), each) for each in filters[:ASKED]],
    }


def measure_building(results: Results, folder: Path, creators: Creators) -> None:
    """What the vectors add to building the index, in time and room."""
    spent = 0.0

    def counted(work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            nonlocal spent
            began = time.process_time()
            done = work(*given)
            spent += time.process_time() - began
            return done

        return run

    begin, add = likenesses.begin, likenesses.Keeper.add

    def learned(generation: Path, batches: Iterator[Any]) -> Iterator[Any]:
        first = list(islice(batches, SAMPLED))  # drawing is not counted
        return chain(counted(begin)(generation, iter(first)), batches)

    likenesses.begin, likenesses.Keeper.add = learned, counted(add)
    try:
        with indexing.writing(folder) as writer:
            writer.rebuild(creators.batches(), marks={"revision": 1})
    finally:
        likenesses.begin, likenesses.Keeper.add = begin, add
    per_million = spent / creators.size * 1e6
    results.note("vectors, of a million creators", per_million, "s CPU")
    generation = storage.current(folder).path
    size = sum(path.stat().st_size for path in generation.glob("likeness.*"))
    results.note("vectors on disk", size / 2**20, "MiB")
    results.note("a vector on disk", size / creators.size, "B")


def measure_searching(
    results: Results, folder: Path, exact: Exact, asked: dict[str, list[Likeness]]
) -> None:
    """How long it takes, and how many of the truly nearest are found."""
    for name, several in asked.items():
        ours = timed(lambda each: each.answer(folder), several)
        theirs = timed(exact.nearest, several)
        for percent in (50, 95, 99):
            results.note(
                f"{name}: p{percent}",
                float(np.percentile(ours, percent)),
                "ms CPU",
                bar=BAR_MS if percent == 95 else None,
                peer=float(np.percentile(theirs, percent)),
            )
        faceted = timed(lambda each: each.answer(folder, FACETS), several)
        results.note(f"{name}, five facets: p95", float(np.percentile(faceted, 95)), "ms CPU")
        shares, totals, wrong = [], [], 0
        for each in several:
            truth = exact.nearest(each)
            found = each.answer(folder)
            passing = exact.passing(each)
            left = creators_left(exact.size, passing, each.seeds)
            wrong += found.total != left
            totals.append(found.total)
            if len(truth):
                hits = {int(hit.account) for hit in found.hits}
                shares.append(len(hits.intersection(truth.tolist())) / len(truth))
        results.note(f"{name}: recall@{LIMIT}, mean", float(np.mean(shares)), "share", floor=RECALL)
        results.note(f"{name}: recall@{LIMIT}, worst", min(shares), "share")
        results.note(f"{name}: accounts that pass, median", float(np.median(totals)), "accounts")
        results.note(
            f"{name}: accounts that pass, p95", float(np.percentile(totals, 95)), "accounts"
        )
        results.note(f"{name}: totals wrong, of {len(several)}", wrong, "queries", bar=0)


def creators_left(size: int, passing: Places | None, seeds: tuple[int, ...]) -> int:
    """How many pass, the seeds not counted."""
    if passing is None:
        return size - len(seeds)
    return int((~np.isin(passing, seeds)).sum())


def measure_usefulness(results: Results, folder: Path, seed: int) -> None:
    """How many of the best are of their seed's planted topic, and of its size class."""
    world = relevance.of_world(WORLD_CREATORS, seed)
    with indexing.writing(folder) as writer:
        writer.rebuild(world.batches(), marks={"revision": 1})
    tiers = [ACTIVATE.tier_of(each) for each in world.documents["followers"].to_pylist()]
    kinds = {"topic": np.asarray(world.topic), "size class": np.array(list(map(str, tiers)))}
    rng = np.random.default_rng(seed)
    shares: dict[str, list[float]] = {kind: [] for kind in kinds}
    for place in rng.permutation(len(tiers))[:WORLD_SEEDS]:
        request = Request(limit=BEST, facets=())
        try:
            found = lookalikes.search(folder, [str(place)], request)
        except lookalikes.NothingToCompare:
            continue
        hits = [int(hit.account) for hit in found.hits]
        for kind, values in kinds.items():
            shares[kind].append(float((values[hits] == values[place]).mean()))
    results.note("seeds on the synthetic world", len(shares["topic"]), "accounts")
    for kind, values in kinds.items():
        _, counts = np.unique(values, return_counts=True)
        chance = float(((counts / counts.sum()) ** 2).sum())
        name = f"best {BEST} of their seed's {kind}"
        results.note(name, float(np.mean(shares[kind])), "share", peers={"chance": chance})


def measure_libraries(results: Results, exact: Exact, asked: list[Likeness]) -> None:
    """What libraries for nearest neighbors do on the same vectors, without filters."""
    part = Exact(exact.creators, exact.vectors[:GRAPH], len(exact.vectors[:GRAPH]))
    asked = [Likeness(tuple(s % len(part.vectors) for s in each.seeds), None) for each in asked]
    for name, build in (("faiss", _faiss), ("usearch", _usearch)):
        if find_spec(name) is None:
            continue
        began = time.process_time()
        nearest = build(part.vectors)
        spent = time.process_time() - began
        label = f"{name} at {len(part.vectors):,}"
        results.note(f"{label}: build", spent, "s CPU")
        means = [part.vectors[list(each.seeds)].mean(axis=0) for each in asked]
        times = timed(nearest, means)
        results.note(f"{label}: p95", float(np.percentile(times, 95)), "ms CPU")
        shares = []
        for each, mean in zip(asked, means, strict=True):
            truth = set(part.nearest(each).tolist())
            shares.append(len(truth & set(nearest(mean).tolist())) / len(truth))
        results.note(f"{label}: recall@{LIMIT}, mean", float(np.mean(shares)), "share")


def _faiss(found: Floats) -> Callable[[Floats], Places]:
    faiss = import_module("faiss")
    faiss.omp_set_num_threads(1)
    index = faiss.index_factory(found.shape[1], "HNSW16", faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 80
    index.add(found)
    index.hnsw.efSearch = 256
    return lambda mean: index.search(mean[np.newaxis], LIMIT + MOST_SEEDS)[1][0]


def _usearch(found: Floats) -> Callable[[Floats], Places]:
    index = import_module("usearch.index").Index(
        ndim=found.shape[1], metric="cos", dtype="i8", connectivity=16, expansion_search=256
    )
    index.add(np.arange(len(found)), found, threads=1)
    return lambda mean: index.search(mean, LIMIT + MOST_SEEDS, threads=1).keys.astype(np.int64)


def run(seed: int, size: int, folder: Path) -> Results:
    """Measure everything once."""
    rng = np.random.default_rng(seed)
    creators = Creators(size, rng)
    asked = drawn(creators, rng)
    results = Results(seed, "exact scan, NumPy float32")
    measure_building(results, folder, creators)
    exact = Exact(creators, described(creators, storage.current(folder).path), size)
    measure_searching(results, folder, exact, asked)
    measure_libraries(results, exact, asked["all"])
    measure_usefulness(results, folder.with_name("world"), seed)
    return results


def main() -> None:
    """Run from the command line and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--creators", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        results = run(given.seed, given.creators, Path(scratch) / "index")
    results.keep("lookalikes" if given.creators < 1_000_000 else "lookalikes_million")


if __name__ == "__main__":
    main()
