"""Decide new uses of surplus public buildings and land after the mergers in Viet Nam.

`Scenario.load(path)` says what is asked, `scenario.read()` reads and checks the tables and `scenario.solve(inputs)`
returns the `Plan`; `compare(plan_a, plan_b)` tells what differs between two.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.plan.compare import compare
    from planner.plan.result import Plan
    from planner.scenario import Scenario

__version__ = "0.1.0"
__all__ = ["Plan", "Scenario", "__version__", "compare"]

_HOMES = {"Plan": "planner.plan.result", "compare": "planner.plan.compare", "Scenario": "planner.scenario"}


def __getattr__(name: str) -> Any:  # noqa: ANN401  a class of the package
    """Import the public classes when they are first asked for: `import planner` and `planner --help` stay light."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
