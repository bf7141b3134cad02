"""From a file's headers and first rows to what its columns mean, with every guess said."""

from dataclasses import dataclass, field

from groundswell.connectors.adapters import headers, maps, readers
from groundswell.connectors.adapters.files.batches import Batch, Cell, Source
from groundswell.connectors.adapters.maps import Map
from groundswell.connectors.adapters.readers import Reader, Settings
from groundswell.connectors.adapters.targets import Target, is_own, resolved
from groundswell.connectors.adapters.values import addresses, counts
from groundswell.connectors.adapters.values.counts import Marks
from groundswell.connectors.adapters.values.missing import MISSING_NUMBER, Unreadable
from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import Platform
from groundswell.terms.tables import Meaning

_SAMPLE = 500
_OTHER_TABLES = 100  # how well a canonical name of a table fits that the kind feeds only besides
_SEVERAL = frozenset({Meaning.LIST})
_SPREAD_ONCE = frozenset({"first_name", "last_name"})

# Per kind: alternatives, each a list of targets of which one must be there.
_ACCOUNT = [
    Target("", "account"),
    Target("accounts", "platform_id"),
    Target("accounts", "handle"),
    Target("accounts", "url"),
    Target("accounts", "display_name"),
]
_NEEDED = {
    "posts": {
        "post_id": [Target("", "post_id"), Target("posts", "url")],
        "account": [*_ACCOUNT, Target("posts", "url")],
    },
    "post_observations": {"post_id": [Target("", "post_id"), Target("posts", "url")]},
    "comments": {"comment_id": [Target("comments", "comment_id")]},
    "memberships": {"member": [Target("memberships", "member")], "account": _ACCOUNT},
    "overlaps": {
        "account_a": [Target("", "account_a")],
        "account_b": [Target("", "account_b")],
        "shared": [Target("overlaps", "shared")],
    },
    "contacts": {"account": _ACCOUNT},
    "audience_shares": {"account": _ACCOUNT},
    "rate_cards": {"account": _ACCOUNT},
    "records": {"account": _ACCOUNT},
}


class CannotMap(Refusal):
    """Columns whose meaning can't be told, without which nothing can be imported."""

    code = "cannot_map_columns"


class NoPlatform(CannotMap):
    """Accounts of which neither a column nor the user says where they are."""

    code = "no_platform"


@dataclass(frozen=True, slots=True)
class PriceTag:
    """How a column writes prices.

    Attributes:
        marks: How its numbers are written.
        currency: What its header says that they are in.
        is_minor: Whether they are integers of minor units, as the canonical column holds.
    """

    marks: Marks
    currency: str | None
    is_minor: bool


@dataclass(slots=True)
class Bound:
    """A column of the file, and what was made of it."""

    position: int
    header: str
    target: Target
    reader: Reader
    price: PriceTag | None = None


@dataclass(slots=True)
class Plan:
    """How a file's rows become canonical ones.

    Attributes:
        kind: What is imported.
        bound: The columns that are read, in the order of the file.
        defaults: Values of what the file doesn't say.
        platform: Where accounts are when their row doesn't say.
        guesses: What was guessed, in sentences.
        map: What was known of the columns beforehand.
        left_out: Why columns that are not read are not, by position; empty for no reason.
    """

    kind: str
    bound: list[Bound]
    defaults: dict[Target, object]
    platform: Platform | None
    guesses: list[str] = field(default_factory=list)
    map: Map = field(default_factory=Map)
    left_out: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Asked:
    """What the user asked for.

    Attributes:
        kind: What is imported.
        file_name: The file's own name, which may tell platform and date.
        map: The user's map, or a ready one that the user named.
        platform: Where accounts are when their row doesn't say.
        problems: Where to put what the user can still answer; None to refuse the file for it.
    """

    kind: str
    file_name: str
    map: Map | None = None
    platform: Platform | None = None
    problems: list[CannotMap] | None = None

    def refuse(self, problem: CannotMap) -> None:
        """Say no, or note down why."""
        if self.problems is None:
            raise problem
        self.problems.append(problem)


