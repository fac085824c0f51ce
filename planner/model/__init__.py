"""The optimisation model: arrays in, PuLP in between, arrays out. No geography, no files, no language."""

from planner.model.classical import Solution, cover, facility_location, p_center, p_median

__all__ = ["Solution", "cover", "facility_location", "p_center", "p_median"]
