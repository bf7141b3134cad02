"""What a program is for, how that is counted, and which layer of the pyramid does the work."""

from enum import StrEnum


class Kpi(StrEnum):
    """A countable result that a program can be held to."""

    REACH = "reach"  # different people who saw something at least once
    VIEWS = "views"  # times something was seen
    ENGAGEMENTS = "engagements"  # likes, comments, shares and saves
    CLICKS = "clicks"  # visits through a tracked link
    CONVERSIONS = "conversions"  # orders or sign-ups that the brand counts
    PIECES = "pieces"  # publications delivered


class Objective(StrEnum):
    """The one KPI that a plan makes as large as the budget allows."""

    REACH = "reach"
    VIEWS = "views"
    ENGAGEMENTS = "engagements"
    CLICKS = "clicks"
    CONVERSIONS = "conversions"
    PIECES = "pieces"


class Layer(StrEnum):
    """A level of the program pyramid."""

    BRAND_CONTENT = "brand_content"  # made by the brand itself
    CREATORS = "creators"  # original content for a fee
    SHARERS = "sharers"  # many people passing content on for a small reward
    SEEDING = "seeding"  # product instead of a fee
    BOOST = "boost"  # paid spend on the best publications


class SettledBy(StrEnum):
    """Whether a KPI can be counted when the program ends, or only modelled."""

    OBSERVED = "observed"
    MODELLED = "modelled"


SETTLED_BY = {
    Kpi.REACH: SettledBy.MODELLED,
    Kpi.VIEWS: SettledBy.OBSERVED,
    Kpi.ENGAGEMENTS: SettledBy.OBSERVED,
    Kpi.CLICKS: SettledBy.OBSERVED,
    Kpi.CONVERSIONS: SettledBy.OBSERVED,
    Kpi.PIECES: SettledBy.OBSERVED,
}