def guessed(asked: Asked, source: Source, first: Batch, settings: Settings) -> Plan:
    """What the columns of a file mean.

    Raises:
        CannotMap: When something that the kind needs is in no column, or in several.
        BadMap: When a default of the map can't be read.
    """
    known, said = _known_map(asked, source.names)
    defaults = known.defaults_for(asked.file_name)
    settings.year = settings.year or _year(defaults.pop("year", None))
    settings.date_order = known.format.get("date_order")
    settings.decimal = known.format.get("decimal")
    samples = [_sample(column) for column in first.columns]
    chosen, ignored = _chosen(asked, known, source.names, samples, settings)
    _find_profiles(asked.kind, chosen, samples)
    said += _explain_names(known, chosen, source.names)
    settings.platform = asked.platform or _default_platform(defaults)
    _refuse_missing(asked, chosen, defaults, source.names)
    if settings.platform is None and not _says_platform(chosen):
        settings.platform, reason = _guessed_platform(asked, chosen, samples)
        said += reason
    bound = [
        _bind(position, source.names[position], target, samples[position], first, settings)
        for position, target in sorted(chosen.items())
    ]
    _settle_open_dates(bound, source, settings)
    for column in bound:
        said += [f"{column.header}: {sentence}" for sentence in column.reader.said]
    there = set(chosen.values()) | {resolved(asked.kind, name) for name in defaults}
    said += _assumed(asked.kind, there)
    said += _columns_left_out(source.names, chosen, ignored)
    return Plan(
        asked.kind,
        bound,
        _read_defaults(asked.kind, defaults, settings),
        settings.platform,
        [*source.notes, *said],
        known,
        ignored,
    )


def _known_map(asked: Asked, names: list[str]) -> tuple[Map, list[str]]:
    if asked.map is not None:
        return asked.map, []
    found = maps.fitting(asked.kind, names, asked.file_name)
    if found is None:
        return Map(), []
    return found, [f"the columns are those of the ready map {found.name!r}"]


def _year(said: str | None) -> int | None:
    if said is None:
        return None
    if not said.isdigit() or not 1990 <= int(said) <= 2100:
        raise maps.BadMap(f"year under [defaults] of a map is a year such as 2017, got {said!r}")
    return int(said)


