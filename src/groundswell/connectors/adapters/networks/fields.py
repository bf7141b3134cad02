"""Fields of a reply, read with suspicion: what is missing stays missing, what is odd is refused."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from groundswell.connectors.adapters.networks.failures import Changed, Unavailable, check
from groundswell.connectors.adapters.networks.pages import Page, storable
from groundswell.connectors.adapters.values.counts import LARGEST
from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.connectors.adapters.values.texts import MAX_ADDRESS, MAX_ITEM, MAX_NAME
from groundswell.terms.exchange import ExchangeFailed, Reply
from groundswell.terms.money import Money

_LONGEST_TEXT = 1_000_000
_MOST_ITEMS = 10_000
_FIRST_YEAR = 1990


class Odd(Unreadable):
    """A field whose value is not what the interface says.

    Attributes:
        where: Its path in the reply.
        value: What stood there.
    """

    def __init__(self, where: str, value: object, reason: str) -> None:
        super().__init__(reason)
        self.where = where
        self.value = storable(str(value)[:MAX_NAME])


def document(reply: Reply, *, of: str, now: datetime | None = None) -> Any:
    """The JSON that a reply holds.

    Args:
        reply: What came.
        of: The network's name, for messages.
        now: This moment, where nobody has looked at the status yet: of a failure that comes as a
            page for people it says more than the page.

    Raises:
        ExchangeFailed: Of the kind that the status tells, where it is looked at.
        Unavailable: When it is cut off, or no JSON but a page for people.
        Changed: When it is nested deeper than any honest reply.
    """
    failure: ExchangeFailed
    try:
        return json.loads(reply.body)
    except RecursionError:
        failure = Changed(f"{of} sent a reply that is nested too deeply to be read")
    except ValueError:
        kind = reply.headers.get("content-type", "nothing said of its kind")
        failure = Unavailable(
            f"{of} answered with something else than JSON ({kind[:MAX_NAME]!a}); it will be asked "
            "again by itself"
        )
    if now is not None:
        check(reply, of=of, now=now)
    raise failure


def root(reply: Reply, page: Page, *, of: str, now: datetime | None = None) -> "Fields":
    """The fields of a reply that is one JSON object; for ``now`` see ``document``.

    Raises:
        ExchangeFailed: Of the kind that the status tells, where it is looked at.
        Unavailable: When it is no JSON.
        Changed: When it is something else than an object.
    """
    found = document(reply, of=of, now=now)
    if isinstance(found, dict):
        return Fields(found, page)
    if now is not None:
        check(reply, of=of, now=now)
    raise Changed(f"{of} sent a {type(found).__name__} where an object was expected")


class Fields:
    """One JSON object of a reply.

    Every read of a field that isn't there, or is null, gives None. Ask for all the fields that
    are known, then ``rest`` notes the others.

    Args:
        values: The object.
        page: Where unknown fields are noted.
        path: Where the object stands in its reply, for messages.
    """

    __slots__ = ("_read", "page", "path", "values")

    def __init__(self, values: dict[str, Any], page: Page, path: str = "") -> None:
        self.values = values
        self.page = page
        self.path = path
        self._read: set[str] = set()

    def where(self, name: str) -> str:
        """The path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def raw(self, name: str) -> Any:
        """A field as it is."""
        self._read.add(name)
        return self.values.get(name)

    def text(self, name: str) -> str | None:
        """Words of a person; empty ones are none."""
        value = self.raw(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise Odd(self.where(name), value, "is no text")
        if len(value) > _LONGEST_TEXT:
            raise Odd(self.where(name), value[:MAX_NAME], "is longer than a million characters")
        return storable(value) or None

    def name(self, name: str) -> str | None:
        """An identifier on one line; numbers are taken as their digits."""
        value = self.raw(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or len(value) > MAX_NAME or not value.isprintable():
            raise Odd(self.where(name), value, "is no identifier")
        return value

    def address(self, name: str) -> str | None:
        """An http or https address; anything else is none, for it will be shown as a link."""
        value = self.text(name)
        if value is None or len(value) > MAX_ADDRESS:
            return None
        return value if value.lower().startswith(("http://", "https://")) else None

    def count(self, name: str) -> int | None:
        """An integer of at least zero, also when it is sent as a text."""
        value = self.raw(name)
        if value is None or value == "":
            return None
        number = value
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 14:
            number = int(value)
        if isinstance(number, float) and number.is_integer():
            number = int(number)
        if not isinstance(number, int) or isinstance(number, bool):
            raise Odd(self.where(name), value, "is no whole number")
        if not 0 <= number <= LARGEST:
            raise Odd(self.where(name), value, "is negative, or larger than any real count")
        return number

    def number(self, name: str) -> float | None:
        """A finite number, also when it is sent as a text."""
        value = self.raw(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise Odd(self.where(name), value, "is no number")
        try:
            number = float(value)
        except (ValueError, OverflowError):
            raise Odd(self.where(name), value, "is no number") from None
        if not abs(number) < float("inf"):
            raise Odd(self.where(name), value, "is no finite number")
        return number

    def seconds(self, name: str, *, unit: float = 1.0) -> float | None:
        """A length of time in seconds, sent as a number of units of so many seconds."""
        number = self.number(name)
        if number is None:
            return None
        if not 0 <= number <= LARGEST:
            raise Odd(self.where(name), number, "is negative, or longer than any real time")
        return round(number * unit, 3)

    def currency(self, name: str) -> str | None:
        """ISO 4217 code of a currency."""
        value = self.name(name)
        if value is not None and not re.fullmatch(r"[A-Z]{3}", value, re.ASCII):
            raise Odd(self.where(name), value, "is no currency of three letters")
        return value

    def amount(self, name: str, currency: str | None, *, owed: bool = False) -> int | None:
        """Money in minor units, from a decimal number in major ones; None without a currency.

        Args:
            name: The field's name.
            currency: What the number is in.
            owed: Whether the network writes what is taken off as negative; it comes as positive.
        """
        value = self.raw(name)
        if value is None or value == "" or currency is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise Odd(self.where(name), value, "is no amount of money")
        try:
            minor = Money.of(value, currency).minor
        except ValueError:
            raise Odd(self.where(name), value, f"is no amount in {currency}") from None
        if minor < 0 and not owed:
            raise Odd(self.where(name), value, "is negative")
        return abs(minor)

    def flag(self, name: str) -> bool | None:
        """True or false."""
        value = self.raw(name)
        if value is None or isinstance(value, bool):
            return value
        raise Odd(self.where(name), value, "is neither true nor false")

    def moment(self, name: str) -> datetime | None:
        """A moment in UTC: ISO 8601 or RFC 3339, or seconds since 1970."""
        value = self.raw(name)
        if value is None or value == "":
            return None
        try:
            found = _moment(value)
        except (ValueError, OverflowError, OSError, TypeError):
            raise Odd(self.where(name), value, "is no moment") from None
        if found.year < _FIRST_YEAR:
            raise Odd(self.where(name), value, f"is before {_FIRST_YEAR}")
        return found

    def texts(self, name: str) -> list[str] | None:
        """Several short texts."""
        value = self.raw(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise Odd(self.where(name), value, "is no list of texts")
        kept = [storable(one)[:MAX_ITEM] for one in value[:_MOST_ITEMS]]
        return list(dict.fromkeys(one for one in kept if one.strip())) or None

    def object(self, name: str) -> "Fields | None":
        """The fields of an object within."""
        value = self.raw(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise Odd(self.where(name), value, "is no object")
        return Fields(value, self.page, self.where(name))

    def objects(self, name: str) -> "list[Fields]":
        """The objects of a list within; entries that are none are noted as bad."""
        value = self.raw(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise Odd(self.where(name), value, "is no list")
        return list(entries(value, self.page, self.where(name)))

    def needed(self, name: str, value: Any) -> Any:
        """The value, which must be there.

        Raises:
            Odd: When it isn't.
        """
        if value is None:
            raise Odd(self.where(name), "", "is missing")
        return value

    def know(self, *names: str) -> None:
        """Name fields that are known and of no use here."""
        self._read.update(names)

    def rest(self, *, private: bool = False) -> None:
        """Note the fields that nobody asked for; without what they hold where that is private."""
        for name in self.values.keys() - self._read:
            value = "not shown" if private else self.values[name]
            self.page.set_aside(self.where(storable(name)), value)


def entries(values: list[Any], page: Page, path: str) -> Iterator[Fields]:
    """Objects of a list, each with its place; an entry that is none is noted as bad."""
    for number, value in enumerate(values[:_MOST_ITEMS]):
        where = f"{path}[{number}]"
        if isinstance(value, dict):
            yield Fields(value, page, where)
        else:
            page.refuse(where, value, "is no object")


def _moment(value: Any) -> datetime:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, tz=UTC)
    if not isinstance(value, str):
        raise TypeError(value)
    if value.isascii() and value.isdigit():
        return datetime.fromtimestamp(int(value), tz=UTC)
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return found.astimezone(UTC)
