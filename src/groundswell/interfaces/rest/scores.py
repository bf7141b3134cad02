"""What is known of an account: its scorecard, its posts, and how two audiences overlap."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from groundswell.creators import queries
from groundswell.creators.models import Account
from groundswell.interfaces.http import dossier_pdf, exports
from groundswell.interfaces.rest import operations, paging
from groundswell.interfaces.rest.operations import Area
from groundswell.interfaces.rest.paging import BadCursor, Page, Paging
from groundswell.interfaces.rest.reviews import Review
from groundswell.interfaces.rest.schemas import Count, Estimate
from groundswell.people import policy
from groundswell.people.policy import Action
from groundswell.planning import brief as briefs
from groundswell.planning import queries as planning
from groundswell.terms.platforms import AccountRef
from groundswell.terms.safety import SafetyCategory
from groundswell.vetting import (
    comparing,
    contrasts,
    dossiers,
    exhibits,
    portraits,
    showing,
    targets,
)
from groundswell.vetting import queries as vetting
from groundswell.vetting.actions import turns
from groundswell.vetting.choices import TurnState
from groundswell.vetting.exhibits import Rows
from groundswell.vetting.models import VettingTurn
from groundswell.vetting.reviews import Standing

_LONGEST = 100
Score = Annotated[float | None, Field(description="0 to 100; null when it could not be said.")]

area = Area("Scores", "Six factors with their evidence, and what they were made from.")


class Factor(Estimate):
    """One of the six scores, 0 to 100; 50 is usual."""

    reasons: list[str]
    observed_at: str | None


class Evidence(Estimate):
    """A measure behind a factor, in a sentence."""

    factor: str
    kind: str
    sentence: str
    percentile: float | None
    peers: int
    peers_followers: list[int] | None
    observed_at: str | None
    references: list[str]


class Rate(Estimate):
    """Engagements of a post per follower, view or person reached, posts pooled."""

    percentile: float | None
    peers: int
    peers_followers: list[int] | None
    counted: str | None


class Rates(Rate):
    """The rate over all formats, and by format."""

    by_format: dict[str, Rate]


class Overall(Estimate):
    """The mean of the factors that can be said, by the workspace's weights."""

    coverage: Annotated[str, Field(examples=["from 4 of 6 factors"])]
    factors: list[str]
    of: int


class Concern(BaseModel):
    """What posts speak of that a brand may not want to stand beside."""

    category: SafetyCategory
    severity: Literal["low", "medium", "high"]
    posts: Annotated[int, Field(description="How many posts speak of it.")]
    last_at: str | None
    terms: Annotated[list[str], Field(description="Words that were found, some of them.")]
    references: Annotated[list[str], Field(description="Posts that show it, some of them.")]


class Safety(BaseModel):
    """Brand safety, by words in captions; see the method page."""

    posts_read: int
    posts_unread: Annotated[int, Field(description="Without a text in a language that is known.")]
    reason: Annotated[str | None, Field(description="Why nothing can be said.")]
    concerns: list[Concern]


class Scorecard(BaseModel):
    """What is said of an account."""

    account: str
    followers: Count
    tier: str | None
    verdict: str
    verdict_reasons: list[str]
    standing: Annotated[Standing, Field(description="The verdict, after what was decided.")]
    would_change: Annotated[
        list[str], Field(description="What would change the standing, in sentences.")
    ]
    review: Annotated[Review | None, Field(description="Null when it never needed one.")]
    overall: Overall
    vetted_at: str | None
    is_current: bool
    factors: dict[str, Factor]
    rates: dict[str, Rates]
    safety: Safety
    evidence: list[Evidence]


