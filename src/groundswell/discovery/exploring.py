"""A search as somebody looks around in it: what else there is, and what stands in the way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from groundswell.creators import queries as creators
from groundswell.discovery import asking, resembling
from groundswell.discovery.actions import indexing
from groundswell.discovery.questions import (
    LONGEST_ACCOUNT,
    LONGEST_FILTER,
    LONGEST_TEXT,
    MOST_FILTERS,
    MOST_LIKE,
    Question,
)
from groundswell.discovery.resembling import Seeds
from groundswell.retrieval import filters, keys, searching, storage, values
from groundswell.retrieval.answers import Found
from groundswell.retrieval.filters import Filter
from groundswell.retrieval.searching import Request
from groundswell.retrieval.storage import IndexBusy, NoIndex
from groundswell.terms.errors import Refusal
from groundswell.workspaces.models import Workspace

_NOTHING = Found(0, (), {})


@dataclass(frozen=True, slots=True)
class Written:
    """One filter as it was written.

    Attributes:
        expression: The whole of it.
        key: The key that was meant, by its name; as it was written when there is none.
        sign: How they are compared; blank when it can't be read.
        value: With what.
        problem: Why it takes no part; blank when it does.
    """

    expression: str
    key: str
    sign: str = ""
    value: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Explored:
    """A page of hits, and the ways on from there.

    Attributes:
        found: The page of hits; its facets count each key as though it were not filtered by, so
            that they say what another choice would bring.
        asked: The filters that could be read, one for each key.
        written: All filters as they were written.
        like: The accounts to be like as they were written, their key ``like``.
        problems: Why the text, ``q``, or the order, ``sort``, could not be read.
        without: When nothing was found: how many would be without a filter, by its key, or without
            the words, by ``q``.
        widened: The text that was looked for instead, when nobody has the last word as it stands
            but some have words that begin with it; blank otherwise.
        accounts: How many accounts could be found at all.
        is_behind: Whether newer data is being indexed at this moment.
    """

    found: Found
    asked: tuple[Filter, ...] = ()
    written: tuple[Written, ...] = ()
    like: tuple[Written, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    without: Mapping[str, int] = field(default_factory=dict)
    widened: str = ""
    accounts: int = 0
    is_behind: bool = False

    def has_chosen(self, key: str, value: str) -> bool:
        """Whether a facet's value is among those that are filtered by."""
        mine = next((each for each in self.asked if each.key.name == key), None)
        return mine is not None and values.read(mine.key, value) in mine.any_of

    def means(self, written: Written, value: str) -> bool:
        """Whether a filter's value and a facet's are one: US and United States are."""
        key = keys.filterable(written.key)
        return values.read(key, written.value) == values.read(key, value)


def explore(question: Question, *, limit: int, offset: int = 0) -> Explored:
    """Search, count the alternatives, and say which parts of the question can't be read.

    Never waits for the index: while somebody else brings it up to date, the old one answers.
    """
    workspace = creators.here()
    is_behind = _stays_behind(workspace)
    return _explored(workspace, question, limit=limit, offset=offset, is_behind=is_behind)


def totals(questions: Iterable[Question]) -> list[int]:
    """How many accounts answer each question; the index is brought up to date once for all."""
    workspace = creators.here()
    is_behind = _stays_behind(workspace)
    return [
        _explored(workspace, question, limit=0, offset=0, is_behind=is_behind).found.total
        for question in questions
    ]


def _stays_behind(workspace: Workspace) -> bool:
    """Whether somebody else is bringing the index up to date, so that the old one must do."""
    try:
        indexing.catch_up(workspace=workspace, wait=False)
    except IndexBusy:
        return True
    return False


