"""The tables of the studies."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Studies:
    """What was studied beside the plan; a table without rows where the scenario did not ask."""