class Post(BaseModel):
    """A post with its newest counts."""

    post_id: str
    format: str | None
    published_at: str | None
    url: str | None
    text: str | None
    views: Count
    reach: Count
    likes: Count
    comments: Count
    shares: Count
    saves: Count
    interactions: Annotated[
        int | None, Field(description="What people did with it, as the platform adds it up.")
    ]
    watch_time_s: Annotated[
        float | None, Field(description="Seconds for which all viewers together watched it.")
    ]
    watch_average_s: Annotated[
        float | None, Field(description="Seconds that a view lasted on average.")
    ]
    observed_at: str | None
    sign: Annotated[str | None, Field(description="Why it is taken for paid for.")]
    paid_partnership: Annotated[bool | None, Field(description="Null when it is not known.")]


class Step(BaseModel):
    """Followers when they were counted, and what changed since the count before."""

    at: str
    followers: Count
    source: str
    change: int | None
    a_day: float | None
    is_largest: Annotated[bool, Field(description="Whether it is the steepest of those shown.")]


class Part(BaseModel):
    """A part of an audience, as a source measured it."""

    value: str
    share: float | None
    sample_size: int | None
    source: str
    at: str


class Person(BaseModel):
    """Somebody known to be in the audience."""

    member: Annotated[str, Field(description="The beginning of the hash that is kept.")]
    kinds: list[str]
    seen_at: str | None
    also_in: Annotated[int, Field(description="In how many other audiences of the workspace.")]


class Comment(BaseModel):
    """What somebody wrote under a post; who wrote it is not kept."""

    published_at: str | None
    text: str
    language: str | None
    likes: int | None


class CommentOfPost(Comment):
    """What somebody wrote under a post, and under which."""

    post_id: str


class WhichPost(BaseModel):
    """Under which post."""

    post: Annotated[
        str | None,
        Field(min_length=1, max_length=1_000, description="`post_id` of a post; all without it."),
    ] = None


class PastScores(BaseModel):
    """What a scorecard said until the verdict or a score changed by a point."""

    said_since: str
    said_until: str
    verdict: str
    credibility: Score
    life_moments: Score
    audience: Score
    quality: Score
    branded: Score
    growth: Score


class Exhibit(BaseModel):
    """What a measure was seen on: the list that `rows` names."""

    kind: str
    title: str
    rows: Rows
    posts: list[Post]
    counts: list[Step]
    parts: list[Part]
    people: list[Person]
    comments: list[Comment]


class Turn(BaseModel):
    """A vetting that somebody asked for."""

    state: TurnState
    asked_by: str
    asked_at: str
    step: str
    done: int
    total: int | None
    refusal: dict[str, Any] | None


class Vetting(BaseModel):
    """When all accounts were last vetted, and the turn that was asked for last."""

    vetted_at: str | None
    is_current: bool
    turn: Turn | None


class FormatPrice(BaseModel):
    """What a piece of a format costs."""

    price: str
    currency: str


class Side(BaseModel):
    """One account of a comparison."""

    account: str
    tier: str | None
    growth: Annotated[Estimate, Field(description="Change of followers a day.")]
    prices: Annotated[dict[str, FormatPrice], Field(description="By format.")]
    scorecard: Annotated[Scorecard | None, Field(description="Null until it was vetted.")]


class Overlap(BaseModel):
    """Which part of one account's audience is in another's too."""

    one: str
    other: str
    share: Estimate
    shared: int | None


class Best(BaseModel):
    """Whose value of a measure is the highest."""

    account: str
    is_clear: Annotated[
        bool, Field(description="Whether its interval keeps clear of all the others.")
    ]


class Comparison(BaseModel):
    """Accounts side by side."""

    sides: list[Side]
    best: Annotated[
        dict[str, Best],
        Field(
            description="By measure; those that nobody leads or that can't be ranked are absent."
        ),
    ]
    overlaps: list[Overlap]


class TargetPart(BaseModel):
    """What is wanted of one dimension of an audience, and the share that has it."""

    dimension: str
    wanted: list[str]
    share: Estimate
    source: Annotated[
        str | None,
        Field(
            description="Who measured: a source of imports; where none did, `commenters` for "
            "languages and `members` of other audiences for interests. Null where nobody did."
        ),
    ]
    observed_at: str | None


