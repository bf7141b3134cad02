"""All networks that can be read."""

from groundswell.connectors.adapters.networks.blog.interface import INTERFACE as BLOG
from groundswell.connectors.adapters.networks.bluesky.interface import INTERFACE as BLUESKY
from groundswell.connectors.adapters.networks.instagram.interface import INTERFACE as INSTAGRAM
from groundswell.connectors.adapters.networks.mastodon.interface import INTERFACE as MASTODON
from groundswell.connectors.adapters.networks.network import Interface
from groundswell.connectors.adapters.networks.pinterest.interface import INTERFACE as PINTEREST
from groundswell.connectors.adapters.networks.shopify.interface import INTERFACE as SHOPIFY
from groundswell.connectors.adapters.networks.threads.interface import INTERFACE as THREADS
from groundswell.connectors.adapters.networks.tiktok.interface import INTERFACE as TIKTOK
from groundswell.connectors.adapters.networks.woocommerce.interface import (
    INTERFACE as WOOCOMMERCE,
)
from groundswell.connectors.adapters.networks.x.interface import INTERFACE as X
from groundswell.connectors.adapters.networks.youtube.interface import INTERFACE as YOUTUBE
from groundswell.terms.networks import Network, UnknownNetwork

_ALL: tuple[Interface, ...] = (  # one line each, in the order of terms.networks
    BLUESKY,
    MASTODON,
    YOUTUBE,
    INSTAGRAM,
    TIKTOK,
    X,
    PINTEREST,
    THREADS,
    BLOG,
    SHOPIFY,
    WOOCOMMERCE,
)
INTERFACES: dict[Network, Interface] = {interface.network: interface for interface in _ALL}


def interface_of(network: Network) -> Interface:
    """How a network is read.

    Raises:
        UnknownNetwork: When it isn't yet.
    """
    if network not in INTERFACES:
        raise UnknownNetwork(network)
    return INTERFACES[network]
