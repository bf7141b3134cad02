"""How the cells of a column are read: chosen once for the column, by what it means and shows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from groundswell.connectors.adapters import headers, references
from groundswell.connectors.adapters.files.batches import MAX_CELL, Cell
from groundswell.connectors.adapters.targets import CHANNELS, DIMENSIONS, Target
from groundswell.connectors.adapters.values import (
    addresses,
    amounts,
    counts,
    moments,
    places,
    texts,
)
from groundswell.connectors.adapters.values.missing import MISSING, Unreadable
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source
from groundswell.terms.tables import Meaning

Read = Callable[[str], Any]

_KNOWN = 10_000
_LONGEST_VALUE = 300
_ADDRESSES = frozenset({"url", "avatar_url"})
_WORDS = frozenset({"text", "bio"})
_FIRST_YEAR = 1990
_MEMBERSHIPS = {
    "follows": "follows followed follow follower followers following subscriber subscribed",
    "liked": "liked like likes liker favorited",
    "commented": "commented comment comments commenter replied",
    "viewed": "viewed view views viewer watched chatter chatters",
}
_CONSENTS = {
    "granted": "granted yes true opt-in given allowed ja oui si 1",
    "refused": "refused no false opt-out denied withdrawn nein non 0",
    "unknown": "unknown pending ?",
}
_CHANNELS = {
    "email": "email e-mail mail",
    "phone": "phone telephone mobile whatsapp sms tel telefon",
    "agent": "agent agency",
    "manager": "manager management",
    "postal": "postal post address mail-address",
    "other": "other",
}
_GENDERS = {"female": "female f women woman", "male": "male m men man", "other": "other nonbinary"}


@dataclass(slots=True)
class Settings:
    """What reading cells depends on besides the cells.

    Attributes:
        now: When the import began; nothing may be later than a day after it.
        year: Year of dates that name none.
        date_order: "dmy" or "mdy" where the user said so.
        decimal: The decimal sign where the user said so.
        platform: Where accounts are when their row doesn't say.
        anonymous: Turns a member's or author's name into a keyed hash.
    """

    now: datetime
    anonymous: Callable[[str], str]
    year: int | None = None
    date_order: str | None = None
    decimal: str | None = None
    platform: Platform | None = None


@dataclass(slots=True)
class Reader:
    """Reads the cells of one column.

    Attributes:
        read: Value of a cell; None when it says that there is none.
        said: What had to be decided, for the user.
        longest: Characters of the longest cell that may hold such a value; patterns that look
            for numbers and dates are not made for pages of text.
        repeats: Whether cells repeat so often that their values are worth keeping.
    """

    read: Read
    said: list[str] = field(default_factory=list)
    longest: int = _LONGEST_VALUE
    repeats: bool = True
    _known: dict[str, Any] = field(default_factory=dict)

    def column(self, cells: list[Cell]) -> tuple[list[Any], list[tuple[int, str]]]:
        """Values of some cells, and the positions and reasons of those that can't be read."""
        values: list[Any] = []
        bad: list[tuple[int, str]] = []
        known = self._known
        for cell in cells:
            if cell is None or cell == "":
                values.append(None)
                continue
            try:
                if isinstance(cell, list):
                    values.append(self._of_list(cell))
                elif cell in known:
                    values.append(known[cell])
                else:
                    values.append(self._fresh(cell))
            except Unreadable as error:
                bad.append((len(values), str(error)))
                values.append(None)
        return values, bad

    def _fresh(self, cell: str) -> Any:
        if len(cell) > self.longest:
            raise Unreadable(f"is longer than {self.longest:,} characters")
        value = self.read(cell)
        if self.repeats and len(cell) <= _LONGEST_VALUE:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            self._known[cell] = value
        return value

    def _of_list(self, cell: list[str]) -> Any:
        if not cell:
            return None
        found = [self._fresh(item) for item in cell]
        if all(item is None or isinstance(item, list) for item in found):
            return texts.tidied([inner for item in found if item for inner in item])
        if len(cell) == 1:
            return found[0]
        raise Unreadable("holds several values where one is expected")


def evidence_of(cells: Iterable[Cell]) -> moments.Evidence:
    """What a column's dates show of their order."""
    evidence = moments.Evidence()
    evidence.see(cells)
    return evidence


