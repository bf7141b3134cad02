"""Reads: what accounts' posts speak of, each concern with the posts that show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pyarrow as pa

from groundswell.creators import queries as creators
from groundswell.creators.models import Account
from groundswell.engine.safety import concerns
from groundswell.engine.safety.concerns import Concern
from groundswell.terms.safety import SafetyCategory
from groundswell.vetting.models import Scorecard

LONGEST_TEXT = 300  # of a post that is shown


@dataclass(frozen=True, slots=True)
class Shown:
    """A post as evidence; what is not known of it is None."""

    post_id: str
    url: str | None
    published_at: datetime | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A concern, and posts that show it."""

    concern: Concern
    posts: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What one account's posts speak of.

    Attributes:
        account: The account, with its creator.
        posts_read: Posts that were judged; None when it was not vetted yet.
        findings: The strongest of each scan first.
    """

    account: Account
    posts_read: int | None
    findings: tuple[Finding, ...]

    @property
    def level(self) -> str:
        """How strong at most, competitors left out: clear, low, medium, high, or not scanned."""
        found = [
            each.concern.severity
            for each in self.findings
            if each.concern.category is not SafetyCategory.COMPETITOR
        ]
        if found:
            return max(found).name.lower()
        return "clear" if self.posts_read else "not scanned"


def judged(accounts: Sequence[UUID]) -> list[Judged]:
    """What the posts of some accounts speak of, in their order; unknown accounts are left out."""
    known = Account.objects.select_related("creator").in_bulk(accounts)
    cards = Scorecard.objects.filter(account__in=known)
    said = {
        account: (safety, watched)
        for account, safety, watched in cards.values_list("account", "details__safety", "watched")
    }
    found = {account: _opened(*each) for account, each in said.items()}
    evidence = _evidence(found)
    made = []
    for id_ in dict.fromkeys(accounts):
        if id_ not in known:
            continue
        read, mine = found.get(id_, (None, []))
        findings = tuple(
            Finding(
                each, tuple(evidence.get((str(id_), post), _bare(post)) for post in each.post_ids)
            )
            for each in mine
        )
        made.append(Judged(known[id_], read, findings))
    return made


def _opened(safety: Any, watched: Any) -> tuple[int, list[Concern]]:
    read, _, general = safety or (0, 0, ())
    return read, [concerns.opened(each) for each in (*general, *(watched or ()))]


def _evidence(found: dict[UUID, tuple[int, list[Concern]]]) -> dict[tuple[str, str], Shown]:
    pairs = {
        (str(account), post)
        for account, (_, several) in found.items()
        for each in several
        for post in each.post_ids
    }
    if not pairs:
        return {}
    wanted = pa.table(
        dict(zip(("account", "post_id"), map(list, zip(*pairs, strict=True)), strict=True))
    )
    with creators.observations(tables=["posts"]) as observations:
        rows = observations.ask("posts_named", wanted=wanted, longest=LONGEST_TEXT).to_pylist()
    return {
        (row["account"], row["post_id"]): Shown(
            row["post_id"], row["url"], row["published_at"], row["text"]
        )
        for row in rows
    }


def _bare(post: str) -> Shown:
    return Shown(post, None, None, None)


def as_json(found: Judged) -> dict[str, Any]:
    """What an account's posts speak of, for programs."""
    return {
        "account": str(found.account),
        "creator": found.account.creator.name,
        "creator_id": str(found.account.creator_id),
        "brand_safety": found.level,
        "posts_read": found.posts_read,
        "concerns": [
            {
                "subject": each.concern.category.value,
                "severity": each.concern.severity.name.lower(),
                "posts": each.concern.posts,
                "last_at": each.concern.newest_at and each.concern.newest_at.isoformat(),
                "words": list(each.concern.terms),
                "evidence": [
                    {
                        "post_id": post.post_id,
                        "url": post.url,
                        "published_at": post.published_at and post.published_at.isoformat(),
                        "text": post.text,
                    }
                    for post in each.posts
                ],
            }
            for each in found.findings
        ],
    }


COLUMNS = (
    *("creator", "platform", "handle", "brand_safety", "posts_read"),
    *("subject", "severity", "posts", "last_at", "words"),
    *("post_id", "post_url", "post_published_at", "post_text"),
)


def as_rows(found: Judged) -> list[tuple[Any, ...]]:
    """A row for each post that shows something; one where there is nothing to show."""
    account = found.account
    name = account.handle or account.platform_id or account.display_name
    head = (account.creator.name, account.platform, name, found.level, found.posts_read)
    rows = [
        (
            *head,
            each.concern.category.value,
            each.concern.severity.name.lower(),
            each.concern.posts,
            each.concern.newest_at,
            "; ".join(each.concern.terms),
            post.post_id,
            post.url,
            post.published_at,
            post.text,
        )
        for each in found.findings
        for post in each.posts
    ]
    return rows or [(*head, *(None for _ in COLUMNS[len(head) :]))]
