"""What filters mean in the workspace that they are asked in."""

from collections.abc import Sequence

from groundswell.creators import lists
from groundswell.retrieval import filters, keys
from groundswell.retrieval.filters import Filter
from groundswell.retrieval.words import fold_name
from groundswell.terms.errors import Refusal
from groundswell.terms.safety import SafetyCategory
from groundswell.vetting import watching


class NothingWatched(Refusal, ValueError):
    """Posts were never scanned for what a filter asks for, as nothing was named."""

    code = "nothing_watched"


def read(expressions: Sequence[str]) -> tuple[Filter, ...]:
    """Read filters; see ``retrieval.filters.read``.

    Raises:
        Refusal: When one can't be read.
        NothingWatched: When one asks for own words or competitors, and none are kept.
    """
    found = filters.read(expressions)
    for each in found:
        for subject in watching.SUBJECTS:
            if each.key.name == f"{keys.SAFETY}{subject}":
                _check(subject)
    return found


def _check(subject: SafetyCategory) -> None:
    if not watching.terms(subject).exists():
        what = "own words" if subject is SafetyCategory.OWN_WORDS else "competitors"
        raise NothingWatched(
            f"no post was scanned for {what}, as none are kept: name them in the settings under "
            "Words, or with `groundswell safety`"
        )


def shows_excluded(asked: Sequence[Filter]) -> bool:
    """Whether somebody asks for an exclusion list by its name, and so for those on it."""
    wanted = {value for each in asked if each.key.name == "list" for value in each.any_of if value}
    return bool(wanted) and any(fold_name(each) in wanted for each in lists.exclusion_names())
