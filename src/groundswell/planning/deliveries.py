"""What is known of the lines of a running plan: what was told, and which posts were imported."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from groundswell.creators import queries as creators
from groundswell.planning.models import LineNews, LineState, Plan, PlanLine
from groundswell.planning.track_record import GUESSED, NAMED, TrackRecord
from groundswell.terms.errors import Refusal
from groundswell.terms.objectives import Kpi
from groundswell.terms.platforms import AccountRef

COUNTED = ("views", "engagements")  # of a post
_KINDS = (NAMED, GUESSED)  # as exposure numbers them


class Uncounted(Refusal):
    """What was imported does not say whether a promise was kept."""

    code = "uncounted"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is known of one line, or of one reserve.

    Attributes:
        place: Of the line; those of the bench follow the lines.
        account: As people write it.
        format: What it was to publish.
        state: What was told of it, or seen: a post of the account in the period is a publication.
        price_minor: Signed at; None when nobody said.
        due: Day by which it was to be published; None when nobody said.
        published_at: When its post appeared.
        seen: Counts of the post, by KPI, as last counted; what wasn't counted is missing.
        counted_at: When they were.
        looked_at: When anything of the account was last counted.
        note: Why nothing is known of it, or what was assumed.
    """

    place: int
    account: str
    format: str
    state: LineState | None = None
    price_minor: int | None = None
    due: date | None = None
    published_at: datetime | None = None
    seen: Mapping[str, float] | None = None
    counted_at: datetime | None = None
    looked_at: datetime | None = None
    post_id: str = ""
    note: str = ""

    @property
    def is_known(self) -> bool:
        """Whether anything is known of it at all."""
        return self.state is not None


@dataclass(frozen=True, slots=True)
class Post:
    """A post of an account of the plan within its period."""

    post_id: str
    format: str | None
    published_at: datetime
    is_paid: bool | None
    counted_at: datetime | None
    looked_at: datetime | None
    seen: Mapping[str, float]


def known(plan: Plan, *, as_of: date) -> list[Delivery]:
    """What was known of each line and reserve of a plan at the end of a day; inside a workspace.

    Args:
        plan: With its document.
        as_of: Nothing that was told, published or counted later is looked at.
    """
    document = plan.document
    named = [*document["lines"], *document["bench"]]
    found = [Delivery(place, line["account"], line["format"]) for place, line in enumerate(named)]
    told = _told(plan, as_of)
    for place, news in told.items():
        if place < len(found):
            found[place] = _with_news(found[place], news)
    ids = _accounts(plan, found, set(told))
    posts, looked = _posts(plan, ids, as_of)
    by_offer: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, account in ids.items():
        found[place] = replace(found[place], looked_at=looked.get(account))
        by_offer[account, found[place].format].append(place)
    for (account, format_), places in by_offer.items():
        mine = [post for post in posts.get(account, ()) if post.format in (format_, None)]
        _match(found, places, mine)
    return found


def _told(plan: Plan, as_of: date) -> dict[int, list[LineNews]]:
    found: dict[int, list[LineNews]] = defaultdict(list)
    for news in LineNews.objects.filter(plan=plan, day__lte=as_of).order_by("day", "told_at", "id"):
        found[news.position].append(news)
    return found


def _with_news(line: Delivery, news: Sequence[LineNews]) -> Delivery:
    """The newest news of a line; what older ones said of price and day still holds."""
    newest = news[-1]
    prices = [each.price_minor for each in news if each.price_minor is not None]
    dues = [each.due for each in news if each.due is not None]
    names = [each.post_id for each in news if each.post_id]
    published = None
    if newest.state == LineState.PUBLISHED:
        published = datetime.combine(newest.day, time(12), UTC)
    return replace(
        line,
        state=LineState(newest.state),
        price_minor=prices[-1] if prices else None,
        due=dues[-1] if dues else None,
        published_at=published,
        post_id=names[-1] if names else "",
    )


