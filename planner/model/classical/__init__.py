"""The classical location problems on plain arrays, solved exactly: the yardstick for the planner's own model."""

from planner.model.classical._solution import Solution
from planner.model.classical.center import p_center
from planner.model.classical.coverage import cover
from planner.model.classical.covering import set_cover
from planner.model.classical.location import facility_location
from planner.model.classical.median import capacitated_p_median, p_median

__all__ = ["Solution", "capacitated_p_median", "cover", "facility_location", "p_center", "p_median", "set_cover"]
