"""Suggestions: accounts whose handle or name begins with what is being typed."""

from dataclasses import dataclass
from pathlib import Path

from tantivy import Occur, Query

from groundswell.retrieval import documents, storage, words
from groundswell.retrieval.documents import BEGINS, LONGEST_BEGINNING


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An account that may be meant."""

    account: str
    platform: str
    handle: str | None
    display_name: str | None
    followers: int | None


def suggest(folder: Path, text: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
    """Accounts in whose handle or name a word begins with each word of the text, largest first.

    Raises:
        NoIndex: When there is no index.
    """
    typed = words.tokens(text)
    snapshot = storage.open_current(folder)
    most = min(limit, snapshot.searcher.num_docs)
    if not typed or most == 0:
        return ()
    schema = snapshot.index.schema
    parts = [
        Query.term_query(schema, BEGINS, token, index_option="basic")
        if len(token) <= LONGEST_BEGINNING
        else Query.regex_query(schema, BEGINS, f"{token}.*")
        for token in dict.fromkeys(typed)
    ]
    found = snapshot.searcher.search(
        Query.boolean_query([(Occur.Must, part) for part in parts]),
        limit=most,
        count=False,
        order_by_field="followers",
    )
    return tuple(
        _suggestion(documents.shown(snapshot.searcher.doc(address))) for _, address in found.hits
    )


def _suggestion(values: dict[str, object]) -> Suggestion:
    return Suggestion(**{name: values.get(name) for name in Suggestion.__slots__})  # type: ignore[arg-type]
