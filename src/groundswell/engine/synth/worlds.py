"""A whole world: the tables that somebody could bring, and apart from them the truth."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self

import numpy as np
import pyarrow as pa

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.synth import (
    audiences,
    cast,
    conversations,
    deals,
    engagement,
    growth,
    lexicon,
    panel,
    profiles,
    publishing,
)
from groundswell.engine.synth.audiences import Audiences
from groundswell.engine.synth.cast import Cast
from groundswell.engine.synth.growth import Growth
from groundswell.engine.synth.panel import Panel


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large a world is."""

    creators: int = 75_000
    posts: int = 400_000
    comments: int = 200_000
    memberships: int = 2_000_000

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise ValueError(
                    f"a world needs at least one of {field.name}, got {getattr(self, field.name)}"
                )
        if self.posts < self.creators:
            raise ValueError(
                f"a world needs a post per creator, got {self.posts} for {self.creators}"
            )

    @classmethod
    def of(cls, creators: int) -> Self:
        """A world of so many creators, with as much of everything else as the full one has each."""
        full = cls()
        share = creators / full.creators
        return cls(
            creators,
            max(round(full.posts * share), creators),
            max(round(full.comments * share), 1),
            max(round(full.memberships * share), 1),
        )


@dataclass(frozen=True, slots=True)
class World:
    """Everything that can be known, as canonical exchange tables."""

    accounts: pa.Table
    contacts: pa.Table
    account_observations: pa.Table
    account_averages: pa.Table
    posts: pa.Table
    post_observations: pa.Table
    comments: pa.Table
    memberships: pa.Table
    audience_shares: pa.Table
    rate_cards: pa.Table

    def tables(self) -> dict[str, pa.Table]:
        """The tables by canonical name, accounts first."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Truth:
    """What was planted. Tests and methods pages ask it; the product never does.

    Rows of accounts, posts and comments are those of the world's tables.

    Attributes:
        cast: Who the accounts belong to, what was bought, pods, effects, sponsored lift.
        growth: True growth and when followers were bought or went viral.
        audiences: True composition of each audience.
        panel: People, communities and the panel's rate.
        reach_probability: (accounts,) chance that a follower sees a post of the favorite format.
        sponsorship: (posts,) ``publishing.Sponsorship``.
        shock: (platforms, weeks) common shift of the logarithm of a week's engagement.
        tone: (comments,) ``conversations.Tone``.
        comment_author: (comments,) account index of pod members, larger for everybody else.
        negative_share: (accounts,) share of negative comments under organic posts.
        duplicates: (pairs, 2) accounts that belong to one creator, the smaller index first.
        decoys: (pairs, 2) accounts of different creators with the same handle.
        cross_linked: (accounts,) whether the account links to its creator's first account.
    """

    cast: Cast
    growth: Growth
    audiences: Audiences
    panel: Panel
    reach_probability: Floats
    sponsorship: Ints
    shock: Floats
    tone: Ints
    comment_author: Ints
    negative_share: Floats
    duplicates: Ints
    decoys: Ints
    cross_linked: Bools


def create(sizes: Sizes, *, rng: np.random.Generator, now: datetime) -> tuple[World, Truth]:
    """Create a world and the truth about it; the same generator state makes the same world.

    Args:
        sizes: How large it is.
        rng: Source of randomness; each part of the world draws from a child of its own.
        now: The moment at which the world is seen; nothing in it is later.

    Returns:
        The tables, and what was planted in them.
    """
    words = lexicon.load()
    streams = iter(rng.spawn(12))
    people = cast.assemble(sizes.creators, lexicon=words, rng=next(streams))
    shown = profiles.compose(people, lexicon=words, rng=next(streams), now=now)
    growing, planning = next(streams), next(streams)
    plan = publishing.schedule(people, sizes.posts, rng=planning)
    grown = growth.draw(people, plan, rng=growing)
    published = publishing.write(people, plan, shown, lexicon=words, rng=next(streams), now=now)
    results = engagement.draw(people, grown, plan, rng=next(streams))
    talk = conversations.hold(
        people, published, results, sizes.comments, lexicon=words, rng=next(streams), now=now
    )
    composed = audiences.compose(people, lexicon=words, rng=next(streams))
    members = panel.recruit(
        people, composed, sizes.memberships, lexicon=words, rng=next(streams), now=now,
        key=shown.key,
    )  # fmt: skip
    measuring, dealing, counting = streams
    silent = np.setdiff1d(np.flatnonzero(~people.old), plan.account)
    world = World(
        accounts=shown.accounts,
        contacts=deals.contacts(people, shown, lexicon=words, rng=dealing, now=now),
        account_observations=growth.observe(people, grown, key=shown.key, rng=counting, now=now),
        account_averages=deals.averages(people, silent, rng=dealing, now=now, key=shown.key),
        posts=published.posts,
        post_observations=engagement.observe(people, published, results, rng=counting, now=now),
        comments=talk.comments,
        memberships=members.memberships,
        audience_shares=audiences.shares(
            people, composed, lexicon=words, rng=measuring, now=now, key=shown.key
        ),
        rate_cards=deals.rate_cards(people, lexicon=words, rng=dealing, now=now, key=shown.key),
    )
    truth = Truth(
        cast=people,
        growth=grown,
        audiences=composed,
        panel=members,
        reach_probability=engagement.reach_probability(people),
        sponsorship=plan.sponsorship,
        shock=results.shock,
        tone=talk.tone,
        comment_author=talk.author,
        negative_share=conversations.negative_share(people),
        duplicates=_duplicates(people),
        decoys=_decoys(people),
        cross_linked=shown.cross_linked,
    )
    return world, truth


def _duplicates(people: Cast) -> Ints:
    order = np.argsort(people.creator, kind="stable")
    owner = people.creator[order]
    pairs = []
    for apart in (1, 2, 3):
        same = np.flatnonzero(owner[apart:] == owner[:-apart])
        pairs.append(np.stack([order[same], order[same + apart]], axis=1))
    return np.concatenate(pairs)


def _decoys(people: Cast) -> Ints:
    mine = np.flatnonzero(people.decoy_of >= 0)
    return np.stack([mine, people.decoy_of[mine]], axis=1)