def _accounts(plan: Plan, found: Sequence[Delivery], told: set[int]) -> dict[int, str]:
    """UUID of the account of each line, and of each reserve of which something was told."""
    lines = PlanLine.objects.filter(plan=plan).values_list("position", "account_id")
    ids = {position: str(account) for position, account in lines}
    for place in told - set(ids):
        if place < len(found):
            ids[place] = str(creators.find_account(AccountRef.parse(found[place].account)).id)
    return ids


def _posts(
    plan: Plan, ids: Mapping[int, str], as_of: date
) -> tuple[dict[str, list[Post]], dict[str, datetime]]:
    until = datetime.combine(as_of + timedelta(1), time(), UTC)
    since = datetime.combine(plan.starts_on, time(), UTC)
    ends = datetime.combine(plan.ends_on + timedelta(1), time(), UTC)
    tables = ("posts", "post_observations", "account_observations")
    with creators.observations(tables=tables) as observations:
        answer = observations.ask(
            "plan_posts",
            accounts=sorted(set(ids.values())),
            since=since.isoformat(),
            until=until.isoformat(),
        )
    posts: dict[str, list[Post]] = defaultdict(list)
    looked: dict[str, datetime] = {}
    for row in answer.to_pylist():
        if row["looked_at"] is not None:
            looked[row["account"]] = row["looked_at"]
        if row["post_id"] is not None and row["published_at"] < ends:
            posts[row["account"]].append(_post(row))
    return posts, looked


def _post(row: Mapping[str, Any]) -> Post:
    return Post(
        post_id=row["post_id"],
        format=row["format"],
        published_at=row["published_at"],
        is_paid=row["paid_partnership"],
        counted_at=row["counted_at"],
        looked_at=row["looked_at"],
        seen={kpi: float(row[kpi]) for kpi in COUNTED if row[kpi] is not None},
    )


def _match(found: list[Delivery], places: Iterable[int], posts: Sequence[Post]) -> None:
    """Give each line of an account and format its post.

    A post that was named is the line's. Of the others those marked as paid; where no source says
    whether posts are paid, all of them, if there are no more than lines wait for one.
    """
    rest = list(posts)
    waiting = []
    for place in places:
        line = found[place]
        named = next((post for post in rest if post.post_id == line.post_id), None)
        if named is not None:
            rest.remove(named)
            found[place] = _published(line, named, "")
        elif line.state not in (LineState.DECLINED, LineState.DROPPED):
            waiting.append(place)
    paid = [post for post in rest if post.is_paid]
    silent = [post for post in rest if post.is_paid is None]
    taken, note = paid, ""
    if not paid and silent:
        taken, note = silent, "assumed: the account's only posts of that format in the period"
    if len(taken) > len(waiting):
        for place in waiting:
            said = f"{len(taken):,} posts of the account could be it: say which one"
            found[place] = replace(found[place], note=said)
        return
    for place, post in zip(waiting, taken, strict=False):
        found[place] = _published(found[place], post, note)


def _published(line: Delivery, post: Post, note: str) -> Delivery:
    return replace(
        line,
        state=LineState.PUBLISHED,
        published_at=post.published_at,
        seen=post.seen,
        counted_at=post.counted_at,
        post_id=post.post_id,
        note=note,
    )


