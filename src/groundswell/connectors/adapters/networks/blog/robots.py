"""robots.txt as RFC 9309 reads it: the rules for us, else those for everybody."""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

AGENT = "groundswell"
_LARGEST = 512_000  # bytes that must be read, says the RFC
_MOST_RULES = 5_000


def allows(body: bytes, address: str) -> bool:
    """Whether we may read an address of the site whose robots.txt that is."""
    groups: dict[str, list[tuple[bool, str]]] = {}
    for agents, rule in _rules(body):
        for agent in agents:
            groups.setdefault(agent, []).extend(rule)
    ours = groups.get(AGENT, groups.get("*", []))
    parts = urlsplit(address)
    path = unquote(parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # The longest pattern decides; where two are as long, the one that allows.
    fitting = [(len(pattern), may) for may, pattern in ours if _fits(pattern, path)]
    return max(fitting, default=(0, True))[1]


def _rules(body: bytes) -> Iterator[tuple[list[str], list[tuple[bool, str]]]]:
    """Agents, and what stands under their names."""
    agents: list[str] = []
    rules: list[tuple[bool, str]] = []
    count = 0
    for line in body[:_LARGEST].decode("utf-8-sig", errors="replace").splitlines():
        name, _, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if name == "user-agent":
            if rules:
                yield agents, rules
                agents, rules = [], []
            agents.append(value.partition("/")[0].strip().lower())
        elif name in {"allow", "disallow"} and agents and count < _MOST_RULES:
            count += 1
            # An empty rule forbids nothing; it still ends the list of agents.
            rules.append((name == "allow" or not value, unquote(value)))
    yield agents, rules


def _fits(pattern: str, path: str) -> bool:
    """Whether a path begins as a pattern says, where * is anything and $ the end."""
    is_whole = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for place, part in enumerate(others):
        is_last = place == len(others) - 1
        at_end = is_whole and is_last
        found = len(path) - len(part) if at_end and path.endswith(part) else path.find(part, at)
        if found < at:
            return False
        at = found + len(part)
    return not is_whole or at == len(path)
