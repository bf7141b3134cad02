"""What a question takes from a network's quotas, said before it is asked."""

from dataclasses import dataclass
from datetime import timedelta

from groundswell.connectors.adapters.networks.network import Ask, Interface, Quota
from groundswell.connectors.choices import REFRESH
from groundswell.terms.errors import Refusal

_NOTICED = timedelta(hours=1)  # shorter windows fill again while somebody reads


class NotConfirmed(Refusal):
    """A question that costs money, and nobody said that it may."""

    code = "cost_not_confirmed"


@dataclass(frozen=True, slots=True)
class Cost:
    """What is taken from one quota at most.

    Attributes:
        quota: Which.
        units: How many.
    """

    quota: Quota
    units: int


def costs(interface: Interface, ask: Ask, *, is_all: bool = False) -> list[Cost]:
    """What a question takes at most, from each quota that lasts longer than somebody reads.

    From shorter ones too, such as requests in five minutes, where somebody asks for all.
    """
    if ask.way == REFRESH or ask.way not in interface.walks:
        return []
    units: dict[str, int] = {}
    for spend in interface.expected(ask):
        units[spend.quota] = units.get(spend.quota, 0) + spend.units
    return [
        Cost(quota, units[quota.name])
        for quota in interface.quotas
        if units.get(quota.name) and (is_all or quota.is_money or quota.window >= _NOTICED)
    ]


def cents(interface: Interface, ask: Ask) -> int:
    """Money that a question costs at most, in US cents."""
    return sum(cost.units for cost in costs(interface, ask) if cost.quota.is_money)


def confirm(interface: Interface, ask: Ask, *, confirmed: int | None) -> int:
    """Pass a question that costs nothing, or exactly what somebody said that it may.

    Returns:
        What it costs at most, in US cents.

    Raises:
        NotConfirmed: When it costs money, and nobody or somebody else's sum was confirmed.
    """
    wanted = cents(interface, ask)
    if wanted and confirmed != wanted:
        raise NotConfirmed(
            f"{interface.name} charges up to {wanted} US cents for this: confirm exactly that"
        )
    return wanted
