"""Shapes that several areas answer with."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field


def _in_utc(moment: datetime) -> datetime:
    """The database takes no zone as far from UTC as ISO 8601 does."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("it lies outside of the years 1 to 9999") from error


Moment = Annotated[datetime, AfterValidator(_in_utc)]


class Estimate(BaseModel):
    """A number that says how sure it is; without a value it says why there is none."""

    value: float | None
    low: float | None
    high: float | None
    level: Annotated[float | None, Field(description="Coverage that the interval claims.")]
    method: str
    n: Annotated[int, Field(description="Independent observations behind the value.")]
    reason: str | None


class JournalEntry(BaseModel):
    """What was done, by whom, and to how many rows."""

    at: datetime
    by: str
    event: Annotated[str, Field(examples=["plan.proposed"])]
    subject: str
    rows: int
    details: dict[str, Any]


Count = Annotated[int | None, Field(description="Null when it is not known: never zero.")]
Day = date
