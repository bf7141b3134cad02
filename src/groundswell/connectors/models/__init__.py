"""What the connectors keep: files that were brought in, and networks that are read."""

from groundswell.connectors.models.connections import Brought, Connection, Spending, Sync, Watch
from groundswell.connectors.models.runs import ImportRun, Upload

__all__ = ["Brought", "Connection", "ImportRun", "Spending", "Sync", "Upload", "Watch"]
