"""Samples of followers from files: who looks fake and why, and how many. Needs no database."""

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from groundswell.connectors.adapters import headers, maps
from groundswell.connectors.adapters.files.batches import Batch, CannotRead, Cell
from groundswell.connectors.adapters.files.opening import OpenFile, Reading
from groundswell.connectors.adapters.values import counts
from groundswell.connectors.adapters.values.missing import MISSING_NUMBER, Unreadable
from groundswell.engine.followers import models, scorecard, training
from groundswell.engine.followers.models import BadModel, Model
from groundswell.engine.followers.profiles import COLUMNS, Profiles
from groundswell.engine.followers.signs import SIGNS
from groundswell.engine.followers.training import Report
from groundswell.terms.errors import Refusal
from groundswell.terms.estimate import Estimate
from groundswell.terms.progress import Progress

_YES_OR_NO = {"has_profile_picture", "private"}
_YES = {"1", "1.0", "true", "t", "yes", "y"}
_NO = {"0", "0.0", "false", "f", "no", "n"}
_LARGEST_MODEL = 200 << 20
_NOTHING_KNOWN = "nothing that the model goes by is known of it"


class NoProfiles(Refusal):
    """A file without any column that tells about followers."""

    code = "no_follower_columns"


@dataclass(slots=True)
class Sample:
    """Followers read from a file.

    Attributes:
        rows: Number of each row that could be read, from 1.
        columns: Their values by column; None where not known.
        bad: Why other rows could not be read, by number.
        notes: What had to be guessed of the file.
    """

    rows: list[int] = field(default_factory=list)
    columns: dict[str, list[float | None]] = field(default_factory=dict)
    bad: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def profiles(self) -> Profiles:
        """What is known of the rows, as numbers."""
        return Profiles.of({name: self.columns[name] for name in COLUMNS if name in self.columns})


@dataclass(frozen=True, slots=True)
class Judged:
    """A sample, judged.

    Attributes:
        sample: What was read.
        probability: Of each row that could be read; nan where nothing can be said.
        points: Of each of them and each sign of the scorecard; nan where not known.
        share: Share of fakes among those that the sample was drawn from.
    """

    sample: Sample
    probability: np.ndarray
    points: np.ndarray
    share: Estimate

    def as_json(self) -> dict[str, Any]:
        """The shape of ``groundswell followers --json``: every row of the file, in its order."""
        said: dict[int, dict[str, Any]] = {
            row: {"row": row, "probability_fake": None, "reason": why}
            for row, why in self.sample.bad.items()
        }
        for row, chance in zip(self.sample.rows, self.probability.tolist(), strict=True):
            known = math.isfinite(chance)
            said[row] = {"row": row, "probability_fake": chance if known else None}
            if not known:
                said[row]["reason"] = _NOTHING_KNOWN
        return {
            "rows": [said[row] for row in sorted(said)],
            "share_fake": self.share.as_json(),
            "notes": self.sample.notes,
        }

    def most_suspicious(self, limit: int) -> list[tuple[int, float, list[str]]]:
        """Rows with the highest probability: number, probability, and signs by weight."""
        order = [at for at in np.argsort(-self.probability) if np.isfinite(self.probability[at])]
        return [
            (self.sample.rows[at], float(self.probability[at]), self._reasons(at))
            for at in order[:limit]
        ]

    def _reasons(self, at: int) -> list[str]:
        earned = [(points, sign) for points, sign in zip(self.points[at], SIGNS, strict=True)]
        earned.sort(key=lambda each: -np.nan_to_num(each[0]))
        return [
            f"{sign.name.replace('_', ' ')} {points:+.1f}" for points, sign in earned if points > 0
        ]


def judged(path: Path, *, mapping: Path | None = None, model: Path | None = None) -> Judged:
    """Judge the followers of a file.

    Args:
        path: Any of the columns of ``profiles.COLUMNS``, one follower a row.
        mapping: TOML that says what the columns mean.
        model: What ``train`` wrote; None takes the scorecard.

    Raises:
        CannotRead: When the file is no table of rows.
        BadMap: When the map can't be used.
        NoProfiles: When no column is known.
        BadModel: When the model can't be used.
    """
    judge = Model() if model is None else _loaded(model)
    sample = _read(path, mapping)
    profiles = sample.profiles()
    return Judged(
        sample, judge.probability(profiles), scorecard.table(profiles), judge.share(profiles)
    )


def train(
    path: Path,
    *,
    label: str,
    mapping: Path | None = None,
    boosted: bool = True,
    rng: np.random.Generator,
    progress: Progress,
) -> tuple[Model, Report, Sample]:
    """Train a model on the labelled followers of a file; the report is of rows held out.

    Args:
        path: As for ``judged``, with a column of labels.
        label: Its name: 1, true or yes where a follower is fake; rows without a label are left out.
        mapping: As for ``judged``.
        boosted: Trees; otherwise the scorecard is recalibrated.
        rng: Decides folds and draws.
        progress: Told of the folds.

    Raises:
        CannotTrain: When labels are too few.
        NoBooster: When the machine can't train trees.
    """
    sample = _read(path, mapping, label=label)
    is_labelled = np.array([each is not None for each in sample.columns["label"]], bool)
    labels = np.array([each == 1 for each in sample.columns["label"]], bool)[is_labelled]
    profiles = sample.profiles().take(is_labelled)
    report = training.held_out(profiles, labels, rng=rng, boosted=boosted, progress=progress)
    return training.fitted(profiles, labels, rng=rng, boosted=boosted), report, sample


