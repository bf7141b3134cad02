"""A dossier: all that is said of one creator, gathered for a page to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from groundswell.creators import queries as creators
from groundswell.creators.models import Account
from groundswell.engine.qualification.card import Rate
from groundswell.engine.qualification.rates import ALL_FORMATS
from groundswell.terms.money import Money
from groundswell.vetting import portraits, queries, reviews, thresholds
from groundswell.vetting.models import Decision, Reply
from groundswell.vetting.portraits import Count
from groundswell.vetting.queries import Answer


@dataclass(frozen=True, slots=True)
class Price:
    """What a piece of a format costs, and who said so."""

    format: str
    money: Money
    source: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is said of an account and its creator.

    Attributes:
        account: Which account.
        others: The creator's other accounts, the largest first.
        answer: Its scorecard.
        counts: Its followers over time, the oldest first.
        prices: What its pieces cost.
        would_change: What would change the verdict, in sentences.
        decisions: What was decided, the last first.
        replies: What the creator answered, the last first.
        revision: Of the workspace's data.
        made_at: When it was gathered.
    """

    account: Account
    others: Sequence[Account]
    answer: Answer
    counts: Sequence[Count]
    prices: Sequence[Price]
    would_change: Sequence[str]
    decisions: Sequence[Decision]
    replies: Sequence[Reply]
    revision: int
    made_at: datetime

    @property
    def rates(self) -> list[Rate]:
        """Engagement over all formats, by each denominator that is known."""
        return [rate for rate in self.answer.card.rates if rate.format == ALL_FORMATS]


def of(account: Account, *, now: datetime) -> Dossier:
    """The dossier of an account: as last vetted, else worked out now."""
    answer = queries.kept([account]).get(account.id) or queries.worked_out(account, now=now)
    others = [one for one in creators.accounts_of(account.creator) if one.id != account.id]
    return Dossier(
        account=account,
        others=sorted(others, key=lambda one: -(one.followers or -1)),
        answer=answer,
        counts=portraits.portrait(account, now=now).counts,
        prices=[
            Price(row["format"], Money(row["price"], row["currency"]), row["source"])
            for row in creators.rate_cards([account.id]).to_pylist()
        ],
        would_change=thresholds.would_change(answer),
        decisions=reviews.decisions(account),
        replies=reviews.replies(account),
        revision=creators.latest_revision(),
        made_at=now,
    )
