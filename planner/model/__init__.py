"""The optimisation model: arrays in, PuLP in between, arrays out. No geography, no files, no language."""

from planner.model.classical import (
    Solution,
    capacitated_p_median,
    cover,
    facility_location,
    p_center,
    p_median,
    set_cover,
)

__all__ = ["Solution", "capacitated_p_median", "cover", "facility_location", "p_center", "p_median", "set_cover"]
