"""When a creator was contacted: noted, taken away, put back."""

from datetime import date, datetime, timedelta

from groundswell.creators.actions import filing
from groundswell.creators.choices import Medium
from groundswell.creators.models import Creator, Outreach
from groundswell.terms.errors import Refusal
from groundswell.terms.lines import is_line
from groundswell.workspaces.actions import journal

LONGEST_NAME = 200
LONGEST_NOTE = 500
_EARLIEST = date(1990, 1, 1)


class BadOutreach(Refusal, ValueError):
    """A contact that can't be noted."""

    code = "bad_outreach"


def record(
    *,
    creator: Creator,
    day: date,
    medium: str,
    note: str = "",
    contacted_by: str = "",
    by: str,
    now: datetime,
) -> Outreach:
    """Note that a creator was contacted.

    Args:
        creator: Who.
        day: On which day.
        medium: By what: a value of ``Medium``.
        note: What it was about.
        contacted_by: By whom; blank for whoever notes it.
        by: Who notes it.
        now: When.

    Raises:
        BadOutreach: When the day is to come, the medium unknown, or a text too long.
    """
    if not _EARLIEST <= day <= (now + timedelta(days=1)).date():
        raise BadOutreach(f"can't note a contact on {day}: it is a day up to today")
    if medium not in Medium.values:
        known = ", ".join(Medium.values)
        raise BadOutreach(f"can't note a contact by {medium[:30]!r}: use one of {known}")
    who = " ".join(contacted_by.split()) or by
    plain = note.strip().replace("\r\n", "\n")
    if len(who) > LONGEST_NAME or not is_line(who):
        raise BadOutreach(f"can't note who it was: write at most {LONGEST_NAME} plain characters")
    if len(plain) > LONGEST_NOTE or "\0" in plain:
        raise BadOutreach(
            f"can't keep a note of {len(plain):,} characters: "
            f"write at most {LONGEST_NOTE}, without NUL characters"
        )
    kept = Outreach.objects.create(
        workspace=creator.workspace,
        origin=creator,
        creator=creator,
        day=day,
        medium=medium,
        contacted_by=who,
        note=plain,
        recorded_by=by,
        recorded_at=now,
    )
    _tell("outreach.recorded", kept, creator, by, now)
    return kept


def remove(*, outreach: Outreach, by: str, now: datetime) -> None:
    """Take a contact away that never was; ``put_back`` undoes it."""
    if outreach.removed_at is None:
        outreach.removed_at = now
        outreach.save(update_fields=["removed_at"])
        _tell("outreach.removed", outreach, outreach.creator, by, now)


def put_back(*, outreach: Outreach, by: str, now: datetime) -> None:
    """Bring a removed contact back."""
    if outreach.removed_at is not None:
        outreach.removed_at = None
        outreach.save(update_fields=["removed_at"])
        _tell("outreach.put_back", outreach, outreach.creator, by, now)


def _tell(event: str, outreach: Outreach, creator: Creator, by: str, now: datetime) -> None:
    filing.changed([creator.id], workspace=creator.workspace)
    journal.record(
        event,
        workspace=creator.workspace,
        by=by,
        now=now,
        subject=creator.name,
        details={
            "creator": str(creator.id),
            "day": outreach.day.isoformat(),
            "medium": outreach.medium,
        },
    )