def reader_for(
    target: Target, header: str, sample: list[str], settings: Settings, evidence: moments.Evidence
) -> Reader:
    """How to read a column.

    Args:
        target: What the column feeds.
        header: Its name.
        sample: Some of its cells that are not empty.
        settings: What reading depends on besides the cells.
        evidence: What its dates show of their order.
    """
    meaning = target.meaning
    if meaning in {Meaning.COUNT, Meaning.CHANGE}:
        return _count_reader(target, sample, settings)
    if meaning in {Meaning.MOMENT, Meaning.DAY}:
        return _date_reader(target, settings, evidence)
    if meaning is Meaning.SECONDS:
        return _seconds_reader(header)
    if meaning is Meaning.SHARE:
        return _share_reader(header, sample)
    if meaning is Meaning.LIST:
        return _list_reader(target, sample, settings)
    if special := _special(target, settings):
        return special
    simple: dict[Meaning, Read] = {
        Meaning.PLATFORM: references.read_platform,
        Meaning.FORMAT: texts.read_format,
        Meaning.AMOUNT: str.strip,
        Meaning.CURRENCY: amounts.read_currency,
        Meaning.FLAG: amounts.read_flag,
        Meaning.COUNTRY: places.read_country,
        Meaning.LANGUAGE: places.read_language,
        Meaning.SOURCE: _read_source,
        Meaning.NAME: texts.read_name,
    }
    if meaning in simple:
        return Reader(simple[meaning])
    if target.column in _WORDS:
        return Reader(texts.read_text, longest=MAX_CELL, repeats=False)
    if target.column in _ADDRESSES:
        return Reader(texts.read_address, longest=texts.MAX_ADDRESS)
    return Reader(texts.read_label)


def _count_reader(target: Target, sample: list[str], settings: Settings) -> Reader:
    marks = counts.marks_of(sample)
    if settings.decimal:
        marks.plain = marks.short = settings.decimal
    signed = target.meaning is Meaning.CHANGE
    whole = not target.column.endswith("_average")

    def read(cell: str) -> int | None:
        return counts.read_count(cell, marks, signed=signed, whole=whole)

    return Reader(read, marks.said)


def _date_reader(target: Target, settings: Settings, evidence: moments.Evidence) -> Reader:
    calendar = evidence.decided(year=settings.year, order=settings.date_order)
    latest = settings.now + timedelta(days=1)
    may_be_ahead = target.column == "valid_from"

    def read(cell: str) -> Any:
        moment = moments.read_moment(cell, calendar)
        if moment is None:
            return None
        if moment > latest and not may_be_ahead:
            raise Unreadable("lies in the future")
        if moment.year < _FIRST_YEAR:
            raise Unreadable("lies before any platform existed")
        return moment.date() if target.meaning is Meaning.DAY else moment

    return Reader(read, calendar.said)


def _seconds_reader(header: str) -> Reader:
    unit, word = headers.unit_of_time(header)
    said = [f"plain numbers were read as {word}"] if unit != 1 else []
    return Reader(lambda cell: moments.read_seconds(cell, unit=unit), said)


def _share_reader(header: str, sample: list[str]) -> Reader:
    numbers = [cell.strip() for cell in sample if "%" not in cell]
    percent = "%" in header or "percent" in header.lower()
    if not percent and numbers:
        percent = any(_above_one(cell) for cell in numbers)

    def read(cell: str) -> float | None:
        return amounts.read_share(cell, percent=percent)

    said = ["shares were read as percents"] if percent and numbers else []
    return Reader(read, said)


def _above_one(cell: str) -> bool:
    try:
        return float(cell.replace(",", ".")) > 1
    except ValueError:
        return False


def _list_reader(target: Target, sample: list[str], settings: Settings) -> Reader:
    mark = texts.list_mark([cell for cell in sample if not cell.lstrip().startswith("[")])
    if target.column == "hashtags":
        return Reader(lambda cell: texts.hashtags(cell, mark=mark), longest=MAX_CELL)
    if target.column == "mentions":
        return Reader(lambda cell: texts.handles(cell, mark=mark), longest=MAX_CELL)
    on_youtube = target.column == "categories" and settings.platform is Platform.YOUTUBE
    if on_youtube and sample and _YOUTUBE_CATEGORIES.keys() >= set(sample):
        said = "category numbers were read as YouTube's, by their English names"
        return Reader(lambda cell: [_YOUTUBE_CATEGORIES.get(cell, cell)], [said])
    return Reader(lambda cell: texts.read_list(cell, mark=mark), longest=MAX_CELL)