def _explored(
    workspace: Workspace, question: Question, *, limit: int, offset: int, is_behind: bool
) -> Explored:
    folder = indexing.folder_of(workspace)
    read = written(question)
    asked = filters.read([each.expression for each in read if not each.problem])
    like = tuple(map(_read_like, question.like[:MOST_LIKE]))
    seen = Explored(_NOTHING, asked, read, like, _problems(question), is_behind=is_behind)
    try:
        seeds = resembling.read([each.expression for each in like if not each.problem])
        seen = replace(seen, accounts=storage.size(folder))
        if "q" in seen.problems:
            return seen
        request = Request(
            question.text,
            [expression for each in asked for expression in each.written],
            "" if "sort" in seen.problems else question.sort,
            limit,
            offset,
            keys.COUNTABLE,
            tiers=workspace.tiers,
            with_excluded=asking.shows_excluded(asked),
        )
        if seeds.accounts:
            request = replace(request, sort="")  # the most alike come first, whatever was chosen
        request, found = _found(folder, request, seeds)
    except NoIndex:
        return replace(seen, is_behind=True)
    except Refusal as refusal:
        return replace(seen, problems={**seen.problems, "q": str(refusal)})
    return replace(
        seen,
        found=_with_alternatives(folder, request, seeds, asked, found),
        without={} if found.total else _without(folder, request, seeds, asked),
        widened=request.text if request.text != question.text else "",
    )


def _found(folder: Path, request: Request, seeds: Seeds) -> tuple[Request, Found]:
    """The hits, of words that begin like the last one when nobody has it: it is being typed.

    Only when there are none either, a word that nobody writes is taken for a typing error.
    """
    found = resembling.ask(folder, replace(request, is_tolerant=False), seeds)
    if found.total:
        return request, found
    if request.text[-1:].isalnum():
        wider = replace(request, text=f"{request.text}*", is_tolerant=False)
        widely = resembling.ask(folder, wider, seeds)
        if widely.total:
            return wider, widely
    return request, resembling.ask(folder, request, seeds)


def written(question: Question) -> tuple[Written, ...]:
    """A question's filters, each with what it means or why it can't be read."""
    return tuple(map(_read, question.filters[:MOST_FILTERS]))


def _read(expression: str) -> Written:
    """One filter, and what is wrong with it."""
    if len(expression) > LONGEST_FILTER:
        short = f"{expression[:40]}…"
        return Written(
            expression, short, problem=f"a filter has {LONGEST_FILTER} characters at most"
        )
    try:
        key, sign, value = filters.parts(expression)
    except Refusal as refusal:
        return Written(expression, expression, problem=str(refusal))
    try:
        [sound] = asking.read([expression])
    except Refusal as refusal:
        return Written(expression, key, sign, value, str(refusal))
    return Written(expression, sound.key.name, sign, value)


def _read_like(account: str) -> Written:
    """An account to be like, and what is wrong with it."""
    if len(account) > LONGEST_ACCOUNT:
        problem = f"an account has {LONGEST_ACCOUNT} characters at most"
        return Written(account, "like", problem=problem)
    try:
        resembling.read([account])
    except Refusal as refusal:
        return Written(account, "like", value=account, problem=str(refusal))
    return Written(account, "like", "=", account)


def _problems(question: Question) -> dict[str, str]:
    """What can't be read of a question beside its filters."""
    problems = {}
    if len(question.text) > LONGEST_TEXT:
        problems["q"] = (
            f"This search has {len(question.text):,} characters, and at most {LONGEST_TEXT} "
            "are read. Shorten it."
        )
    elif len(question.filters) > MOST_FILTERS:
        problems["q"] = (
            f"This search has {len(question.filters):,} filters, and at most {MOST_FILTERS} "
            "are read. Take some out."
        )
    try:
        searching.ordering(question.sort, ())
    except Refusal as refusal:
        problems["sort"] = str(refusal)
    return problems


def _others(asked: Sequence[Filter], left_out: Filter) -> list[str]:
    return [written for each in asked if each is not left_out for written in each.written]


def _with_alternatives(
    folder: Path, request: Request, seeds: Seeds, asked: Sequence[Filter], found: Found
) -> Found:
    """The same answer, its facets counted as though their own keys were not filtered by."""
    counts = dict(found.facets)
    for each in asked:
        name = each.key.name
        if name in counts:
            free = replace(request, filters=_others(asked, each), limit=0, offset=0, facets=[name])
            counts[name] = resembling.ask(folder, free, seeds).facets[name]
    return replace(found, facets=counts)


def _without(
    folder: Path, request: Request, seeds: Seeds, asked: Sequence[Filter]
) -> dict[str, int]:
    bare = replace(request, limit=0, offset=0, facets=())
    free = {each.key.name: replace(bare, filters=_others(asked, each)) for each in asked}
    if request.text.strip() and asked:
        free["q"] = replace(bare, text="", sort="")
    return {name: resembling.ask(folder, each, seeds).total for name, each in free.items()}
