"""Life moments: what a creator is living through, as the creator says it.

It is known from survey answers alone and never inferred from content.
"""

from groundswell.engine.qualification.batch import Batch
from groundswell.engine.qualification.measures import Measure

NOT_ASKED = "not asked yet: life moments come from the creator's own answers to a survey"


def measures(batch: Batch) -> list[Measure]:
    """Nothing, until creators are asked."""
    return [Measure.unknown("life_moments", batch.size, NOT_ASKED)]
