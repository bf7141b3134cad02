"""The workspace's own words and competitors: kept, changed, taken away; each change is scanned."""

import re
from collections.abc import Sequence
from datetime import datetime

from groundswell.terms.errors import Refusal
from groundswell.terms.lines import is_line
from groundswell.terms.safety import SafetyCategory, Severity
from groundswell.vetting import watching
from groundswell.vetting.models import WatchedTerm, WatchScan
from groundswell.workspaces import jobs
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

LONGEST = 100
MOST_FORMS = 30
MOST = {SafetyCategory.OWN_WORDS: 500, SafetyCategory.COMPETITOR: 200}
_WORD = re.compile(r"[^\W_]")


class BadWatchedTerm(Refusal, ValueError):
    """Words that can't be looked for."""

    code = "bad_watched_term"


class TooManyWatchedTerms(Refusal):
    """More than a scan looks for."""

    code = "too_many_watched_terms"


def keep_word(
    *, text: str, severity: str, workspace: Workspace, by: str, now: datetime
) -> WatchedTerm:
    """Watch words of the workspace's own; known ones get the severity that is given.

    Args:
        text: A word or a phrase; @ or # in front is looked for too.
        severity: low, medium or high.
        workspace: Whose.
        by: Who says so.
        now: When.

    Raises:
        BadWatchedTerm: When it has no letters, is too long, or the severity is none.
        TooManyWatchedTerms: When so many are kept already.
    """
    levels = {level.name.lower(): level for level in Severity}
    if severity.lower() not in levels:
        raise BadWatchedTerm(
            f"{severity[:30]!r} is no severity of own words: use one of {', '.join(levels)}"
        )
    level = levels[severity.lower()]
    return _keep(SafetyCategory.OWN_WORDS, text, [], level, workspace=workspace, by=by, now=now)


def keep_competitor(
    *, name: str, forms: Sequence[str] = (), workspace: Workspace, by: str, now: datetime
) -> WatchedTerm:
    """Watch a competitor; a known one gets the forms that are given.

    Args:
        name: What it is called.
        forms: Other names, ``@handles`` and ``#hashtags``.
        workspace: Whose competitor.
        by: Who says so.
        now: When.

    Raises:
        BadWatchedTerm: When a form has no letters or is too long, or there are too many.
        TooManyWatchedTerms: When so many are kept already.
    """
    plain = list(dict.fromkeys(_checked(form) for form in forms if form.strip()))
    if len(plain) > MOST_FORMS:
        raise BadWatchedTerm(
            f"can't look for {len(plain)} forms of {name[:40]!r}: {MOST_FORMS} at most"
        )
    return _keep(SafetyCategory.COMPETITOR, name, plain, None, workspace=workspace, by=by, now=now)


def forget(*, kept: WatchedTerm, by: str, now: datetime) -> None:
    """Watch it no more."""
    kept.delete()
    _tell("forgotten", kept, by, now)


def _keep(
    subject: SafetyCategory,
    name: str,
    forms: list[str],
    severity: Severity | None,
    *,
    workspace: Workspace,
    by: str,
    now: datetime,
) -> WatchedTerm:
    plain = _checked(name)
    # Two at once: one waits here for the other.
    WatchScan.objects.bulk_create([WatchScan(workspace=workspace)], ignore_conflicts=True)
    WatchScan.objects.select_for_update(of=("self",)).get()
    found = watching.terms(subject).filter(name_key=watching.key_of(plain)).first()
    if found is not None and (found.forms, found.severity) == (forms, severity):
        return found
    if found is None and watching.terms(subject).count() >= MOST[subject]:
        raise TooManyWatchedTerms(
            f"{MOST[subject]} are watched already: take one out before you add {plain!r}"
        )
    kept = found or WatchedTerm(
        workspace=workspace, subject=subject, name=plain, name_key=watching.key_of(plain)
    )
    kept.forms, kept.severity, kept.added_by, kept.added_at = forms, severity, by, now
    kept.save()
    _tell("changed" if found else "added", kept, by, now)
    return kept


def _checked(form: str) -> str:
    plain = " ".join(form.split())
    if len(plain) > LONGEST or not is_line(plain) or not _WORD.search(plain):
        raise BadWatchedTerm(
            f"can't look for {plain[:40]!r}: write 1 to {LONGEST} plain characters with a letter"
        )
    return plain


def _tell(what: str, kept: WatchedTerm, by: str, now: datetime) -> None:
    workspace = kept.workspace
    WatchScan.objects.update_or_create(workspace=workspace, defaults={"changed_at": now})
    word = "word" if kept.subject == SafetyCategory.OWN_WORDS else "competitor"
    details = {"severity": kept.severity} if kept.severity else {"forms": kept.forms}
    journal.record(
        f"{word}.{what}", workspace=workspace, by=by, now=now, subject=kept.name, details=details
    )
    jobs.defer("vetting.scan_watched", workspace=workspace)
