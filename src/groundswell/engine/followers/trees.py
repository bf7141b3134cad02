"""Boosted trees as plain arrays: kept as JSON, walked without the library that grew them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.followers.profiles import Profiles

FEATURES = (
    "followers", "following", "posts", "username_length", "username_digits", "biography_length",
    "has_profile_picture", "private", "log following per follower", "log posts per followed",
    "log posts per follower", "share of digits",
)  # fmt: skip
_MOST_NODES = 1_000_000


def features(profiles: Profiles) -> Floats:
    """What trees may ask of each row, shape (rows, 12), in the order of ``FEATURES``."""
    followers, following, posts = (
        np.log1p(profiles[name]) for name in ("followers", "following", "posts")
    )
    made = (following - followers, posts - following, posts - followers, profiles.digit_share)
    return np.column_stack([profiles.values, *made])


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees whose leaves are added up to log-odds. A node's children stand behind it.

    Attributes:
        roots: Node with which each tree begins.
        feature: Place in ``FEATURES`` that a node asks for; -1 in a leaf.
        threshold: Not above it goes left.
        left: Child of a node; 0 in a leaf.
        right: The other one.
        unknown_left: Whether a value that is not known goes left.
        leaf: Log-odds of a leaf; 0 elsewhere.
        members: Forests of which this is the mean; the sum of leaves is divided by it.
    """

    roots: Ints
    feature: Ints
    threshold: Floats
    left: Ints
    right: Ints
    unknown_left: Bools
    leaf: Floats
    members: int

    def log_odds(self, asked: Floats) -> Floats:
        """Log-odds of each row of features."""
        total = np.zeros(len(asked))
        rows = np.arange(len(asked))
        for root in self.roots:
            at = np.full(len(asked), root)
            while (inner := self.feature[at] >= 0).any():
                value = asked[rows, np.maximum(self.feature[at], 0)]
                goes_left = np.where(
                    np.isnan(value), self.unknown_left[at], value <= self.threshold[at]
                )
                child = np.where(goes_left, self.left[at], self.right[at])
                at = np.where(inner, child, at)
            total += self.leaf[at]
        mean: Floats = total / self.members
        return mean

    def as_json(self) -> dict[str, Any]:
        """Lists of numbers by name."""
        arrays = {name: getattr(self, name).tolist() for name in _KINDS}
        return {"members": self.members, **arrays}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> "Forest":
        """The forest that ``as_json`` wrote.

        Raises:
            ValueError: When it is none; each walk through what is returned ends at a leaf.
        """
        arrays = {name: _array(said, name, kind) for name, kind in _KINDS.items()}
        forest = cls(**arrays, members=int(said["members"]))
        nodes = len(forest.feature)
        inner = forest.feature >= 0
        here = np.arange(nodes)[inner]
        if not 0 < nodes <= _MOST_NODES or forest.members < 1 or not len(forest.roots):
            raise ValueError(f"a forest has members, roots and 1 to {_MOST_NODES:,} nodes")
        if any(len(arrays[name]) != nodes for name in _KINDS if name != "roots"):
            raise ValueError("the arrays of its nodes differ in length")
        if forest.roots.min() < 0 or forest.roots.max() >= nodes:
            raise ValueError("a root is no node")
        if forest.feature.max() >= len(FEATURES):
            raise ValueError(f"a node asks for feature {forest.feature.max()}")
        for child in (forest.left[inner], forest.right[inner]):
            if (child <= here).any() or (child >= nodes).any():
                raise ValueError("a node's child does not stand behind it")
        if not (np.isfinite(forest.threshold).all() and np.isfinite(forest.leaf).all()):
            raise ValueError("a threshold or a leaf is no number")
        return forest


_KINDS: dict[str, type] = {
    "roots": np.int64,
    "feature": np.int64,
    "threshold": np.float64,
    "left": np.int64,
    "right": np.int64,
    "unknown_left": np.bool_,
    "leaf": np.float64,
}


def _array(said: dict[str, Any], name: str, kind: type) -> Any:
    found: Any = np.array(said[name], dtype=kind)
    if found.ndim != 1:
        raise ValueError(f"{name} is no list of numbers")
    return found


def grown(dumps: list[dict[str, Any]]) -> Forest:
    """The mean of some boosters, from what LightGBM's ``dump_model`` says of each."""
    nodes: list[tuple[int, float, int, int, bool, float]] = []
    roots = []
    for dump in dumps:
        for tree in dump["tree_info"]:
            roots.append(len(nodes))
            _add(tree["tree_structure"], nodes)
    columns = list(zip(*nodes, strict=True))
    arrays: dict[str, Any] = {
        name: np.array(column, kind)
        for (name, kind), column in zip(list(_KINDS.items())[1:], columns, strict=True)
    }
    return Forest(np.array(roots, np.int64), **arrays, members=len(dumps))


def _add(node: dict[str, Any], nodes: list[tuple[int, float, int, int, bool, float]]) -> int:
    here = len(nodes)
    if "leaf_value" in node:
        nodes.append((-1, 0.0, 0, 0, False, node["leaf_value"]))
        return here
    nodes.append((0, 0.0, 0, 0, False, 0.0))
    left, right = _add(node["left_child"], nodes), _add(node["right_child"], nodes)
    # Without unknown values in training LightGBM takes an unknown one for zero.
    zero_left = node["threshold"] >= 0
    unknown_left = node["default_left"] if node["missing_type"] == "NaN" else zero_left
    nodes[here] = (node["split_feature"], node["threshold"], left, right, unknown_left, 0.0)
    return here