def _sample(cells: list[Cell]) -> list[str]:
    """Some cells that are not empty, each once, from all over the batch."""
    found: dict[str, None] = {}
    step = max(1, len(cells) // (4 * _SAMPLE))
    for cell in cells[::step]:
        inner = cell[0] if isinstance(cell, list) and cell else cell
        if isinstance(inner, str) and inner.strip() and inner.strip() not in MISSING_NUMBER:
            found[inner] = None
        if len(found) >= _SAMPLE:
            break
    return list(found)


def _chosen(
    asked: Asked,
    known: Map,
    names: list[str],
    samples: list[list[str]],
    settings: Settings,
) -> tuple[dict[int, Target], dict[int, str]]:
    """The target of each column that has one, and why others were left out."""
    kind = asked.kind
    mapped = {headers.plain(name): canonical for name, canonical in known.columns.items()}
    chosen: dict[int, Target] = {}
    ignored: dict[int, str] = {}
    wishes: dict[int, list[tuple[Target, int]]] = {}
    for position, name in enumerate(names):
        canonical = known.columns.get(name, mapped.get(headers.plain(name)))
        if canonical is not None:
            if target := resolved(kind, canonical):
                chosen[position] = target
            else:
                ignored[position] = "the map leaves it out"
            continue
        wishes[position], ignored[position] = _wishes(kind, name, samples[position], settings)
    _refuse_unknown_sources(known, names)
    _match(asked, wishes, (chosen, ignored), names, samples)
    return chosen, ignored


def _wishes(
    kind: str, name: str, sample: list[str], settings: Settings
) -> tuple[list[tuple[Target, int]], str]:
    """What a column may mean, judged by its name and cells; if nothing, why not what it says."""
    named = _meanings(kind, name)
    fitting = [wish for wish in named if _fits(wish[0], name, sample, settings)]
    if fitting or not named:
        return fitting, ""
    if named[0][1] < 0 and named[0][0].meaning is not Meaning.SOURCE:
        return named[:1], ""  # a canonical name is taken at its word, whatever the cells hold
    return [], f"most of its cells are no {named[0][0]}"


def _meanings(kind: str, name: str) -> list[tuple[Target, int]]:
    exact = resolved(kind, name.strip().lower())
    found = [(target, rank) for target, rank in headers.meanings(kind, name) if target != exact]
    if exact is None:
        return found
    if is_own(kind, exact):
        return [(exact, -1), *found]
    return [*found, (exact, _OTHER_TABLES)]


def _fits(target: Target, name: str, sample: list[str], settings: Settings) -> bool:
    evidence = readers.evidence_of(sample)
    reader = readers.reader_for(target, name, sample, settings, evidence)
    return readers.looks_right(target, sample, reader)


def _refuse_unknown_sources(known: Map, names: list[str]) -> None:
    if known.name:
        return
    there = {headers.plain(name) for name in names}
    absent = [name for name in known.columns if headers.plain(name) not in there]
    if absent:
        raise CannotMap(
            f"the map speaks of columns that the file doesn't have: {', '.join(absent)}; "
            f"it has {', '.join(names)}"
        )


def _match(
    asked: Asked,
    wishes: dict[int, list[tuple[Target, int]]],
    decided: tuple[dict[int, Target], dict[int, str]],
    names: list[str],
    samples: list[list[str]],
) -> None:
    """Give each target the column that names it best; the others take their next meaning."""
    chosen, ignored = decided
    taken = {target: (-2, position) for position, target in chosen.items()}
    waiting = list(wishes)
    while waiting:
        position = waiting.pop(0)
        while wishes[position]:
            target, rank = wishes[position].pop(0)
            holder = taken.get(target)
            if holder is None or target.meaning in _SEVERAL:
                taken[target] = (rank, position)
                chosen[position] = target
                break
            if rank == holder[0] and samples[position] != samples[holder[1]]:
                asked.refuse(
                    CannotMap(
                        f"columns {names[holder[1]]!r} and {names[position]!r} both look like "
                        f'{target}: say which is meant in a map, as in "{names[position]}" = "" '
                        "under [columns]"
                    )
                )
            if rank < holder[0]:
                taken[target] = (rank, position)
                chosen[position] = target
                del chosen[holder[1]]
                ignored[holder[1]] = f"{names[position]!r} was taken for {target}"
                waiting.append(holder[1])
                break
            ignored[position] = f"{names[holder[1]]!r} was taken for {target}"


def _find_profiles(kind: str, chosen: dict[int, Target], samples: list[list[str]]) -> None:
    """Where no column names accounts, let one that holds addresses of their pages do it."""
    needed = _NEEDED.get(kind, {"account": _ACCOUNT}).get("account", [])
    spread = any(target.table == "account_on" for target in chosen.values())
    if not needed or spread or not set(chosen.values()).isdisjoint(needed):
        return
    for position, sample in enumerate(samples):
        told = [addresses.parsed(cell) for cell in sample if addresses.looks_like_address(cell)]
        if sum(bool(found.handle or found.platform_id) for found in told) > 0.5 * len(sample):
            chosen[position] = Target("accounts", "url")
            return


def _explain_names(known: Map, chosen: dict[int, Target], names: list[str]) -> list[str]:
    told = {headers.plain(name) for name in known.columns}
    guesses = [
        f"{names[position]} = {target}"
        for position, target in sorted(chosen.items())
        if headers.plain(names[position]) not in told
        and names[position].strip().lower() not in {str(target), target.column}
    ]
    return [f"columns were taken to mean: {', '.join(guesses)}"] if guesses else []


def _columns_left_out(
    names: list[str], chosen: dict[int, Target], ignored: dict[int, str]
) -> list[str]:
    left = [
        f"{name} ({ignored[position]})" if ignored.get(position) else name
        for position, name in enumerate(names)
        if position not in chosen and ignored.get(position) != "the map leaves it out"
    ]
    return [f"columns left out: {', '.join(left)}"] if left else []


def _default_platform(defaults: dict[str, str]) -> Platform | None:
    said = defaults.get("platform")
    return Platform.parse(said) if said else None


def _says_platform(chosen: dict[int, Target]) -> bool:
    return Target("", "platform") in chosen.values()


def _guessed_platform(
    asked: Asked, chosen: dict[int, Target], samples: list[list[str]]
) -> tuple[Platform | None, list[str]]:
    """The platform that ids and addresses show by their shape, or the file by its name."""
    naming = {*_ACCOUNT, Target("", "account_a"), Target("", "account_b"), Target("posts", "url")}
    told_by_rows = False
    for position, target in chosen.items():
        if target not in naming or not samples[position]:
            continue
        shown = [_shape(cell) for cell in samples[position]]
        platforms = {platform for platform in shown if platform}
        told_by_rows = told_by_rows or bool(platforms)
        if len(platforms) == 1 and len(shown) - shown.count(None) > 0.05 * len(shown):
            (platform,) = platforms
            return platform, [f"accounts were taken to be on {platform}, by their ids or addresses"]
    words = headers.plain(asked.file_name).split()
    for platform in Platform:
        if platform in words:
            return platform, [f"accounts were taken to be on {platform}, by the file's name"]
    spread = any(target.table == "account_on" for target in chosen.values())
    if not (told_by_rows or spread):
        _refuse_without_platform(asked, chosen, samples)
    return None, []


def _refuse_without_platform(
    asked: Asked, chosen: dict[int, Target], samples: list[list[str]]
) -> None:
    naming = [position for position, target in chosen.items() if target.meaning is Meaning.NAME]
    cells = [cell for position in naming for cell in samples[position]]
    if cells and not any(":" in cell for cell in cells):
        asked.refuse(
            NoPlatform(
                "nothing tells on which platform the accounts are: say it with --platform, or with "
                'platform = "instagram", or which it is, under [defaults] in a map'
            )
        )


def _shape(cell: str) -> Platform | None:
    if addresses.looks_like_address(cell):
        return addresses.parsed(cell).platform
    return addresses.platform_of_id(cell.strip())


def _bind(
    position: int,
    header: str,
    target: Target,
    sample: list[str],
    first: Batch,
    settings: Settings,
) -> Bound:
    evidence = readers.evidence_of(first.columns[position])
    reader = readers.reader_for(target, header, sample, settings, evidence)
    bound = Bound(position, header, target, reader)
    if target.meaning is Meaning.AMOUNT:
        bound.price = _price_tag(header, target, sample)
        if bound.price.is_minor and sample and target.column == "price":
            reader.said.append(
                f"{sample[0]} was read in minor units, such as cents; prices in whole units go "
                "into a column of another name, such as fee"
            )
    return bound


def _price_tag(header: str, target: Target, sample: list[str]) -> PriceTag:
    named = target.column == "price_minor" or (target.column == "price" and header == "price")
    return PriceTag(
        counts.marks_of(sample),
        headers.currency_of(header),
        is_minor=named and all(cell.strip().isdigit() for cell in sample),
    )


def _settle_open_dates(bound: list[Bound], source: Source, settings: Settings) -> None:
    """Read on, where the first rows don't tell the order of day and month, until some row does."""
    dates = [column for column in bound if column.target.meaning in {Meaning.MOMENT, Meaning.DAY}]
    if settings.date_order or not dates:
        return
    evidence = {column.position: readers.evidence_of(()) for column in dates}
    first = True
    for batch in source.batches():
        for position, seen in evidence.items():
            if position < len(batch.columns) and (first or seen.is_open):
                seen.see(batch.columns[position])
        if not any(seen.is_open for seen in evidence.values()):
            break
        first = False
    for column in dates:
        column.reader = readers.reader_for(
            column.target, column.header, [], settings, evidence[column.position]
        )


def _refuse_missing(
    asked: Asked, chosen: dict[int, Target], defaults: dict[str, str], names: list[str]
) -> None:
    kind = asked.kind
    there = set(chosen.values()) | {resolved(kind, name) for name in defaults}
    spread = any(target and target.table == "account_on" for target in there)
    needed = _NEEDED.get(kind, {"account": _ACCOUNT})
    for what, alternatives in needed.items():
        if there.isdisjoint(alternatives) and not (spread and what == "account"):
            options = " or ".join(str(target) for target in alternatives)
            asked.refuse(
                CannotMap(
                    f"no column says the {what} of a row, which an import of {kind} needs "
                    f"({options}); the first line names the columns {', '.join(names[:50])}: say "
                    f'which it is in a map, as in "its name" = "{alternatives[0]}" under [columns]'
                )
            )


def _assumed(kind: str, there: set[Target | None]) -> list[str]:
    """What is taken for granted where no column and no default says it."""
    tables = {target.table for target in there if target}
    observed = {"account_observations", "post_observations", "account_averages", "followers_on"}
    said = []
    if tables & {*observed, "overlaps", "audience_shares", "audience"} and (
        Target("", "observed_at") not in there
    ):
        said.append("no column says when it was counted: counts are as of this import")
    if "account_averages" in tables and Target("account_averages", "window") not in there:
        said.append('averages were taken to be over recent posts (window = "recent")')
    if kind in {"memberships", "overlaps"} and Target(kind, "kind") not in there:
        said.append('audiences were taken to be followers (kind = "follows")')
    if kind == "posts" and Target("posts", "format") not in there:
        said.append(
            "formats were told from addresses, platforms and lengths: a YouTube video of up to "
            "60 seconds counts as a short"
        )
    return said


def _read_defaults(kind: str, defaults: dict[str, str], settings: Settings) -> dict[Target, object]:
    found: dict[Target, object] = {}
    for name, text in defaults.items():
        target = resolved(kind, name)
        if target is None or name == "platform":
            continue
        evidence = readers.evidence_of([text])
        reader = readers.reader_for(target, name, [text], settings, evidence)
        try:
            value = reader.read(text)
        except Unreadable as error:
            raise maps.BadMap(f"the default {name} = {text!r} of the map {error}") from None
        if value is not None:
            found[target] = value
    return found
