"""Fixtures that every folder of tests shares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.solve import weighted
from planner.solve.result import SolveResult


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return the scenario file of a tiny province, written afresh."""
    # Imported here: the tests of model and solver run without the geographic libraries.
    from tests.tiny import write_tiny

    return write_tiny(tmp_path / "tiny")


@pytest.fixture
def no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock end before the weighted solve finds a plan.

    A stand-in: however short the real clock, HiGHS at times meets a plan before it looks at it.
    """

    def ended(*_: Any, **__: Any) -> SolveResult:
        return SolveResult(
            status="no_plan",
            objective=None,
            bound=None,
            seconds=0.0,
            clock_ended=True,
            solver="HiGHS",
            version=None,
            values={},
        )

    monkeypatch.setattr(weighted, "solve", ended)
