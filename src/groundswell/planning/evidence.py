"""What is known when a plan is made: tables of the workspace, loaded once."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from groundswell.creators import lists, queries
from groundswell.planning import deliveries
from groundswell.planning.brief import Brief
from groundswell.planning.track_record import TrackRecord
from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import AccountRef
from groundswell.vetting import reviews
from groundswell.warehouse.observations import Observations

_POSTS = 12  # of an account and format: older ones tell less of the next


class NoCreators(Refusal):
    """A workspace without creators can't plan."""

    code = "no_creators"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Tables that a plan stands on. Accounts are named by their UUID as text.

    Attributes:
        accounts: As ``creators.queries.accounts_table``.
        posts: account, format, sponsored, views, engagements; one row for each recent post.
        averages: account, views, engagements; as sources report them.
        rate_cards: As ``creators.queries.rate_cards`` on the first day of the program.
        audience_shares: account, dimension, value, share.
        overlaps: account_a, account_b, shared, size_a, size_b, threshold.
        competitors: Accounts that mentioned a competitor too recently.
        must_have: Accounts that the brief wants, by UUID.
        never: Accounts that the brief does not want, by UUID.
        unknown: Accounts that the brief does not want, and that aren't in the workspace.
        excluded: Accounts of creators on an exclusion list of the workspace.
        doubted: Accounts that wait for a review, or of which a concern was confirmed.
        revision: Of the workspace's data.
        track_record: How deals of the workspace's own programs went.
    """

    accounts: pa.Table
    posts: pa.Table
    averages: pa.Table
    rate_cards: pa.Table
    audience_shares: pa.Table
    overlaps: pa.Table
    competitors: frozenset[str]
    must_have: tuple[str, ...]
    never: frozenset[str]
    unknown: tuple[AccountRef, ...]
    excluded: frozenset[str]
    doubted: frozenset[str]
    revision: int
    track_record: TrackRecord = field(default_factory=TrackRecord)

    def name(self, account: str) -> str:
        """An account as people write it."""
        return self.named(self.accounts["account"].to_pylist().index(account))

    def named(self, place: int) -> str:
        """The account at a place, as people write it."""
        row = self.accounts.slice(place, 1).to_pylist()[0]
        return f"{row['platform']}:{row['handle'] or row['platform_id'] or row['display_name']}"


def load(brief: Brief, observations: Observations) -> Evidence:
    """Everything that a plan of this brief needs but memberships; inside a workspace.

    Raises:
        NoCreators: When the workspace has no accounts.
        UnknownAccount: When the brief wants an account that isn't in the workspace.
    """
    accounts = queries.accounts_table()
    if not accounts.num_rows:
        raise NoCreators(
            "there are no creators in this workspace: import some with "
            "`groundswell import accounts FILE`"
        )
    never, unknown = _named(brief.creators.never)
    return Evidence(
        accounts=accounts,
        posts=observations.ask("planning_posts", most=_POSTS),
        averages=observations.ask("planning_averages"),
        rate_cards=queries.rate_cards(on=brief.start),
        audience_shares=observations.ask("audience_shares"),
        overlaps=observations.ask("measured_overlaps"),
        competitors=_mentioned(brief, observations),
        must_have=tuple(str(queries.find_account(ref).id) for ref in brief.creators.must_have),
        never=never,
        unknown=unknown,
        excluded=frozenset(map(str, lists.excluded_accounts())),
        doubted=frozenset(map(str, reviews.doubted())),
        revision=queries.latest_revision(),
        track_record=deliveries.track_record(before=brief.start),
    )


def _named(refs: tuple[AccountRef, ...]) -> tuple[frozenset[str], tuple[AccountRef, ...]]:
    found, unknown = set(), []
    for ref in refs:
        try:
            found.add(str(queries.find_account(ref).id))
        except queries.UnknownAccount:
            unknown.append(ref)
    return frozenset(found), tuple(unknown)


def _mentioned(brief: Brief, observations: Observations) -> frozenset[str]:
    names = sorted({name.strip().lstrip("@#").lower() for name in brief.creators.competitors})
    days = brief.creators.exclusivity_days
    if not names or days is None:
        return frozenset()
    words = "|".join(re.escape(name) for name in names)
    since = datetime.combine(brief.start, time(), UTC) - timedelta(days)
    found = observations.ask(
        "planning_mentions",
        since=since.isoformat(),
        names=names,
        pattern=rf"(^|[^\pL\pN_])({words})($|[^\pL\pN_])",
    )
    return frozenset(found["account"].to_pylist())


def members(accounts: pa.Table, observations: Observations) -> pa.Table:
    """Memberships of some accounts as integers: place in the table, and number of the person."""
    wanted = pa.table(
        {
            "account": accounts["account"],
            "code": pa.array(range(accounts.num_rows), pa.int32()),
        }
    )
    return observations.ask("audience_members", wanted=wanted)


def place_of(names: pa.ChunkedArray, accounts: pa.Table) -> pa.Array:
    """Place of each account in the accounts' table; null when it isn't there."""
    return pc.index_in(names, value_set=accounts["account"].combine_chunks()).combine_chunks()
