"""Four classical location problems on plain arrays, solved exactly: the yardstick for the planner's own model."""

from planner.model.classical._solution import Solution
from planner.model.classical.center import p_center
from planner.model.classical.coverage import cover
from planner.model.classical.location import facility_location
from planner.model.classical.median import p_median

__all__ = ["Solution", "cover", "facility_location", "p_center", "p_median"]