def counted(
    plan: Plan, levels: Mapping[str, float], *, as_of: date
) -> tuple[dict[str, float], str]:
    """What the posts of a plan's lines come to, and on what that stands; inside a workspace.

    A line of which nothing is known, or whose post was last counted before the program's end, may
    still have more: then a count is given only where it reaches its level without them.

    Args:
        plan: With its document.
        levels: What was promised, by KPI.
        as_of: The day at whose end it is.

    Raises:
        Uncounted: When posts can't say whether the levels were met, with what is missing.
    """
    lines = [line for line in known(plan, as_of=as_of) if line.place < len(plan.document["lines"])]
    found: dict[str, float] = {}
    for kpi, level in levels.items():
        if kpi == Kpi.PIECES:
            open_ = [line for line in lines if line.state in (None, LineState.SIGNED)]
            total = float(sum(line.state == LineState.PUBLISHED for line in lines))
        elif kpi in COUNTED:
            open_ = [line for line in lines if _may_have_more(line, kpi, plan.ends_on)]
            total = float(sum((line.seen or {}).get(kpi, 0.0) for line in lines))
        else:
            raise Uncounted(f"{kpi} are not counted on posts: enter what was counted")
        if total < level and open_:
            raise Uncounted(_missing(kpi, total, level, open_, plan.ends_on))
        found[kpi] = total
    posts = sum(line.state == LineState.PUBLISHED for line in lines)
    return found, f"{posts:,} posts of {len(lines):,} lines, as imported until {as_of}"


def _may_have_more(line: Delivery, kpi: str, ends_on: date) -> bool:
    if line.state == LineState.PUBLISHED:
        has = line.seen is not None and kpi in line.seen
        return not has or line.counted_at is None or line.counted_at.date() < ends_on
    return line.state in (None, LineState.SIGNED)


def _missing(kpi: str, total: float, level: float, lines: Sequence[Delivery], ends_on: date) -> str:
    names = ", ".join(line.account for line in lines[:5])
    more = f" and {len(lines) - 5:,} more" if len(lines) > 5 else ""
    return (
        f"imported posts come to {total:,.0f} of {level:,.0f} {kpi}, and may have more: {names}"
        f"{more} have no post that is known, or none that was counted on {ends_on} or later; "
        "import newer counts, tell what became of these lines, or enter what was counted"
    )


def track_record(*, before: date) -> TrackRecord:
    """How deals went in plans that ended before a day, by what was told of their lines."""
    news: dict[Any, dict[int, list[LineNews]]] = defaultdict(lambda: defaultdict(list))
    rows = LineNews.objects.filter(plan__ends_on__lt=before).order_by("day", "told_at", "id")
    for row in rows:
        news[row.plan_id][row.position].append(row)
    if not news:
        return TrackRecord()
    kinds = dict(
        Plan.objects.filter(id__in=list(news)).values_list("id", "document__exposure__deal")
    )
    done: dict[tuple[str, str], list[int]] = defaultdict(list)
    of: dict[tuple[str, str], list[int]] = defaultdict(list)
    for plan_id in sorted(news):
        for kind, name in enumerate(_KINDS):
            mine = [
                each
                for place, each in news[plan_id].items()
                if place < len(kinds[plan_id] or ()) and kinds[plan_id][place] == kind
            ]
            for share, (hits, count) in _shares(mine).items():
                if count:
                    done[name, share].append(hits)
                    of[name, share].append(count)
    return TrackRecord({key: (tuple(done[key]), tuple(of[key])) for key in done})


def _shares(lines: Sequence[Sequence[LineNews]]) -> dict[str, tuple[int, int]]:
    """Of some lines of a program: how many accepted, published, and were late, of how many."""
    states = [{each.state for each in news} for news in lines]
    declined = sum(bool(LineState.DECLINED in found) for found in states)
    agreed = sum(LineState.DECLINED not in found for found in states)
    published = [news[-1] for news in lines if news[-1].state == LineState.PUBLISHED]
    dropped = sum(news[-1].state == LineState.DROPPED for news in lines)
    dues = [next((e.due for e in reversed(news) if e.due), None) for news in lines]
    timed = [
        news[-1].day > due
        for news, due in zip(lines, dues, strict=True)
        if news[-1].state == LineState.PUBLISHED and due is not None
    ]
    return {
        "acceptance": (agreed, agreed + declined),
        "delivery": (len(published), len(published) + dropped),
        "late": (sum(timed), len(timed)),
    }
