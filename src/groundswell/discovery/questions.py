"""A question: what somebody looks for, however it is written down."""

from dataclasses import dataclass

from groundswell.retrieval import keys
from groundswell.terms.errors import Refusal

LONGEST_TEXT = 400
MOST_FILTERS = 60
LONGEST_FILTER = 300
MOST_LIKE = keys.MOST_SEEDS
LONGEST_ACCOUNT = 300


class TextTooLong(Refusal, ValueError):
    """More to look for than a search reads."""

    code = "text_too_long"


class TooManyAccounts(Refusal, ValueError):
    """More accounts to be like than a search takes, or one that is too long."""

    code = "too_many_accounts"


class TooManyFilters(Refusal, ValueError):
    """More filters than a search takes, or one that is too long."""

    code = "too_many_filters"


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for, as it is written in an address, a file or a saved search.

    Attributes:
        text: Words, ``"phrases"``, ``prefix*`` and ``-exclusions``.
        filters: Expressions such as ``country=US``.
        sort: A key, with ``:asc`` or ``:desc`` behind it; blank for the usual order.
        like: Accounts that those who are found shall be like, such as ``instagram:anna``.
    """

    text: str = ""
    filters: tuple[str, ...] = ()
    sort: str = ""
    like: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text.strip() or self.filters or self.like)

    def checked(self) -> "Question":
        """The question itself, unless it is longer than any answer needs.

        Raises:
            TextTooLong: When the text is.
            TooManyFilters: When there are too many filters, or one is too long.
            TooManyAccounts: When there are too many accounts to be like, or one is too long.
        """
        if len(self.text) > LONGEST_TEXT:
            raise TextTooLong(
                f"can't look for {len(self.text):,} characters: use {LONGEST_TEXT} at most"
            )
        longest = max(map(len, (*self.filters, self.sort)))
        if len(self.filters) > MOST_FILTERS or longest > LONGEST_FILTER:
            raise TooManyFilters(
                f"can't filter by {len(self.filters):,} expressions of up to {longest:,} "
                f"characters: use at most {MOST_FILTERS} of {LONGEST_FILTER}"
            )
        if len(self.like) > MOST_LIKE or max(map(len, self.like), default=0) > LONGEST_ACCOUNT:
            raise TooManyAccounts(
                f"can't be like {len(self.like)} accounts: name at most {MOST_LIKE} of "
                f"{LONGEST_ACCOUNT} characters"
            )
        return self