def _loaded(path: Path) -> Model:
    try:
        if path.stat().st_size > _LARGEST_MODEL:
            raise BadModel(f"{path} is larger than any model: give what `train` wrote")
        return models.read(path.read_text("utf-8"))
    except OSError as error:
        raise BadModel(f"the model {path} can't be opened: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadModel(f"{path} is no model: give what `train` wrote") from error


def _read(path: Path, mapping: Path | None, *, label: str | None = None) -> Sample:
    said = _map(mapping) if mapping else {}
    form = said.get("format", {})
    try:
        source = OpenFile(path, Reading(form.get("encoding"), form.get("delimiter"))).source
        places = _places(source.names, said.get("columns", {}), label)
        if not set(places) - {"label"}:
            raise NoProfiles(
                f"{path} has no column that tells about followers: it has "
                f"{', '.join(source.names[:20])}, and any of {', '.join(COLUMNS)} will do; "
                "--map FILE says which is which"
            )
        sample = Sample(columns={name: [] for name in places}, notes=list(source.notes))
        for batch in source.batches():
            _take(batch, places, sample)
    except CannotRead as error:
        raise CannotRead(f"{path} can't be read: {error}") from error
    return sample


def _map(path: Path) -> dict[str, Any]:
    try:
        said = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise maps.BadMap(f"the map {path} can't be opened: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise maps.BadMap(f"the map {path} can't be read: {error}") from error
    columns, form = said.get("columns", {}), said.get("format", {})
    if not isinstance(columns, dict) or not isinstance(form, dict):
        raise maps.BadMap("[columns] and [format] of a map are tables of name = value lines")
    unknown = [str(name) for name in columns.values() if name not in ("", *COLUMNS)]
    if unknown:
        raise maps.BadMap(
            f"followers have no column {', '.join(unknown)}: they have {', '.join(COLUMNS)}"
        )
    if set(form) - {"encoding", "delimiter"} or not all(isinstance(v, str) for v in form.values()):
        raise maps.BadMap("[format] of a map of followers knows encoding and delimiter")
    maps.check_format(form)
    return said


def _places(names: Sequence[str], mapped: dict[str, str], label: str | None) -> dict[str, int]:
    """Where each column stands; the map goes before the columns' own names."""
    there = {headers.plain(name): at for at, name in reversed(list(enumerate(names)))}
    absent = [name for name in mapped if headers.plain(name) not in there]
    if absent:
        raise maps.BadMap(f"the map speaks of columns that are not there: {', '.join(absent)}")
    taken = {headers.plain(name) for name in mapped}
    found = {
        name: there[headers.plain(name)]
        for name in COLUMNS
        if headers.plain(name) in there and headers.plain(name) not in taken
    }
    found |= {to: there[headers.plain(name)] for name, to in mapped.items() if to}
    if label is not None:
        if headers.plain(label) not in there:
            raise NoProfiles(f"there is no column {label!r}: the file has {', '.join(names[:20])}")
        found["label"] = there[headers.plain(label)]
    return found


def _take(batch: Batch, places: dict[str, int], sample: Sample) -> None:
    sample.bad.update({bad.row: bad.reason for bad in batch.bad})
    empty: list[Cell] = [None] * len(batch.rows)
    columns = {
        name: batch.columns[at] if at < len(batch.columns) else empty for name, at in places.items()
    }
    for number, *cells in zip(batch.rows, *columns.values(), strict=True):
        values: dict[str, float | None] = {}
        try:
            for name, cell in zip(columns, cells, strict=True):
                values[name] = _value(name, cell)
            _check(values)
        except Unreadable as error:
            sample.bad[number] = str(error)
            continue
        sample.rows.append(number)
        for name, value in values.items():
            sample.columns[name].append(value)


def _value(name: str, cell: Cell) -> float | None:
    text = (cell if isinstance(cell, str) else "").strip()
    if isinstance(cell, list):
        raise Unreadable(f"{name} is a list")
    if text in MISSING_NUMBER:
        return None
    if name in _YES_OR_NO or name == "label":
        if text.lower() in _YES | _NO:
            return float(text.lower() in _YES)
        raise Unreadable(f"{name} is neither yes nor no: {text[:40]!r}")
    try:
        found = counts.read_count(text, counts.Marks())
    except Unreadable as error:
        raise Unreadable(f"{name} {error}: {text[:40]!r}") from error
    return None if found is None else float(found)


def _check(values: dict[str, float | None]) -> None:
    digits, length = values.get("username_digits"), values.get("username_length")
    if digits is not None and length is not None and digits > length:
        raise Unreadable(f"username_digits {digits:.0f} is more than username_length {length:.0f}")
