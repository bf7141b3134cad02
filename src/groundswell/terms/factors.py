"""The six factors by which a creator is qualified."""

from enum import StrEnum


class FactorName(StrEnum):
    """One question of a scorecard."""

    CREDIBILITY = "credibility"  # credibility and expertise
    LIFE_MOMENTS = "life_moments"  # key life moments and personal experience
    AUDIENCE = "audience"  # audience concentration
    QUALITY = "quality"  # content quality
    BRANDED = "branded"  # saturation with branded content, and how it performs
    GROWTH = "growth"  # how fast the audience grows
