"""What orders of all shops have in common: where a customer came from, in the usual parameters."""

from urllib.parse import parse_qs, urlsplit

_CAMPAIGN = ("utm_source", "utm_medium", "utm_campaign", "utm_content")
_LONGEST = 200


def campaign(landing_site: str | None) -> dict[str, str]:
    """The campaign parameters of the address on which a customer entered a shop."""
    try:
        query = parse_qs(urlsplit(landing_site or "").query, max_num_fields=100)
    except ValueError:
        return {}
    found = {name: query[name][0].strip()[:_LONGEST] for name in _CAMPAIGN if name in query}
    return {name: value for name, value in found.items() if value and value.isprintable()}
