"""Requests to YouTube's interfaces, and what each takes from the day's units."""

import re
from dataclasses import dataclass
from datetime import datetime

from groundswell.connectors.adapters.networks.failures import Changed
from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.network import Ask, bearer
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.youtube.refusals import NAME, answered, expecting
from groundswell.terms.exchange import Fetch, Request, Spend

SERVER = "https://www.googleapis.com"
REPORTS = "https://youtubeanalytics.googleapis.com"
UNITS = "youtube_units"
SEARCH_UNITS = 100  # any other list takes one
_KEY = re.compile(r"AIza[0-9A-Za-z_-]{35}|AQ\.[0-9A-Za-z_-]{20,}", re.ASCII)


def signed(request: Request, secret: str) -> Request:
    """The request with credentials: an API key, known by its form, or somebody's access token."""
    if _KEY.fullmatch(secret):
        return request.with_headers(x_goog_api_key=secret)
    return bearer(request, secret)


@dataclass(frozen=True, slots=True)
class Door:
    """Where questions of one walk go through.

    Attributes:
        fetch: Carries them.
        ask: The question that the walk answers.
    """

    fetch: Fetch
    ask: Ask

    def get(self, what: str, page: Page, **params: str) -> Fields:
        """One page of a list of the Data API.

        Raises:
            ExchangeFailed: When YouTube says no, or something that is no list.
        """
        units = SEARCH_UNITS if what == "search" else 1
        url = f"{self.ask.server or SERVER}/youtube/v3/{what}"
        reply = self.fetch(Request(url, params, spends=(Spend(UNITS, units),)))
        return answered(reply, page, now=self.ask.now)

    def report(self, page: Page, since: datetime, until: datetime, **params: str) -> Fields:
        """A report of the Analytics API on the channel of whoever gave permission.

        Raises:
            ExchangeFailed: When YouTube says no.
        """
        params |= {"ids": "channel==MINE"}
        params |= {"startDate": f"{since:%Y-%m-%d}", "endDate": f"{until:%Y-%m-%d}"}
        at = self.ask.server
        own = REPORTS if at in {"", SERVER} else at
        return answered(self.fetch(Request(f"{own}/v2/reports", params)), page, now=self.ask.now)


def following(found: Fields, before: str | None) -> str | None:
    """The mark of the next page of a list; None at its end.

    Raises:
        Changed: When it is the mark of this page.
    """
    with expecting():
        token = found.name("nextPageToken")
    if token is not None and token == before:
        raise Changed(f"{NAME} sends the same page of a list again and again")
    return token


def paged(token: str | None) -> dict[str, str]:
    """The parameter that asks for a page; the first needs none."""
    return {} if token is None else {"pageToken": token}
