"""An estimate: a number that says how sure it is, how it was made, and when it can't be said."""

import math
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval, or the reason why there is none.

    Attributes:
        value: The best single number, or None when it cannot be said.
        low: Lower end of the interval, or None when no interval is known.
        high: Upper end of the interval, or None when no interval is known.
        level: Coverage that the interval claims, in (0, 1); None without an interval.
        method: Name of the formula or estimator, as the methods pages call it.
        n: Independent observations behind the value (posts, members, accounts); 0 when none.
        reason: Why nothing can be said, or what a reader must know to use the value.
    """

    value: float | None
    low: float | None
    high: float | None
    level: float | None
    method: str
    n: int
    reason: str | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise ValueError(f"Estimate.{name} must be finite or None, got {number!r}")
        if self.value is None and not self.reason:
            raise ValueError("an Estimate without a value must say why: give a reason")
        if (self.low is None) != (self.high is None) or (self.low is None) != (self.level is None):
            raise ValueError(
                "low, high and level go together, got "
                f"low={self.low!r}, high={self.high!r}, level={self.level!r}"
            )
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"Estimate.low must not exceed high, got {self.low!r} > {self.high!r}")
        if self.level is not None and not 0 < self.level < 1:
            raise ValueError(f"Estimate.level must lie in (0, 1), got {self.level!r}")
        if self.n < 0:
            raise ValueError(f"Estimate.n must not be negative, got {self.n!r}")

    @classmethod
    def cannot_say(cls, reason: str, *, method: str = "none", n: int = 0) -> Self:
        """An estimate that says why there is no number."""
        return cls(None, None, None, None, method, n, reason)

    @classmethod
    def exact(cls, value: float, *, method: str, n: int, reason: str | None = None) -> Self:
        """A value that was counted, not inferred: it has no interval."""
        return cls(value, None, None, None, method, n, reason)

    @property
    def is_known(self) -> bool:
        """Whether there is a value at all."""
        return self.value is not None

    def as_json(self) -> dict[str, float | int | str | None]:
        """The shape in which every interface shows an estimate."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "method": self.method,
            "n": self.n,
            "reason": self.reason,
        }
