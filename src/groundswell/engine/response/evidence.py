"""What has been seen of each account: sufficient statistics of its posts, on the log scale."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from groundswell.engine.arrays import Bools, Floats, Ints

ANY = -1  # the format of an average that a source reported over all formats
INFERRED = -2  # the format of an average that was worked out from another count


@dataclass(frozen=True, slots=True)
class Accounts:
    """What is known of accounts before looking at their posts.

    Attributes:
        platform: Code of the platform, in [0, platforms); shape (accounts,).
        followers: Followers, NaN when unknown; shape (accounts,).
        category: Code of the main topic, -1 when unknown; shape (accounts,).
    """

    platform: Ints
    followers: Floats
    category: Ints

    def __post_init__(self) -> None:
        if not len(self.platform) == len(self.followers) == len(self.category):
            raise ValueError(
                "platform, followers and category must have one entry per account, got "
                f"{len(self.platform)}, {len(self.followers)} and {len(self.category)}"
            )
        if np.any(self.followers < 0):
            raise ValueError(f"followers must not be negative, got {np.nanmin(self.followers)}")

    @property
    def size(self) -> Floats:
        """Log of followers relative to 10,000; NaN when unknown."""
        return np.asarray(np.log(np.maximum(self.followers, 1.0)) - np.log(10_000.0))


@dataclass(frozen=True, slots=True)
class Evidence:
    """Sufficient statistics of counts such as views, one row per account and format.

    Attributes:
        account: Index of the account; shape (rows,).
        format: Code of the format, or ANY or INFERRED for an average; shape (rows,).
        posts: Posts behind the row, at least 1; for an average the number of posts that it is
            taken to be worth; shape (rows,).
        mean_log: Mean of log(1 + count), for an average log(1 + average); shape (rows,).
        squares: Sum of squared deviations of log(1 + count) from its mean, 0 for an average;
            shape (rows,).
    """

    account: Ints
    format: Ints
    posts: Floats
    mean_log: Floats
    squares: Floats

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, name)) for name in self.__slots__}
        if len(lengths) > 1:
            raise ValueError(f"columns of evidence must be equally long, got lengths {lengths}")
        if len(self.posts) and not self.posts.min() >= 1:
            raise ValueError(f"each row needs at least one post, got {self.posts.min()}")
        if not (np.isfinite(self.mean_log).all() and np.isfinite(self.squares).all()):
            raise ValueError("mean_log and squares must be finite: leave rows without counts out")

    @classmethod
    def from_posts(cls, account: Ints, format_: Ints, count: Floats) -> Self:
        """Pool the counts of single posts.

        Args:
            account: Index of the account of each post; shape (posts,).
            format_: Code of the format of each post; shape (posts,).
            count: Views (or engagements) of each post, NaN when unknown; shape (posts,).

        Returns:
            One row per account and format with at least one known count.
        """
        known = np.isfinite(count)
        account, format_, logs = account[known], format_[known], np.log1p(count[known])
        width = int(format_.max()) + 1 if len(format_) else 1
        keys, row = np.unique(account * width + format_, return_inverse=True)
        posts = np.bincount(row, minlength=len(keys)).astype(np.float64)
        mean = np.bincount(row, logs, minlength=len(keys)) / np.maximum(posts, 1.0)
        squares = np.bincount(row, np.square(logs - mean[row]), len(keys)).astype(np.float64)
        return cls(keys // width, keys % width, posts, mean, squares)

    @classmethod
    def from_averages(cls, account: Ints, average: Floats, *, worth: float = 4.0) -> Self:
        """Take averages as a source reports them, over an unknown number of posts.

        Args:
            account: Index of the account of each average; shape (averages,).
            average: Views (or engagements) of an average post, NaN when unknown.
            worth: Posts that such an average is taken to be worth, at least 1. Four: a month of
                weekly posts, the shortest window that rankings use.
        """
        return cls._averaged(account, average, ANY, worth)

    @classmethod
    def from_another_count(cls, account: Ints, average: Floats) -> Self:
        """Take averages that were worked out from another count, such as views from engagements.

        Args:
            account: Index of the account of each average; shape (averages,).
            average: What the other count makes one expect of an average post, NaN when unknown;
                taken to be worth one post.
        """
        return cls._averaged(account, average, INFERRED, 1.0)

    @classmethod
    def _averaged(cls, account: Ints, average: Floats, format_: int, worth: float) -> Self:
        known = np.isfinite(average)
        account, logs = account[known], np.log1p(average[known])
        same = np.full(len(account), worth)
        return cls(account, np.full(len(account), format_), same, logs, np.zeros(len(account)))

    def joined(self, other: "Evidence") -> "Evidence":
        """Both, one after the other."""
        return Evidence(
            *(np.concatenate([getattr(self, n), getattr(other, n)]) for n in self.__slots__)
        )

    @property
    def is_average(self) -> Bools:
        """Which rows are averages, reported or inferred."""
        return np.asarray(self.format < 0)
