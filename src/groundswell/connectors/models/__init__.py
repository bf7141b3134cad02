"""What the connectors keep: files that were brought in, and networks that are read."""

from groundswell.connectors.models.connections import Brought, Connection, Spending, Sync, Watch
from groundswell.connectors.models.permissions import (
    CreatorLink,
    Departure,
    NetworkApp,
    Withdrawal,
)
from groundswell.connectors.models.runs import ImportRun, Upload
from groundswell.connectors.models.shops import DiscountCode, DiscountRule, Order

__all__ = [
    "Brought",
    "Connection",
    "CreatorLink",
    "Departure",
    "DiscountCode",
    "DiscountRule",
    "ImportRun",
    "NetworkApp",
    "Order",
    "Spending",
    "Sync",
    "Upload",
    "Watch",
    "Withdrawal",
]
