"""The plan as one page with a map: folium and Leaflet, everything inside the file, nothing fetched."""

from planner.outputs.map.page import make_map, write_map

__all__ = ["make_map", "write_map"]
