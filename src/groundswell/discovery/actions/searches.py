"""Saved searches: kept, renamed, deleted, and brought back."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from groundswell.discovery.models import SavedSearch
from groundswell.discovery.questions import Question
from groundswell.terms.errors import Refusal
from groundswell.terms.lines import is_line
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

LONGEST_NAME = 100


class BadSearchName(Refusal, ValueError):
    """A name that no saved search can have."""

    code = "bad_search_name"


class SearchNameTaken(Refusal):
    """Another saved search has that name."""

    code = "search_name_taken"


class NothingToSave(Refusal):
    """A search that asks for everybody."""

    code = "nothing_to_save"


def save(
    *, name: str, question: Question, workspace: Workspace, by: str, now: datetime
) -> SavedSearch:
    """Keep a question under a name.

    Raises:
        NothingToSave: When it asks for everybody.
        BadSearchName: When the name is blank, too long or not plain text.
        SearchNameTaken: When another saved search has it.
        TextTooLong: When the question is longer than any answer needs.
        TooManyFilters: When it has too many filters.
    """
    if not question:
        raise NothingToSave("can't save a search for everybody: write words or choose a filter")
    if "\0" in "".join((question.text, *question.filters, *question.like, question.sort)):
        raise NothingToSave("can't save a search with a NUL character in it: take it out")
    kept = SavedSearch(
        workspace=workspace,
        name=_free(name),
        text=question.checked().text.strip(),
        filters=list(question.filters),
        sort=question.sort,
        like=list(question.like),
        saved_by=by,
        saved_at=now,
    )
    _save(kept)
    journal.record("search.saved", workspace=workspace, by=by, now=now, subject=kept.name)
    return kept


def rename(*, search: SavedSearch, name: str, by: str, now: datetime) -> None:
    """Give a saved search another name.

    Raises:
        BadSearchName: When the name is blank, too long or not plain text.
        SearchNameTaken: When another saved search has it.
    """
    before, search.name = search.name, _free(name, but=search)
    _save(search)
    journal.record(
        "search.renamed",
        workspace=search.workspace,
        by=by,
        now=now,
        subject=search.name,
        details={"before": before},
    )


def delete(*, search: SavedSearch, by: str, now: datetime) -> None:
    """Take a saved search away; ``restore`` brings it back."""
    search.deleted_at = now
    search.save(update_fields=["deleted_at"])
    journal.record(
        "search.deleted", workspace=search.workspace, by=by, now=now, subject=search.name
    )


def restore(*, search: SavedSearch, by: str, now: datetime) -> None:
    """Bring a deleted search back.

    Raises:
        SearchNameTaken: When another saved search has taken its name.
    """
    search.name = _free(search.name, but=search)
    search.deleted_at = None
    _save(search)
    journal.record(
        "search.restored", workspace=search.workspace, by=by, now=now, subject=search.name
    )


def look(*, search: SavedSearch, total: int, now: datetime) -> None:
    """Remember how many there were when somebody looked; the journal is not told of looks."""
    SavedSearch.objects.filter(id=search.id).update(looked_at=now, looked_total=total)


def _free(name: str, *, but: SavedSearch | None = None) -> str:
    """The name, when it can be had."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not is_line(plain):
        raise BadSearchName(
            f"can't name a search {plain[:40]!r}: write 1 to {LONGEST_NAME} plain characters"
        )
    others = SavedSearch.objects.filter(deleted_at=None)
    if but is not None:
        others = others.exclude(id=but.id)
    if others.annotate(folded=Lower("name")).filter(folded=plain.lower()).exists():
        raise SearchNameTaken(f"there is a saved search {plain!r} already: choose another name")
    return plain


def _save(search: SavedSearch) -> None:
    """Save a search whose name was free a moment ago."""
    try:
        with transaction.atomic():
            search.save()
    except IntegrityError:
        raise SearchNameTaken(
            f"somebody saved a search {search.name!r} this moment: choose another name"
        ) from None