def _special(target: Target, settings: Settings) -> Reader | None:
    where = (target.table, target.column)
    if where in {("memberships", "member"), ("comments", "author")}:

        def read(cell: str) -> str | None:
            name = texts.read_name(cell)
            return None if name is None else settings.anonymous(name.removeprefix("@"))

        return Reader(read)
    vocabulary = {
        ("memberships", "kind"): _MEMBERSHIPS,
        ("overlaps", "kind"): _MEMBERSHIPS,
        ("contacts", "consent"): _CONSENTS,
        ("contacts", "channel"): _CHANNELS,
        ("audience_shares", "dimension"): {name: f"{name} {name}s" for name in DIMENSIONS},
    }.get(where)
    if vocabulary:
        return Reader(_one_of(vocabulary))
    if where == ("account_averages", "window"):
        return Reader(lambda cell: (texts.read_label(cell) or "").lower() or None)
    return None


def _one_of(vocabulary: dict[str, str]) -> Read:
    words = {word: name for name, known in vocabulary.items() for word in known.split()}

    def read(cell: str) -> str | None:
        text = cell.strip()
        if text in MISSING:
            return None
        found = words.get(text.lower())
        if found is None:
            raise Unreadable(f"must be one of {', '.join(vocabulary)}")
        return found

    return read


def _read_source(cell: str) -> str | None:
    text = cell.strip().lower()
    if text in MISSING:
        return None
    if text not in list(Source):
        raise Unreadable(f"must be one of {', '.join(Source)}")
    return text


def read_audience_value(dimension: str, value: str) -> str:
    """A country's code, an age band such as 25-34, or another value of an audience's dimension.

    Raises:
        Unreadable: When no country, language or gender goes by that name.
    """
    if dimension == "country":
        return places.read_country(value) or value
    if dimension == "language":
        return places.read_language(value) or value
    if dimension == "gender":
        return str(_one_of(_GENDERS)(value))
    if dimension == "age":
        return value.replace("–", "-").replace("_", "-").replace(" ", "")
    return value


def read_contact(channel: str, address: str) -> list[str]:
    """Addresses of one cell, checked for their channel.

    Raises:
        Unreadable: When one can't be an address of that channel.
    """
    if channel not in CHANNELS:
        raise Unreadable(f"must be one of {', '.join(CHANNELS)}")
    if channel == "email":
        found = [part.strip() for part in address.replace(";", ",").split(",") if part.strip()]
        if not all(_is_email(part) for part in found):
            raise Unreadable("is no e-mail address")
        return found
    if channel == "phone" and sum(map(str.isdigit, address)) < 5:
        raise Unreadable("is no phone number")
    return [address]


def _is_email(text: str) -> bool:
    name, at, domain = text.rpartition("@")
    return bool(at and name and "." in domain) and not any(map(str.isspace, text))


def looks_right(target: Target, sample: list[str], reader: Reader) -> bool:
    """Whether most of a column's cells are what the target holds."""
    if not sample:
        return True
    if target.column in {"url", "avatar_url"}:
        fit = sum(map(addresses.looks_like_address, sample))
    elif target.table == "contact" and target.column == "email":
        fit = sum("@" in cell for cell in sample)
    elif target.meaning is Meaning.AMOUNT:
        fit = sum(any(map(str.isdigit, cell)) for cell in sample)
    else:
        values, bad = reader.column(list(sample))
        without_year = sum("without a year" in reason for _, reason in bad)
        fit = len(values) - len(bad) + without_year
    return fit >= 0.5 * len(sample)


_YOUTUBE_CATEGORIES = {
    "1": "Film & Animation",
    "2": "Autos & Vehicles",
    "10": "Music",
    "15": "Pets & Animals",
    "17": "Sports",
    "18": "Short Movies",
    "19": "Travel & Events",
    "20": "Gaming",
    "21": "Videoblogging",
    "22": "People & Blogs",
    "23": "Comedy",
    "24": "Entertainment",
    "25": "News & Politics",
    "26": "Howto & Style",
    "27": "Education",
    "28": "Science & Technology",
    "29": "Nonprofits & Activism",
    "30": "Movies",
    "43": "Shows",
    "44": "Trailers",
}
