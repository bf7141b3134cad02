"""Posts, what was counted of them, and what their rows say of their authors."""

from collections.abc import Sequence

from groundswell.connectors.adapters.staging import building
from groundswell.connectors.adapters.staging.building import Columns, Tables
from groundswell.connectors.adapters.staging.rows import PLATFORM, Rows
from groundswell.connectors.adapters.targets import Target
from groundswell.connectors.adapters.values import addresses
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.tables import TABLES

POST_ID = Target("", "post_id")
_SHORT_SECONDS = 60
_NAMED_OTHERWISE = (
    Target("", "account"),
    Target("accounts", "platform_id"),
    Target("accounts", "handle"),
    Target("accounts", "display_name"),
)


def tables(rows: Rows) -> Tables:
    _complete_from_addresses(rows)
    accounts = rows.accounts()
    rows.need(POST_ID, "post_id")
    kind = rows.plan.kind
    if kind == "posts":
        building.need_account(rows, accounts)
    platforms = building.platforms_of(rows, accounts)
    observed = building.with_counts(rows, "post_observations")
    if kind == "post_observations":
        for position in range(rows.count):
            if position not in observed:
                rows.refuse(position, "", None, "has no counts")
    _guess_formats(rows, platforms)
    good = rows.good()
    said = [
        column.name for column in TABLES["posts"].columns if rows.has(Target("posts", column.name))
    ]
    has_posts = kind == "posts" or bool(set(said) - {"format", "url"})
    row_wide: Columns = {"post_id": rows.of(POST_ID), "platform": platforms}
    return {
        "posts": building.table_of("posts", rows, good if has_posts else [], accounts, row_wide),
        "post_observations": building.table_of(
            "post_observations", rows, [i for i in good if i in observed], accounts, row_wide
        ),
        **building.facts_of_accounts(rows, good, accounts, always=False),
    }


def _complete_from_addresses(rows: Rows) -> None:
    """Take what a post's address tells and no cell does: its id, author, platform and format."""
    urls = rows.values.get(Target("posts", "url"))
    if urls is None:
        return
    wanted = [POST_ID, PLATFORM, Target("posts", "format")]
    if not any(rows.has(naming) for naming in _NAMED_OTHERWISE):
        wanted.append(Target("accounts", "handle"))
    columns = {target: list(rows.of(target)) for target in wanted}
    for position, url in enumerate(urls):
        gaps = [target for target in wanted if columns[target][position] is None]
        if url and gaps:
            address = addresses.parsed(url)
            for target in gaps:
                columns[target][position] = getattr(address, target.column)
    rows.values.update(columns)


def _guess_formats(rows: Rows, platforms: Sequence[Platform | None]) -> None:
    """Fill in the kind of post where the platform and the length tell it."""
    target = Target("posts", "format")
    lengths = rows.of(Target("posts", "duration_s"))
    rows.values[target] = [
        said or _format_on(platform, length)
        for said, platform, length in zip(rows.of(target), platforms, lengths, strict=True)
    ]


def _format_on(platform: Platform | None, seconds: float | None) -> Format | None:
    if platform is Platform.TIKTOK:
        return Format.VIDEO
    if platform is Platform.YOUTUBE and seconds is not None:
        return Format.SHORT if 0 < seconds <= _SHORT_SECONDS else Format.VIDEO
    return None