class Target(BaseModel):
    """How much of an audience is whom a program is for."""

    share: Annotated[Estimate, Field(description="Of the audience that has everything wanted.")]
    parts: list[TargetPart]
    effective_number: Annotated[
        dict[str, float],
        Field(description="Of kinds, by dimension: how many equal ones it is like."),
    ]


class Wanted(BaseModel):
    """Whom to reach: those of a plan's brief, or named here, or both."""

    plan: Annotated[UUID | None, Field(description="Whose brief says whom to reach.")] = None
    country: list[Annotated[str, Field(max_length=_LONGEST)]] = []
    language: list[Annotated[str, Field(max_length=_LONGEST)]] = []
    gender: list[Annotated[str, Field(max_length=_LONGEST)]] = []
    age: list[Annotated[str, Field(max_length=_LONGEST)]] = []

    def by_dimension(self) -> dict[str, Sequence[str]]:
        """What is asked of the audience; what is named here goes before the brief."""
        named = {
            "country": self.country,
            "language": self.language,
            "gender": self.gender,
            "age": self.age,
        }
        found: dict[str, Sequence[str]] = {}
        if self.plan is not None:
            text = planning.plan(self.plan).brief_text
            found.update(briefs.parsed(text).audience.by_dimension())
        return found | {name: values for name, values in named.items() if values}


class Compared(BaseModel):
    """Which accounts."""

    account: Annotated[
        list[Annotated[str, Field(max_length=300)]],
        Field(min_length=1, max_length=comparing.MOST, examples=[["instagram:anna"]]),
    ]

    def accounts(self) -> list[Account]:
        """The accounts, each once."""
        return comparing.named(self.account)


class ComparedFile(Compared):
    """Which accounts, and how to write it down."""

    kind: Literal["csv", "xlsx"] = "csv"


@area.get("/comparison", Action.CREATORS_READ, Comparison)
def compare_accounts(request: Any, asked: Query[Compared]) -> Any:
    """Hold two to twenty accounts side by side.

    Scores, prices and growth of each, whose are best, and how much of their audiences they share.
    """
    accounts = asked.accounts()
    found = comparing.seen(accounts, now=request.now)
    return contrasts.as_json(comparing.sides(accounts), found)


@area.get("/comparison/file", Action.DATA_EXPORT, bytes)
def export_comparison(request: Any, asked: Query[ComparedFile]) -> HttpResponse:
    """Take a comparison out as a file.

    One row for each account, as CSV or XLSX.
    """
    accounts = asked.accounts()
    found = comparing.seen(accounts, now=request.now)
    columns, rows = contrasts.table(comparing.sides(accounts), found, {})
    return exports.download(asked.kind, "comparison", columns, rows)


@area.get("/scorecards/{path:account}", Action.CREATORS_READ, Scorecard)
def get_scorecard(request: Any, account: str) -> Any:
    """Get the scorecard of an account.

    As last vetted, else worked out now.
    """
    return showing.as_json(vetting.scorecard(AccountRef.parse(account), now=request.now))


@area.get("/targets/{path:account}", Action.CREATORS_READ, Target)
def get_target(request: Any, account: str, wanted: Query[Wanted]) -> Any:
    """Get how much of an account's audience a program is for.

    Of one dimension the shares are added; of several the interval reaches as far as they allow.
    """
    if wanted.plan is not None:
        desk = request.desk
        policy.require(desk.role, Action.PLANS_READ, scopes=desk.scopes)
    found = queries.find_account(AccountRef.parse(account))
    return targets.as_json(targets.fit(found, wanted.by_dimension()))


