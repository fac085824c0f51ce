"""A run's folder: written beside its place, then put there in one step; nobody's own work is ever lost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from planner.catalogue.messages import message
from planner.errors import ExitCode, PlannerError, Record
from planner.outputs import dossiers, explanations, geopackage, tables, workbook
from planner.outputs import map as web_map
from planner.progress import Stopwatch

if TYPE_CHECKING:
    from planner.catalogue.load import Language
    from planner.plan.result import Plan

Writer = Callable[["Plan", Path], object]

_REFUSED = ExitCode.WRONG_COMMAND
PLAN = "plan.json"
MAP = "map.html"
WORKBOOK = "allocation.xlsx"
EXPLANATIONS = "explanations.json"
WRITERS: dict[str, Writer] = {
    "allocation.csv": tables.write_allocation_csv,
    WORKBOOK: workbook.write_workbook,
    "dossiers.xlsx": dossiers.write_dossiers,
    "plan.gpkg": geopackage.write_geopackage,
    MAP: web_map.write_map,
    EXPLANATIONS: explanations.write_explanations,
    "checks.csv": lambda plan, path: tables.write_checks_csv(tables.visible(plan).checks, path),
}


def save_run(plan: Plan, out: str | Path, *, clock: Stopwatch | None = None, force: bool = False) -> Path:
    """Write all outputs of a plan into a folder.

    Parameters
    ----------
    out : the folder; an earlier run there is replaced if none of its files was changed since.
    clock : the run's stopwatch, for `seconds` in plan.json.
    force : put the run there even where other files are; the old folder is then kept beside it, see `where_kept`.

    Returns
    -------
    The folder.

    Raises
    ------
    PlannerError : the folder holds files that are not an unchanged run's, or cannot be written.
    """
    clock = clock or Stopwatch()
    out = Path(out).resolve()
    language = plan.scenario.language
    if not force:
        refuse_to_overwrite(out, language)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent, ignore_cleanup_errors=True) as temporary:
            new = Path(temporary) / "new"
            _write(plan, new, clock)
            _put_in_place(new, out, where_kept(out) or Path(temporary) / "old")
    except OSError as error:
        place = str(error.filename or out)
        raise PlannerError([_record("folder_not_written", place, language, reason=error.strerror)], _REFUSED) from error
    return out


def refuse_to_overwrite(out: Path, language: Language) -> None:
    """Raise a PlannerError that names the file because of which a folder is not replaced, if there is one."""
    own = _work_in(out)
    if own is not None:
        raise PlannerError([_record("folder_has_own_work", str(own), language)], _REFUSED)


def where_kept(out: Path) -> Path | None:
    """Return where a forced run keeps the folder that is there now, or None where nobody worked in it."""
    if _work_in(out) is None:
        return None
    names = (out.with_name(f"{out.name}.old{number}") for number in ("", *range(2, 1000)))
    return next(name for name in names if not name.exists())


def _write(plan: Plan, folder: Path, clock: Stopwatch) -> None:
    """Write every file and, last, plan.json with their hashes."""
    folder.mkdir()
    with clock.lap("write"):
        for name, write in WRITERS.items():
            write(plan, folder / name)
        hashes = {name: _sha256(folder / name) for name in WRITERS}
    summary = plan.summary | {"files": hashes, "seconds": clock.seconds()}
    text = json.dumps(summary, ensure_ascii=False, indent=2, allow_nan=False)
    (folder / PLAN).write_text(text + "\n", encoding="utf-8", newline="\n")


def _put_in_place(new: Path, out: Path, old: Path) -> None:
    """Swap the new folder in and the old one out; where that fails, the old one is back."""
    if out.exists():
        out.rename(old)
    try:
        new.rename(out)
    except OSError:
        with suppress(OSError):
            old.rename(out)
        raise


def changed_files(folder: Path) -> list[str]:
    """Return the files of a run that are gone or were changed since."""
    hashes = _recorded_hashes(folder / PLAN)
    return [name for name, known in hashes.items() if not (folder / name).is_file() or _sha256(folder / name) != known]


def _work_in(out: Path) -> Path | None:
    """Return a file in the folder that no run wrote or that was changed since, or None where there is none."""
    if not out.is_dir():
        return out if out.exists() else None
    hashes = _recorded_hashes(out / PLAN)
    for path in sorted(out.iterdir()):
        if path.name == PLAN and hashes:
            continue
        if not path.is_file() or hashes.get(path.name) != _sha256(path):
            return path
    return None


def _recorded_hashes(path: Path) -> dict[str, str]:
    """Return the hashes in a run's plan.json; nothing where it is no such file."""
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
        return dict(summary["files"]) if "schema" in summary else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _record(rule: str, path: str, language: Language, **fields: object) -> Record:
    text = message(rule, language, path=path, **fields)
    name = rule.replace("_", "-")
    return Record(table="run", rule=name, severity="error", file=path, message=text.text, fix=text.fix)
