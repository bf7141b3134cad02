"""Discovery: search, what can be searched by, and searches that were saved."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from groundswell.discovery import queries, showing
from groundswell.discovery.actions import exporting, searches
from groundswell.discovery.models import SavedSearch
from groundswell.discovery.questions import (
    LONGEST_ACCOUNT,
    LONGEST_FILTER,
    LONGEST_TEXT,
    MOST_LIKE,
    Question,
)
from groundswell.interfaces.http import exports, routes
from groundswell.interfaces.rest import operations, paging
from groundswell.interfaces.rest.operations import Area, Guard
from groundswell.interfaces.rest.paging import Page, Paging
from groundswell.interfaces.rest.reading import Input, Name
from groundswell.interfaces.rest.schemas import Count
from groundswell.people.policy import Action

area = Area("Discovery", "Finding creators by words, filters and facets.")
MOST_FILTERS = 40
_FURTHEST = 100_000  # hits; who wants more takes them out as a file
_FACETS = [key.name for key in queries.filter_keys() if key.is_facet]

Text = Annotated[
    str,
    Field(
        max_length=LONGEST_TEXT,
        description='Words, "phrases", prefix* and -exclusions; all must hold.',
        examples=["trail running"],
    ),
]
Filters = Annotated[
    list[Annotated[str, Field(max_length=LONGEST_FILTER)]],
    Field(
        max_length=MOST_FILTERS,
        description="`key=value`, also `!=`, `>=`, `<=`, `>`, `<`. The same key again means or; "
        "different keys mean and; `key=none` finds those of whom it is not known.",
        examples=[["country=US", "followers>=10K"]],
    ),
]
Sort = Annotated[
    str,
    Field(
        max_length=100,
        description="A key, with `:asc` or `:desc` behind it; blank for the usual order.",
        examples=["followers:desc"],
    ),
]


Like = Annotated[
    list[Annotated[str, Field(max_length=LONGEST_ACCOUNT)]],
    Field(
        max_length=MOST_LIKE,
        description="Accounts that those who are found shall be like; the most alike come first, "
        "and a hit's score is its likeness.",
        examples=[["instagram:anna"]],
    ),
]


Facets = Annotated[
    list[Annotated[str, Field(max_length=60)]],
    Field(max_length=20, description="Keys to count all hits by; every one without it."),
]


class Asked(BaseModel):
    """What to look for."""

    q: Text = ""
    filter: Filters = []
    sort: Sort = ""
    like: Like = []

    def question(self) -> Question:
        """The question itself."""
        return Question(self.q, tuple(self.filter), self.sort, tuple(self.like)).checked()


class AskedPage(Asked, Paging):
    """What to look for, and which page of it."""

    facet: Facets = []


class AskedAlike(Paging):
    """Whom to be like, and what else must hold."""

    like: Annotated[Like, Field(min_length=1)]
    q: Text = ""
    filter: Filters = []
    facet: Facets = []


class AskedFile(Asked):
    """What to look for, and how to write it down."""

    kind: Literal["csv", "xlsx"] = "csv"


class Reason(BaseModel):
    """Why an account was found."""

    kind: Literal["words", "filter", "sort", "rank", "like"]
    key: str
    asked: str
    value: Any
    text: str


class Hit(BaseModel):
    """An account that was found; what is not known of it is null."""

    account: Annotated[str, Field(examples=["instagram:anna"])]
    rank: int
    score: float
    reasons: list[Reason]
    tier: str | None
    display_name: str | None
    bio: str | None
    country: str | None
    region: str | None
    city: str | None
    language: str | None
    categories: list[str] | None
    verified: bool | None
    followers: Count
    following: Count
    posts: Count
    engagement_rate_by_followers: float | None
    engagement_rate_by_reach: float | None
    engagement_rate_by_views: float | None
    growth: float | None
    overall: Annotated[float | None, Field(description="By the workspace's weights.")]
    verdict: Annotated[str | None, Field(description="As people left it; null until vetted.")]
    last_post_at: str | None


class Found(BaseModel):
    """A page of hits, with the exact total."""

    total: int
    corrected: Annotated[
        str | None,
        Field(description="What was looked for instead, where nobody writes one of the words."),
    ]
    least: Annotated[
        int | None,
        Field(description="How many of the words each has at least, where nobody has all."),
    ]
    incomparable: Annotated[
        int | None,
        Field(
            description="Among lookalikes, how many more answer, of whom nothing is known that "
            "could be compared; null in other searches."
        ),
    ]
    hint: Annotated[
        str | None,
        Field(description="What to write instead, where nobody was found by signs or half a text."),
    ]
    creators: list[Hit]
    facets: dict[str, dict[str, int]]
    next: str | None


class Typed(BaseModel):
    """What is being typed."""

    q: Annotated[str, Field(max_length=LONGEST_TEXT, examples=["anna.r"])]
    limit: Annotated[int, Field(ge=1, le=50)] = 8


class Suggestion(BaseModel):
    """An account that may be meant."""

    account: Annotated[str, Field(examples=["instagram:anna"])]
    handle: str | None
    display_name: str | None
    followers: Count


class Suggestions(BaseModel):
    """Accounts that may be meant."""

    suggestions: list[Suggestion]


class Key(BaseModel):
    """Something that creators can be filtered by."""

    key: str
    kind: str
    description: str
    signs: list[str]
    sortable: bool
    facet: bool


class Keys(BaseModel):
    """Every key."""

    filters: list[Key]


class Search(BaseModel):
    """A saved search, and how many answered it when somebody last looked."""

    search: UUID
    name: str
    text: str
    filters: list[str]
    sort: str
    like: list[str]
    looked_total: int | None
    looked_at: str | None
    saved_by: str
    saved_at: str


class SearchToSave(Input):
    """A question and its name."""

    name: Name
    text: Text = ""
    filters: Filters = []
    sort: Sort = ""
    like: Like = []


class Rename(Input):
    """Another name."""

    name: Name


class Deleted(Paging):
    """Whether those that were deleted are meant."""

    deleted: Annotated[bool, Field(description="Those that could be brought back.")] = False


@area.get("/filters", Action.CREATORS_READ, Keys)
def list_filters(request: Any) -> Any:
    """List what creators can be filtered by.

    Parts of audiences are asked for as `audience.DIMENSION.VALUE`, such as `audience.country.US`.
    """
    del request
    return {"filters": [showing.key_as_json(key) for key in queries.filter_keys()]}


@area.get("/search", Action.CREATORS_READ, Found)
def search_creators(request: Any, asked: Query[AskedPage]) -> Any:
    """Search creators.

    With exact totals, exact facets, and the reasons for each hit.
    """
    question = asked.question()
    return found(request, question, asked, asked.facet or _FACETS)


@area.get("/lookalikes", Action.CREATORS_READ, Found)
def find_lookalikes(request: Any, asked: Query[AskedAlike]) -> Any:
    """Find creators like others.

    The most alike first, with what they have in common; a hit's score is its likeness, the mean
    cosine with the accounts named. None of their creators' own accounts is a hit.
    """
    question = Question(asked.q, tuple(asked.filter), like=tuple(asked.like)).checked()
    return found(request, question, asked, asked.facet or _FACETS)


def found(request: Any, question: Question, page: Paging, facets: Sequence[str]) -> dict[str, Any]:
    """A page of the answer to a question, as the command line shows it."""
    start = paging.offset(request, page)
    answer = queries.answer(question, limit=page.limit, offset=start, facets=facets)
    shown = showing.found_as_json(answer, request.desk.workspace.tiers)
    end = start + page.limit
    last = min(answer.total, _FURTHEST)
    return {**shown, "next": paging.following(request, end, last)}


@area.get("/suggestions", Action.CREATORS_READ, Suggestions)
def list_suggestions(request: Any, asked: Query[Typed]) -> Any:
    """Suggest accounts.

    Those whose handle or name begins with what is being typed, the largest first.
    """
    del request
    found = queries.suggestions(asked.q, limit=asked.limit)
    return {"suggestions": [showing.suggestion_as_json(each) for each in found]}


@area.get("/search/file", Action.DATA_EXPORT, bytes)
def export_search(request: Any, asked: Query[AskedFile]) -> HttpResponse:
    """Take a search out as a file.

    At most 50,000 rows as CSV or XLSX; the journal notes it.
    """
    table = exporting.search(
        question=asked.question(), workspace=request.desk.workspace, **operations.hand(request)
    )
    return exports.download(asked.kind, table.name, table.columns, table.rows)


@area.get("/searches", Action.CREATORS_READ, Page[Search])
def list_searches(request: Any, page: Query[Deleted]) -> Any:
    """List saved searches."""
    rows = queries.deleted_searches() if page.deleted else queries.saved_searches()
    return paging.of_rows(request, rows, ("name", "id"), page, lambda kept: list(map(_shown, kept)))


def _shown(kept: SavedSearch) -> dict[str, Any]:
    said = showing.search_as_json(kept, 0)
    del said["total"]  # asked for by running it
    return {"search": str(kept.id), **said}


@area.post("/searches", Action.SEARCHES_SAVE, Search)
def save_search(request: Any, body: SearchToSave) -> HttpResponse:
    """Save a search."""
    kept = searches.save(
        name=body.name,
        question=Question(body.text, tuple(body.filters), body.sort, tuple(body.like)),
        workspace=request.desk.workspace,
        **operations.hand(request),
    )
    address = routes.url(request, "api:get_search", search_id=kept.id)
    return operations.made(_shown(kept), address)


@area.get("/searches/{uuid:search_id}", Action.CREATORS_READ, Search)
def get_search(request: Any, search_id: UUID) -> Any:
    """Get a saved search."""
    del request
    return _shown(queries.saved_search(search_id))


_guarded = Guard(get_search, operations.row(SavedSearch, "search_id"))


@area.patch("/searches/{uuid:search_id}", Action.SEARCHES_SAVE, Search, guard=_guarded)
def rename_search(request: Any, search_id: UUID, body: Rename) -> Any:
    """Rename a saved search."""
    kept = queries.saved_search(search_id)
    searches.rename(search=kept, name=body.name, **operations.hand(request))
    return _shown(kept)


@area.delete("/searches/{uuid:search_id}", Action.SEARCHES_SAVE, guard=_guarded)
def delete_search(request: Any, search_id: UUID) -> None:
    """Delete a saved search.

    It can be restored.
    """
    kept = queries.saved_search(search_id)
    searches.delete(search=kept, **operations.hand(request))


@area.post("/searches/{uuid:search_id}/restored", Action.SEARCHES_SAVE, Search, status=200)
def restore_search(request: Any, search_id: UUID) -> Any:
    """Bring a deleted search back."""
    kept = queries.saved_search(search_id, is_deleted=True)
    searches.restore(search=kept, **operations.hand(request))
    return _shown(kept)


@area.get("/searches/{uuid:search_id}/creators", Action.CREATORS_READ, Found)
def run_search(request: Any, search_id: UUID, page: Query[Paging]) -> Any:
    """Ask a saved search again."""
    kept = queries.saved_search(search_id)
    return found(request, kept.question, page, [])