@area.get("/exhibits/{str:measure}/{path:account}", Action.CREATORS_READ, Exhibit)
def get_exhibit(request: Any, measure: str, account: str) -> Any:
    """Get the rows that a measure of an account was seen on.

    The posts, counts, people or comments behind a piece of evidence, by its `kind`.
    """
    found = queries.find_account(AccountRef.parse(account))
    return exhibits.of(found, measure, now=request.now).as_json()


@area.get("/dossiers/{path:account}", Action.CREATORS_READ, bytes)
def print_dossier(request: Any, account: str) -> HttpResponse:
    """Print the dossier of an account.

    One page as PDF: who it is, its scorecard with the reasons, what was decided and answered.
    """
    found = queries.find_account(AccountRef.parse(account))
    return dossier_pdf.download(dossiers.of(found, now=request.now), request.desk.workspace)


@area.get("/posts/{path:account}", Action.CREATORS_READ, Page[Post])
def list_posts(request: Any, account: str, page: Query[Paging]) -> Any:
    """List the posts of an account.

    The newest comes first. All pages have the limit of the first.
    """
    found = queries.find_account(AccountRef.parse(account))
    start = paging.offset(request, page)
    number, rest = divmod(start, page.limit)
    if rest:
        raise BadCursor
    posts, total, _ = portraits.posts(found, size=page.limit, page=number + 1)
    end = start + page.limit
    return {
        "items": [asdict(post) for post in posts],
        "next": paging.following(request, end, total if posts else 0),
    }


@area.get("/comments/{path:account}", Action.CREATORS_READ, Page[CommentOfPost])
def list_comments(request: Any, account: str, which: Query[WhichPost], page: Query[Paging]) -> Any:
    """List what people write under the posts of an account.

    The newest comes first. `post` asks for those under one post.
    """
    found = queries.find_account(AccountRef.parse(account))
    start = paging.offset(request, page)
    said, total = portraits.comments(found, post=which.post, most=page.limit, skipped=start)
    return {
        "items": [{"post_id": post_id, **asdict(remark)} for post_id, remark in said],
        "next": paging.following(request, start + page.limit, total),
    }


@area.get("/past-scores/{path:account}", Action.CREATORS_READ, Page[PastScores])
def list_past_scores(request: Any, account: str, page: Query[Paging]) -> Any:
    """List what was said of an account before.

    The newest comes first. Each is what the scorecard said until the verdict or a score changed by
    a point; what it says now is on the scorecard.
    """
    found = queries.find_account(AccountRef.parse(account))
    return paging.of_rows(
        request,
        vetting.past(found),
        ("-said_until", "-id"),
        page,
        lambda rows: [{name: getattr(row, name) for name in PastScores.model_fields}
                      for row in rows],
    )  # fmt: skip


@area.get("/vetting", Action.CREATORS_READ, Vetting)
def get_vetting(request: Any) -> Any:
    """Get when all accounts were last vetted, and how far the next time is."""
    del request
    last, turn = vetting.last_vetting(), VettingTurn.objects.first()
    return {
        "vetted_at": last and last.vetted_at,
        "is_current": last is not None and last.revision == queries.latest_revision(),
        "turn": turn and _turn(turn),
    }


def _turn(turn: VettingTurn) -> dict[str, Any]:
    return {
        "state": str(turn.state),
        "asked_by": turn.asked_by,
        "asked_at": turn.asked_at,
        "step": turn.step,
        "done": turn.done,
        "total": turn.total,
        "refusal": turn.refusal,
    }


@area.post("/vetting", Action.VETTING_RUN, Turn, status=202)
def vet(request: Any) -> Any:
    """Vet all accounts anew.

    A worker does it; while it is asked for already, this changes nothing.
    """
    return _turn(turns.ask(workspace=request.desk.workspace, **operations.hand(request)))


@area.delete("/vetting", Action.VETTING_RUN)
def cancel_vetting(request: Any) -> None:
    """Stop a vetting that waits or is under way.

    The scores stay those from before.
    """
    turns.cancel(workspace=request.desk.workspace, **operations.hand(request))
