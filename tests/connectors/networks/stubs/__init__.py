"""Networks in memory: one module each, named as the network, with a function ``stub``.

The conformance suite, the mutations and the fault table all ask them. A stub answers the same
request with the same reply each time, in the documented form, over more than one page for every
kind of list, and repeats an entry somewhere.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from groundswell.connectors.adapters.networks.network import Ask
from groundswell.terms.exchange import Reply, Request
from groundswell.terms.networks import Network


@dataclass(frozen=True)
class Stub:
    """A network in memory.

    Attributes:
        asks: Questions that it can answer, at least one for each way of the interface.
        secret: The credentials that it takes, as ``Interface.signed`` gets them.
        answer: What it says to a request; to one for nothing it has, an error as the network
            sends it.
    """

    asks: tuple[Ask, ...]
    secret: str
    answer: Callable[[Request], Reply]


def stub_of(network: Network) -> Stub:
    """The stub of a network."""
    made: Stub = import_module(f"{__name__}.{network}").stub()
    return made


def told(body: Any, request: Request, status: int = 200, **headers: str) -> Reply:
    """A reply in JSON; an underscore in a header's name stands for a hyphen."""
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Reply(
        status,
        {"content-type": "application/json; charset=utf-8"} | named,
        json.dumps(body).encode(),
        request.url,
    )
