"""Judging: the review queue, decisions, the creators' answers, and the weights of the factors."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import BaseModel, Field

from groundswell.creators import queries as creators
from groundswell.creators.models import Account
from groundswell.interfaces.rest import operations, paging
from groundswell.interfaces.rest.operations import Area
from groundswell.interfaces.rest.paging import Page, Paging
from groundswell.interfaces.rest.reading import Input
from groundswell.people.policy import Action
from groundswell.terms.factors import FactorName
from groundswell.terms.platforms import AccountRef
from groundswell.vetting import reviews, showing
from groundswell.vetting.actions import replies
from groundswell.vetting.actions import reviews as deciding
from groundswell.vetting.actions import weights as setting
from groundswell.vetting.choices import ReviewState, Ruling

area = Area("Reviews", "Accounts that somebody should look at, and what was decided.")


class Signal(BaseModel):
    """One thing that is unusual for the size."""

    kind: str
    sentence: str
    value: Annotated[
        float, Field(description="Robust z; of followers who came at once, their share.")
    ]
    strength: Annotated[float, Field(description="To sort signals of all kinds by.")]
    n: int
    observed_at: str | None


class Explained(Signal):
    """The same, with what would take it out of the verdict."""

    would_change: str


class Review(BaseModel):
    """Where an account stands in the queue."""

    account: str
    followers: int | None
    state: ReviewState
    ruling: Ruling | None
    decisions: Annotated[int, Field(description="How many there are: send it as `seen`.")]
    strength: Annotated[float, Field(description="Of the strongest evidence.")]
    evidence: list[Explained]
    reopened_because: list[str]
    opened_at: str
    changed_at: str
    answered_at: str | None


class Decision(BaseModel):
    """What was decided, why, and on which evidence."""

    number: int
    ruling: Ruling
    reason: str
    decided_by: str
    decided_at: str
    evidence: list[Signal]


class Said(BaseModel):
    """A sentence that the creator was shown; the verdict when it is of no factor."""

    factor: str | None
    sentence: str
    observed_at: str | None


class Reply(BaseModel):
    """What a creator answered."""

    text: str
    replied_at: str
    evidence: list[Said]


class Judged(Review):
    """A review with all decisions and answers, the last first."""

    history: list[Decision]
    replies: list[Reply]


class ReviewsAsked(BaseModel):
    """Which accounts."""

    state: Literal["open", "decided"] = "open"
    platform: Annotated[str, Field(max_length=40)] = ""
    kind: Annotated[str, Field(max_length=60, description="Kind of evidence.")] = ""


class ReviewsPage(ReviewsAsked, Paging):
    """Which accounts, and which page of them."""


class Decide(Input):
    """A decision."""

    ruling: Ruling
    reason: Annotated[str, Field(min_length=1, max_length=deciding.LONGEST_REASON)]
    seen: Annotated[
        int | None,
        Field(ge=0, description="`decisions` as you read them; without it the last one counts."),
    ] = None


class Ask(Input):
    """For how long a link shall be open."""

    days: Annotated[int, Field(ge=1, le=replies.MOST_DAYS)] = replies.DAYS


class Link(BaseModel):
    """A link for the creator; it is shown only once."""

    path: str
    expires_at: datetime


class Weights(BaseModel):
    """How much each factor counts in the overall score; they sum to 1."""

    weights: dict[str, float]
    is_default: bool
    fewest_factors: Annotated[int, Field(description="Below it nothing is said.")]
    needed_weight: Annotated[float, Field(description="Below it nothing is said.")]


class SetWeights(Input):
    """A weight for each factor, in any unit."""

    weights: Annotated[dict[FactorName, float], Field(max_length=len(FactorName))]


@area.get("/reviews", Action.CREATORS_READ, Page[Review])
def list_reviews(request: Any, asked: Query[ReviewsPage]) -> Any:
    """List accounts that wait for a decision, or that were decided.

    The strongest evidence comes first, then the largest account.
    """
    found = reviews.queue(
        is_decided=asked.state == "decided", platform=asked.platform, kind=asked.kind
    )
    order = ("-strength", "-account__followers?", "id")
    return paging.of_rows(
        request, found, order, asked, lambda rows: list(map(showing.review_as_json, rows))
    )


@area.get("/reviews/{path:account}", Action.CREATORS_READ, Judged)
def get_review(request: Any, account: str) -> Any:
    """Get the evidence of an account, what was decided, and what its creator answered."""
    del request
    return showing.judged_as_json(_account(account))


@area.post("/decisions/{path:account}", Action.REVIEWS_DECIDE, Judged)
def decide_review(request: Any, account: str, body: Decide) -> Any:
    """Decide about an account that needs review, or revise what was decided.

    Nothing is done when somebody decided since you looked: `decided_meanwhile`.
    """
    found = _account(account)
    deciding.decide(
        account=found,
        ruling=body.ruling,
        reason=body.reason,
        seen=body.seen,
        **operations.hand(request),
    )
    return showing.judged_as_json(found)


@area.post("/reply-links/{path:account}", Action.REVIEWS_DECIDE, Link)
def ask_creator(request: Any, account: str, body: Ask) -> Any:
    """Make the link by which a creator reads what is said, and answers.

    It is shown only now. A link that was made before opens nothing any more.
    """
    link, secret = replies.invite(
        workspace=request.desk.workspace,
        account=_account(account),
        days=body.days,
        **operations.hand(request),
    )
    return {"path": f"/replies/{secret}", "expires_at": link.expires_at}


@area.delete("/reply-links/{path:account}", Action.REVIEWS_DECIDE)
def withdraw_link(request: Any, account: str) -> None:
    """End the link of an account.

    What was answered stays.
    """
    workspace = request.desk.workspace
    replies.withdraw(workspace=workspace, account=_account(account), **operations.hand(request))


@area.get("/weights", Action.SETTINGS_READ, Weights)
def get_weights(request: Any) -> Any:
    """Get how much each factor counts in the overall score."""
    del request
    return showing.weights_as_json()


@area.put("/weights", Action.SETTINGS_EDIT, Weights)
def set_weights(request: Any, body: SetWeights) -> Any:
    """Set how much each factor counts.

    They are brought to a sum of 1.
    """
    setting.set_weights(
        workspace=request.desk.workspace,
        weights={name.value: weight for name, weight in body.weights.items()},
        **operations.hand(request),
    )
    return showing.weights_as_json()


@area.delete("/weights", Action.SETTINGS_EDIT)
def reset_weights(request: Any) -> None:
    """Let all factors count the same again."""
    setting.reset(workspace=request.desk.workspace, **operations.hand(request))


def _account(written: str) -> Account:
    return creators.find_account(AccountRef.parse(written))
