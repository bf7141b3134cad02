"""What somebody says of how a file is to be read, over and above what is guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from groundswell.connectors.actions.imports import UnknownKind
from groundswell.connectors.adapters import maps
from groundswell.connectors.adapters.maps import BadMap, Map
from groundswell.connectors.adapters.targets import resolved
from groundswell.connectors.models import Upload
from groundswell.terms.platforms import Platform
from groundswell.terms.tables import TABLES

_FORMAT = ("encoding", "delimiter", "date_order", "decimal")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was said of a file; everything else is guessed.

    Attributes:
        kind: What it holds; empty to guess.
        map: A ready map; empty for none; None when nobody chose.
        columns: What its columns feed, by their names; empty to leave one out.
        platform: Where accounts are when their row doesn't say; empty to guess.
        currency: Of prices that name none; empty to guess.
        format: How it is written: encoding, delimiter, date_order, decimal.
    """

    kind: str = ""
    map: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    platform: str = ""
    currency: str = ""
    format: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """In the shape that is kept."""
        return {
            "map": self.map,
            "columns": dict(self.columns),
            "platform": self.platform,
            "currency": self.currency,
            "format": dict(self.format),
        }

    def checked(self) -> "Wishes":
        """The same, when an import can do it.

        Raises:
            UnknownKind: When there is no such kind.
            UnknownPlatform: When there is no such platform.
            BadMap: When something else can't be understood.
        """
        if self.kind and self.kind not in TABLES:
            raise UnknownKind(self.kind)
        if self.platform:
            Platform.parse(self.platform)
        if self.map and self.map not in maps.ready():
            raise BadMap(f"there is no ready map {self.map!r}: choose one of the list")
        for header, target in self.columns.items():
            if target and resolved(self.kind or "accounts", target) is None:
                raise BadMap(f"an import of {self.kind} has no column {target!r} for {header!r}")
        if self.currency and not (len(self.currency) == 3 and self.currency.isalpha()):
            raise BadMap(f"{self.currency!r} is no currency: give three letters such as USD")
        maps.check_format(self.format)
        return self

    @property
    def as_map(self) -> Map | None:
        """What the columns mean; None to guess everything."""
        if self.map is None and not (self.columns or self.currency or self.format):
            return None
        base = maps.ready()[self.map] if self.map else Map()
        takes_currency = resolved(self.kind or "accounts", "currency") is not None
        currency = {"currency": self.currency} if self.currency and takes_currency else {}
        return replace(
            base,
            columns={**base.columns, **self.columns},
            defaults={**base.defaults, **currency},
            format={**base.format, **self.format},
        )

    @property
    def as_platform(self) -> Platform | None:
        """Where accounts are when their row doesn't say."""
        return Platform.parse(self.platform) if self.platform else None


def of(upload: Upload) -> Wishes:
    """What was said of an uploaded file."""
    return Wishes(kind=upload.kind, **upload.wishes)


def format_of(given: Mapping[str, str]) -> dict[str, str]:
    """The parts of how a file is written that somebody said."""
    return {name: given[name] for name in _FORMAT if given.get(name)}
