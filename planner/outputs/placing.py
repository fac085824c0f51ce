"""Put a single file in its place: nobody's own file is replaced, and a failed write leaves what was there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from planner.catalogue.load import Language
from planner.catalogue.messages import message
from planner.errors import ExitCode, PlannerError, Record


def refuse(rule: str, path: Path, language: Language, **fields: object) -> PlannerError:
    """Return the error that says why a file is not written; `rule` names its text in `messages.toml`."""
    text = message(rule, language, path=path, **fields)
    name = rule.replace("_", "-")
    record = Record(table="run", rule=name, severity="error", file=str(path), message=text.text, fix=text.fix)
    return PlannerError([record], ExitCode.WRONG_COMMAND)


def put(path: Path, write: Callable[[Path], object], language: Language) -> None:
    """Write a file beside its place and then put it there in one step.

    Parameters
    ----------
    write : writes the file whose path it is given.

    Raises
    ------
    PlannerError : it cannot be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent, ignore_cleanup_errors=True) as folder:
            new = Path(folder) / path.name
            write(new)
            new.replace(path)
    except OSError as error:
        raise refuse("copy_not_written", path, language, reason=error.strerror) from error
