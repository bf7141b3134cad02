"""Who follows whom, as the cascade walks it."""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Codes, Floats, Ints
from groundswell.engine.reach import panel


@dataclass(frozen=True, slots=True)
class Graph:
    """People, and for each of them those who see what they share.

    Attributes:
        starts: Where each person's followers begin; shape (people + 1,), from 0 to edges.
        followers: Their followers, one person after another; shape (edges,).
    """

    starts: Ints
    followers: Codes

    def __post_init__(self) -> None:
        if len(self.starts) == 0 or self.starts[0] != 0 or self.starts[-1] != len(self.followers):
            raise ValueError(
                "starts must begin with 0 and end with the number of edges "
                f"({len(self.followers):,}), got {self.starts[:1]} and {self.starts[-1:]}"
            )

    @property
    def people(self) -> int:
        """Number of people."""
        return len(self.starts) - 1

    @property
    def edges(self) -> int:
        """Number of pairs of a person and a follower."""
        return len(self.followers)

    def by_follower(self, chance: Floats) -> Floats:
        """A chance of each edge from one of each person who follows; shape (edges,)."""
        return np.asarray(chance[self.followers])


def of_follows(followed: Codes, follower: Codes, *, people: int) -> Graph:
    """A graph from pairs.

    Args:
        followed: Person who is followed, in [0, people); shape (edges,).
        follower: Person who follows; shape (edges,).
        people: Number of people; one whom nobody follows gets no followers.

    Returns:
        The graph; a pair that is listed twice counts once.
    """
    rows = panel.of_members(followed, follower, accounts=people, people=people)
    return Graph(rows.starts, rows.people)
