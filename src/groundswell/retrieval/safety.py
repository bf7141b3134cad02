"""How the index writes down what posts speak of: which subjects were scanned, and what was found.

``scanned`` stands for the subjects of the general lexicon, whose languages are few; ``read`` for
what a workspace itself watches, in any language; ``alcohol.medium`` for what was found. A subject
that was scanned and of which nothing was found is clear; any other is not known.
"""

from collections.abc import Iterator

from groundswell.terms.safety import GENERAL, SafetyCategory, Severity

SCANNED, READ = "scanned", "read"


def scanned(subject: SafetyCategory) -> str:
    """What is written of an account whose posts were scanned for a subject."""
    return SCANNED if subject in GENERAL else READ


def level(subject: SafetyCategory, severity: Severity) -> str:
    """What is written of an account whose posts speak of a subject, so strongly at most."""
    return f"{subject}.{severity.name.lower()}"


def found(written: str) -> Iterator[tuple[SafetyCategory, Severity]]:
    """The subject and severity that were written; none where it says only what was scanned."""
    subject, _, severity = written.partition(".")
    if severity:
        yield SafetyCategory(subject), Severity[severity.upper()]
