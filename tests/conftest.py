"""Fixtures that every folder of tests shares."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return the scenario file of a tiny province, written afresh."""
    # Imported here: the tests of model and solver run without the geographic libraries.
    from tests.tiny import write_tiny

    return write_tiny(tmp_path / "tiny")
