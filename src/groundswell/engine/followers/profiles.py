"""Follower profiles as numbers, one row each; what is not known is nan, never zero."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Floats

COLUMNS = (
    "followers",
    "following",
    "posts",
    "username_length",
    "username_digits",
    "biography_length",
    "has_profile_picture",
    "private",
)


@dataclass(frozen=True, slots=True)
class Profiles:
    """Profiles of followers.

    Attributes:
        values: Shape (rows, 8), in the order of ``COLUMNS``; counts and lengths are zero or more,
            the last two columns 0 or 1; nan where a value is not known.
    """

    values: Floats

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[float | None]]) -> "Profiles":
        """Profiles from columns of equal length; None and absent columns are not known."""
        rows = max((len(column) for column in columns.values()), default=0)
        values = np.full((rows, len(COLUMNS)), np.nan)
        for name, column in columns.items():
            values[:, COLUMNS.index(name)] = np.array(column, np.float64)
        return cls(values)

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, name: str) -> Floats:
        return self.values[:, COLUMNS.index(name)]

    def take(self, rows: np.ndarray) -> "Profiles":
        """Some of the rows, by mask or position."""
        return Profiles(self.values[rows])

    @property
    def following_per_follower(self) -> Floats:
        """Accounts followed for each follower, one added to both."""
        ratio: Floats = (self["following"] + 1) / (self["followers"] + 1)
        return ratio

    @property
    def digit_share(self) -> Floats:
        """Digits among the characters of the user name; nan for a name without length."""
        length = np.where(self["username_length"] > 0, self["username_length"], np.nan)
        return self["username_digits"] / length
