"""Networks that are not public and that this installation may ask nevertheless."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from groundswell.terms.errors import Refusal


class BadNetworks(Refusal):
    """GROUNDSWELL_REACH_NETWORKS names something else than networks."""

    code = "bad_reach_networks"


def parsed(text: str | None) -> tuple[IPv4Network | IPv6Network, ...]:
    """Read GROUNDSWELL_REACH_NETWORKS.

    Raises:
        BadNetworks: When a part of it is no network.
    """
    try:
        return tuple(ip_network(word) for word in (text or "").replace(",", " ").split())
    except ValueError as error:
        raise BadNetworks(
            "GROUNDSWELL_REACH_NETWORKS must be networks with commas between them, such as "
            f"10.1.0.0/16,fd00:5::/64: {error}"
        ) from None
