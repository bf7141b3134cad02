"""Pinterest in memory: one account with seven pins, three to a page."""

from datetime import UTC, datetime
from typing import Any

from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.pinterest.interface import SERVER
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import Stub, told

TOKEN = "pina_example"
_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_PAGE = 3
USER = {
    "id": "549755885175",
    "account_type": "BUSINESS",
    "username": "annaoutside",
    "business_name": "Anna outside",
    "about": "Trails and tents",
    "profile_image": "https://i.pinimg.example/anna.jpg",
    "website_url": "https://anna.example",
    "board_count": 4,
    "pin_count": 7,
    "follower_count": 930,
    "following_count": 0,
    "monthly_views": 4000,
}


def pin(number: int, **more: Any) -> dict[str, Any]:
    """A pin as the interface writes it; those from the fifth on are old."""
    return {
        "id": str(813744226420795880 + number),
        "created_at": f"2026-{11 if number < 5 else 4:02}-{number:02}T10:00:00",
        "link": "https://shop.example/tents",
        "title": f"Tent {number}",
        "description": "Pack light #trail",
        "creative_type": "REGULAR",
        "board_id": "549755885176",
        "board_owner": {"username": "annaoutside"},
        "is_owner": True,
        "media": {"media_type": "image"},
        "pin_metrics": {
            "90d": {"impression": 5, "pin_click": 1, "clickthrough": 0},
            "lifetime_metrics": {"impression": 100 * number, "reaction": number, "comment": 0},
        },
    } | more


def analytics(number: int) -> dict[str, Any]:
    """What a pin counted, as the interface writes it."""
    return {
        "all": {
            "daily_metrics": [],
            "summary_metrics": {"IMPRESSION": 200 * number, "SAVE": 3, "PIN_CLICK": 2},
            "lifetime_metrics": {"TOTAL_REACTIONS": number, "TOTAL_COMMENTS": 0},
        }
    }


_PINS = [pin(number) for number in (1, 2, 2, 3, 4, 5, 6)] + [pin(7, is_owner=False)]


def stub() -> Stub:
    """The account."""
    return Stub((Ask(Way.OWN, "", SERVER, _NOW),), TOKEN, _answer)


def failed(request: Request, status: int, code: int, message: str) -> Reply:
    """An error as Pinterest sends it."""
    return told({"code": code, "message": message}, request, status)


def _answer(request: Request) -> Reply:
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return failed(request, 401, 2, "Authentication failed.")
    match request.url.removeprefix(f"{SERVER}/v5/").split("/"):
        case ["user_account"]:
            return told(USER, request)
        case ["pins"]:
            start = int(str(request.params.get("bookmark", "at0")).removeprefix("at"))
            size = min(_PAGE, int(str(request.params["page_size"])))
            end = start + size
            bookmark = f"at{end}" if end < len(_PINS) else None
            return told({"items": _PINS[start:end], "bookmark": bookmark}, request)
        case ["pins", number, "analytics"]:
            return told(analytics(int(number) - 813744226420795880), request)
    return failed(request, 404, 50, "Pin not found.")
