"""Fixtures that every folder of tests shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tiny import write_tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return the scenario file of a tiny province, written afresh."""
    return write_tiny(tmp_path / "tiny")
