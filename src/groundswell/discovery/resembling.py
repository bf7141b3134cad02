"""Accounts that others shall be like, as people write them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from groundswell.creators import queries as creators
from groundswell.creators.models import Account
from groundswell.retrieval import lookalikes, searching, words
from groundswell.retrieval.answers import Found
from groundswell.retrieval.searching import Request
from groundswell.terms.platforms import AccountRef


@dataclass(frozen=True, slots=True)
class Seeds:
    """Accounts to be like, and whose they are.

    Attributes:
        accounts: UUIDs of the accounts.
        own: UUIDs of all accounts of the same creators: nobody is a lookalike of themselves.
    """

    accounts: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


def read(written: Sequence[str]) -> Seeds:
    """The accounts that are written ``platform:handle``.

    Raises:
        UnreadableAccount: When one is written otherwise.
        UnknownPlatform: When no platform goes by a name.
        UnknownAccount: When there is no such account.
    """
    if not written:
        return Seeds()
    found = [creators.find_account(AccountRef.parse(each)) for each in written]
    own = Account.objects.filter(creator__in={each.creator_id for each in found})
    return Seeds(
        tuple(str(each.id) for each in found), tuple(map(str, own.values_list("id", flat=True)))
    )


def ask(folder: Path, request: Request, seeds: Seeds) -> Found:
    """What a search finds: lookalikes of the seeds where there are some.

    Raises:
        Refusal: When the request can't be read; see ``searching.search``, ``lookalikes.search``.
    """
    if seeds.accounts:
        found = lookalikes.search(folder, seeds.accounts, request, without=seeds.own)
    else:
        found = searching.search(folder, request)
    return found if found.total else replace(found, hint=words.hint(request.text))
