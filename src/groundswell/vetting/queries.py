"""Reads: what is said of an account, and how much of the workspace is covered."""

from dataclasses import dataclass
from datetime import datetime

from groundswell.creators import queries as creators
from groundswell.creators.models import Account
from groundswell.engine.qualification import card
from groundswell.engine.qualification.card import Card
from groundswell.terms.platforms import AccountRef
from groundswell.terms.tiers import Tier
from groundswell.vetting import gathering
from groundswell.vetting.models import Scorecard, Vetting


@dataclass(frozen=True, slots=True)
class Answer:
    """An account's scorecard.

    Attributes:
        account: The account.
        tier: Its size class in the workspace's tier set; None when followers are unknown.
        card: Factors, rates, evidence and verdict.
        vetted_at: When all accounts were last vetted; None when the card was made for this
            question alone, from the account and those nearest to it in size.
        is_current: Whether no data has come into the workspace since.
    """

    account: Account
    tier: Tier | None
    card: Card
    vetted_at: datetime | None
    is_current: bool


def scorecard(ref: AccountRef, *, now: datetime) -> Answer:
    """What is said of an account: as last vetted, else worked out now.

    Raises:
        UnknownAccount: When the workspace has no such account.
    """
    account = creators.find_account(ref)
    tier = creators.here().tiers.tier_of(account.followers)
    kept = Scorecard.objects.filter(account=account).first()
    last = last_vetting()
    if kept is None or last is None:
        with creators.observations() as observations:
            found = gathering.one(observations, creators.accounts_table(), str(account.id), now=now)
        made = card.opened(card.compacted(found, slice(0, 1))[0])
        return Answer(account, tier, made, None, is_current=True)
    return Answer(
        account,
        tier,
        card.opened(kept.details),
        last.vetted_at,
        is_current=last.revision == creators.latest_revision(),
    )


def last_vetting() -> Vetting | None:
    """The newest run over all accounts, with its coverage."""
    return Vetting.objects.order_by("-vetted_at", "-id").first()
