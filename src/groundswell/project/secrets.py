"""Secrets of the environment, as values or as files that hold them."""

from collections.abc import Mapping
from pathlib import Path

from groundswell.terms.errors import Refusal


class SecretUnreadable(Refusal):
    """A file that should hold a secret can't be read."""

    code = "secret_unreadable"


def secret(environ: Mapping[str, str], name: str) -> str | None:
    """The variable ``name``, or the text of the file that ``name_FILE`` points to.

    Raises:
        SecretUnreadable: When there is such a file's name, and no such file for us.
    """
    file = environ.get(f"{name}_FILE")
    if name in environ or not file:
        return environ.get(name)
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretUnreadable(
            f"{name}_FILE points to {file}, which can't be read ({error}): let the user that runs "
            f"Groundswell read it, or set {name} instead"
        ) from error
