"""Results kept between runs, named by the content of everything they depend on."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

VARIABLE = "PLANNER_CACHE"
"""Environment variable that names another folder; empty, nothing is kept."""
MOST_FILES, MOST_BYTES = 400, 1_000_000_000
_VERSION = "1"  # of the arrays kept: a change of what is computed needs a new one
_KEY = "key"

Arrays = Mapping[str, NDArray[np.generic]]


def cache_folder() -> Path | None:
    """Return the folder of kept results: that of `PLANNER_CACHE`, else the user's usual folder for such files."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    try:
        home = Path.home()
    except RuntimeError:  # nobody is at home, as in some containers
        return None
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "reallocation-planner"


def digest(*parts: object) -> str:
    """Return the SHA-256 of arrays (type, shape and bytes) and of the text of everything else."""
    total = hashlib.sha256(_VERSION.encode())
    for part in parts:
        if isinstance(part, np.ndarray):
            total.update(f"|{part.dtype.str}{part.shape}|".encode())
            total.update(np.ascontiguousarray(part).tobytes())
        else:
            total.update(f"|{part!r}|".encode())
    return total.hexdigest()


def remembered(key: str, compute: Callable[[], Arrays]) -> Arrays:
    """Return the arrays kept under a key, or compute and keep them; where nothing can be kept they are computed."""
    folder = cache_folder()
    if folder is None:
        return compute()
    path = folder / f"{key}.npz"
    found = _read(path, key)
    if found is None:
        found = compute()
        with contextlib.suppress(OSError):
            _write(path, found, key)
            _prune(folder, path)
    return found


def _read(path: Path, key: str) -> Arrays | None:
    """Return what a file holds, or None where it is missing, damaged or somebody else's."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
    if str(arrays.pop(_KEY, "")) != key:
        return None
    with contextlib.suppress(OSError):
        path.touch()  # the newest are those last used
    return arrays


def _write(path: Path, arrays: Arrays, key: str) -> None:
    """Write a file at once: another run sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **{_KEY: np.array(key)}, **arrays)  # type: ignore[arg-type]
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _prune(folder: Path, newest: Path) -> None:
    """Remove the files that were not used for longest, beyond a number and a size."""
    status = [(path.stat(), path) for path in folder.glob("*.npz") if path != newest]
    left, room = MOST_FILES - 1, MOST_BYTES - newest.stat().st_size
    for found, path in sorted(status, key=lambda item: (-item[0].st_mtime_ns, item[1].name)):
        left, room = left - 1, room - found.st_size
        if left < 0 or room < 0:
            path.unlink(missing_ok=True)
