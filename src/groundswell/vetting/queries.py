"""Reads: what is said of an account, and how much of the workspace is covered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from groundswell.creators import queries as creators
from groundswell.creators.models import Account
from groundswell.engine.qualification import card
from groundswell.engine.qualification import overall as overalls
from groundswell.engine.qualification.card import Card
from groundswell.engine.qualification.overall import Overall
from groundswell.terms.platforms import AccountRef
from groundswell.terms.tiers import Tier
from groundswell.vetting import gathering, reviews, watching, weighing
from groundswell.vetting.models import PastScores, Review, Scorecard, Vetting, VettingTurn
from groundswell.vetting.reviews import Standing


@dataclass(frozen=True, slots=True)
class Answer:
    """An account's scorecard.

    Attributes:
        account: The account.
        tier: Its tier in the workspace's tier set; None when followers are unknown.
        card: Factors, rates, evidence and verdict.
        vetted_at: When all accounts were last vetted; None when the card was made for this
            question alone, from the account and those nearest to it in size.
        is_current: Whether no data has come into the workspace since.
        overall: One number from the factors, by the workspace's weights.
        review: Where it stands in the review queue; None when it never was there.
    """

    account: Account
    tier: Tier | None
    card: Card
    vetted_at: datetime | None
    is_current: bool
    overall: Overall
    review: Review | None

    @property
    def standing(self) -> Standing:
        """The verdict, after what a person decided on the same evidence."""
        return reviews.standing(self.card.verdict, self.review)


def scorecard(ref: AccountRef, *, now: datetime) -> Answer:
    """What is said of an account: as last vetted, else worked out now.

    Raises:
        UnknownAccount: When the workspace has no such account.
    """
    account = creators.find_account(ref)
    return kept([account]).get(account.id) or worked_out(account, now=now)


def kept(accounts: Iterable[Account]) -> dict[UUID, Answer]:
    """What the last vetting said of accounts, by their id; those it did not see are left out."""
    last = last_vetting()
    if last is None:
        return {}
    tiers = creators.here().tiers
    is_current = last.revision == creators.latest_revision()
    asked = {account.id: account for account in accounts}
    found = Scorecard.objects.filter(account__in=asked).values_list("account", "details", "watched")
    watch = watching.watch()
    opened = {
        id_: watching.beside(card.opened(details), watched, watch)
        for id_, details, watched in found
    }
    weights, waiting = weighing.weights(), reviews.of(opened)
    return {
        id_: Answer(
            asked[id_],
            tiers.tier_of(asked[id_].followers),
            said,
            last.vetted_at,
            is_current=is_current,
            overall=overalls.overall(said.factors, weights),
            review=waiting.get(id_),
        )
        for id_, said in opened.items()
    }


def worked_out(account: Account, *, now: datetime) -> Answer:
    """What can be said of an account at this moment, against those nearest to it in size."""
    with creators.observations() as observations:
        found = gathering.one(observations, creators.accounts_table(), str(account.id), now=now)
    made = card.opened(card.compacted(found, slice(0, 1))[0])
    tier = creators.here().tiers.tier_of(account.followers)
    score = overalls.overall(made.factors, weighing.weights())
    review = reviews.of([account.id]).get(account.id)
    return Answer(account, tier, made, None, is_current=True, overall=score, review=review)


def past(account: Account) -> QuerySet[PastScores]:
    """What was said of an account before, the newest first."""
    return PastScores.objects.filter(account=account).order_by("-said_until", "-id")


def present(account: Account) -> Scorecard | None:
    """The six scores as they are now, and since when."""
    return Scorecard.objects.filter(account=account).defer("details").first()


def last_vetting() -> Vetting | None:
    """The newest run over all accounts, with its coverage."""
    return Vetting.objects.order_by("-vetted_at", "-id").first()


def turn() -> VettingTurn | None:
    """The vetting that somebody asked for last, if anybody ever did."""
    return VettingTurn.objects.first()


def is_older_than_data(last: Vetting | None) -> bool:
    """Whether data came in after the last vetting; where nobody ever vetted, any data did."""
    read = last.revision if last else 0
    # A publication that brought nothing new has a number all the same.
    return creators.latest_revision() > read and (
        Account.objects.filter(revision__gt=read).exists()
        or creators.live_segments().filter(publication__gt=read).exists()
    )
