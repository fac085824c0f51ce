"""Coordinates of any kind into points in WGS 84."""
