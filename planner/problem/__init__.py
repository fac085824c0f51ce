"""From validated tables to sets and arrays: what the law and the land allow, what is needed, what it costs."""

from planner.problem.assemble import Case, make_case

__all__ = ["Case", "make_case"]
