"""Handles of Meta's networks, as people write them."""

import re

from groundswell.connectors.adapters.networks.failures import Misasked

HANDLE = re.compile(r"[a-z0-9._]{1,30}", re.ASCII)


def handle_in(text: str, *, of: str, address: re.Pattern[str], example: str) -> str:
    """The handle that somebody wrote: with @, or as the address of the profile.

    Args:
        text: What was written.
        of: The network's name, for messages.
        address: Of a profile; its first group is the handle.
        example: A handle, for messages.

    Raises:
        Misasked: When it is none.
    """
    name = text.strip()
    found = address.fullmatch(name)
    name = (found[1] if found else name.removeprefix("@")).lower()
    if not HANDLE.fullmatch(name):
        raise Misasked(
            f"{text!r} is no handle of {of}: write the name of the account as it stands in its "
            f"address, such as {example}"
        )
    return name
