"""Results of travel are kept in a folder of the test."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.geography.cache import VARIABLE


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "kept"
    monkeypatch.setenv(VARIABLE, str(folder))
    return folder
