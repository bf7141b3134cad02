"""Groups of people who comment together under many accounts, far more than their field explains.

Two people meet under the same accounts by chance, because both comment a lot, because some
accounts are popular, and because people of one language and topic go from one account to the
other. Under that hypothesis a person with `n` places in a field is under its account `a` with
probability

    p[n, a] = 1 - exp(-t[n] w[a])        where t[n] makes them sum to n

and `w` are the commenters of each account; two people meet on average under as many accounts as
their products sum to. A person counts once for an account, however loyal. Two people are linked
when they meet under more accounts than a Poisson variable of that mean would but with probability
``FALSE_LINKS / people``: one person in twenty gets a link by chance. A group is what is left
when everybody with fewer than ``LINKS`` links is taken away, again and again (the core of Seidman
1983), so one false link makes no group: it takes six. Its accounts are those on which at least
half of its people comment, four at least of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse, special

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.qualification import grouped
from groundswell.engine.qualification.measures import NEVER, Measure

NAME = "comment_clique"
FALSE_LINKS = 0.05  # that a person gets by chance
LINKS = 3  # so that a group has four people
FEWEST = 4  # accounts that two people meet under, people of a group, accounts of a group
FEWEST_COMMENTERS = 5
MOST_ACCOUNTS = 200  # who comments on more is spam, or a friend of everybody
MOST_PEOPLE = 300  # who recur under one account: a crowd, in which groups are not looked for
SMALLEST_FIELD = 30  # accounts; smaller fields are taken with the others of their language
_NAMED = 5
_PULLS = np.concatenate([[0.0], np.geomspace(1e-6, 1e4, 400)])


@dataclass(frozen=True, slots=True)
class Comments:
    """Comments of people who comment on more than one account of a platform.

    Attributes:
        account: Row number of the account of each comment.
        author: Number of who wrote it, from 0.
        post: Id of the post.
    """

    account: Ints
    author: Ints
    post: Sequence[str]


@dataclass(frozen=True, slots=True)
class Cliques:
    """Which accounts are commented on by one group of people.

    Attributes:
        of: Number of each account's group, shape (A,); -1 for none.
        inside: Which comments a group's people wrote under its accounts.
    """

    of: Ints
    inside: Bools


def find(
    comments: Comments, *, commenters: Ints, platform: Ints, language: Ints, topic: Ints
) -> Cliques:
    """Find the groups.

    Args:
        comments: Of all accounts that may be compared.
        commenters: How many people comment on each account, shape (A,).
        platform: Code of each account's platform, shape (A,).
        language: Code of each account's language, from 0; -1 where unknown.
        topic: Code of each account's topic, from 0; -1 where unknown.
    """
    of = np.full(platform.size, -1)
    inside = np.zeros(comments.account.size, dtype=bool)
    for code in np.unique(platform[comments.account]):
        rows = np.flatnonzero(platform[comments.account] == code)
        places, place = np.unique(comments.account[rows], return_inverse=True)
        person, meets = _incidence(place, comments.author[rows])
        if person.size <= LINKS:
            continue
        field = _fields(language[places], topic[places])
        group = _groups(_links(meets, field, commenters[places]))
        for members in _members(group):
            theirs = np.asarray(meets[:, members].sum(axis=1)).ravel()
            mine = (theirs >= max(FEWEST, members.size / 2)) & (of[places] < 0)
            if mine.sum() < FEWEST:
                continue
            of[places[mine]] = of.max() + 1
            inside[rows] |= mine[place] & np.isin(comments.author[rows], person[members])
    return Cliques(of, inside)


def measure(
    comments: Comments,
    cliques: Cliques,
    names: Sequence[str],
    *,
    said: Ints,
    commenters: Ints,
    seen_at: Ints,
) -> Measure:
    """Share of each account's comments that come from its group; 0 where there is no group.

    Args:
        comments: Those that the groups were found in.
        cliques: The groups.
        names: What each account is called.
        said: All comments known of each account, shape (A,).
        commenters: How many people wrote them, shape (A,).
        seen_at: Newest comment of each account in microseconds, shape (A,).
    """
    size = cliques.of.size
    theirs = grouped.counts(comments.account[cliques.inside], size)
    found = Measure.of(
        NAME,
        theirs / np.maximum(said, 1),
        n=said,
        seen_at=np.where(said > 0, seen_at, NEVER),
        why_not=[
            (said == 0, "no comments are known with who wrote them"),
            (
                (commenters < FEWEST_COMMENTERS) & (cliques.of < 0),
                f"fewer than {FEWEST_COMMENTERS} people are known who comment",
            ),
        ],
    )
    posts = grouped.first_references(comments.account, cliques.inside, comments.post, limit=40)
    shown = {row: tuple(dict.fromkeys(ids))[:_NAMED] for row, ids in posts.items()}
    return found.shown_by(shown).with_caveats(_mates(comments, cliques, names))


def _incidence(place: Ints, author: Ints) -> tuple[Ints, sparse.csc_array]:
    """People who comment on enough accounts, and on which of them, shape (accounts, people)."""
    pairs = np.unique(np.stack([author, place], axis=1), axis=0)
    person, number, on = np.unique(pairs[:, 0], return_inverse=True, return_counts=True)
    enough = (on >= FEWEST) & (on <= MOST_ACCOUNTS)
    chosen = enough[number]
    renumbered = np.cumsum(enough) - 1
    ones = np.ones(int(chosen.sum()))
    shape = (int(place.max()) + 1, int(enough.sum()))
    where = (pairs[chosen, 1], renumbered[number[chosen]])
    return person[enough], sparse.csc_array((ones, where), shape=shape)


def _fields(language: Ints, topic: Ints) -> Ints:
    """Code of language and topic of each account, of its language alone where those are few."""
    topics = int(topic.max(initial=0)) + 2
    field = (language + 1) * topics + topic + 1
    _, own, counted = np.unique(field, return_inverse=True, return_counts=True)
    apart = -1 - language - 1
    _, code = np.unique(np.where(counted[own] >= SMALLEST_FIELD, field, apart), return_inverse=True)
    return np.asarray(code, dtype=np.int64)


def _links(meets: sparse.csc_array, field: Ints, commenters: Ints) -> sparse.csr_array:
    """Who meets whom under more accounts than their fields explain, shape (people, people)."""
    places, people = meets.shape
    small = np.asarray(meets.sum(axis=1)).ravel() <= MOST_PEOPLE
    together = meets[np.flatnonzero(small)]
    met = sparse.triu(together.T @ together, k=1).tocoo()
    enough = met.data >= FEWEST
    one, other, seen = met.row[enough], met.col[enough], met.data[enough]
    by_field = sparse.csr_array((np.ones(places), (field, np.arange(places)))) @ meets
    expected = np.zeros(one.size)
    for code in range(by_field.shape[0]):
        held = np.asarray(by_field[[code]].todense(), dtype=np.int64).ravel()
        by_chance = _meetings(commenters[field == code], int(held.max(initial=0)))
        expected += by_chance[held[one], held[other]]
    chance = special.gammainc(seen, np.maximum(expected, 1e-12))  # of as many or more
    linked = chance * people <= FALSE_LINKS
    where = (one[linked], other[linked])
    one_way = sparse.csr_array((np.ones(int(linked.sum())), where), shape=(people, people))
    return one_way + one_way.T


def _meetings(commenters: Ints, most: int) -> Floats:
    """Accounts of a field under which two people meet by chance, by how many places each has."""
    pull = np.outer(_PULLS, commenters / commenters.mean())
    places = -np.expm1(-pull).sum(axis=1)
    there = -np.expm1(
        -np.outer(np.interp(np.arange(most + 1), places, _PULLS), commenters / commenters.mean())
    )
    there[0] = 0.0
    return np.asarray(there @ there.T)


def _groups(links: sparse.csr_array) -> Ints:
    """Connected parts of the core in which everybody has ``LINKS`` links; -1 outside of it."""
    inside = np.ones(links.shape[0], dtype=bool)
    while True:
        degree = links @ inside.astype(np.float64)
        kept = inside & (degree >= LINKS)
        if kept.sum() == inside.sum():
            break
        inside = kept
    kept_only = sparse.diags_array(inside.astype(np.float64))
    _, part = sparse.csgraph.connected_components(kept_only @ links @ kept_only)
    _, numbered = np.unique(part[inside], return_inverse=True)
    group = np.full(inside.size, -1)
    group[inside] = numbered
    return group


def _members(group: Ints) -> list[Ints]:
    """The people of each group."""
    return [np.flatnonzero(group == number) for number in range(int(group.max(initial=-1)) + 1)]


def _mates(comments: Comments, cliques: Cliques, names: Sequence[str]) -> dict[int, str]:
    """For each account of a group: who else is in it, and how many people comment on them."""
    words = {}
    group = cliques.of[comments.account]
    for number in range(int(cliques.of.max(initial=-1)) + 1):
        members = np.flatnonzero(cliques.of == number).tolist()
        people = np.unique(comments.author[cliques.inside & (group == number)]).size
        for row in members:
            others = [names[other] for other in members if other != row]
            more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
            shown = ", ".join(others[:_NAMED])
            words[row] = f"the same {people} people comment under {shown}{more}"
    return words
