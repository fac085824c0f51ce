"""Distances between two layers of places, for the classical problems of `planner.model`."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist


def distances(customers: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return the straight-line distances between customers and sites.

    Parameters
    ----------
    customers, sites : points (of other shapes their centroids) in one projected CRS, for example VN-2000 / UTM.

    Returns
    -------
    (I, J) in km; NaN is refused, since a place that is not known has no distance.

    Raises
    ------
    ValueError : a CRS is missing, geographic (degrees are no distances) or not the same, or a place is missing.
    """
    for name, layer in (("customers", customers), ("sites", sites)):
        if layer.crs is None:
            raise ValueError(f"{name} has no CRS; set the one that its coordinates are in: {name}.set_crs(…)")
        if not layer.crs.is_projected:
            utm = layer.estimate_utm_crs() if len(layer) else "a projected CRS"
            raise ValueError(
                f"{name} is in longitude and latitude ({layer.crs.to_string()}): degrees are no distances; "
                f"use {name}.to_crs({str(utm)!r})"
            )
        missing = np.flatnonzero(layer.geometry.isna() | layer.geometry.is_empty)
        if len(missing):
            raise ValueError(f"{name} has no place in row {missing[0]} ({len(missing)} in all); leave such rows out")
    if customers.crs != sites.crs:
        raise ValueError(
            f"customers and sites are in different CRS ({customers.crs.to_string()}, {sites.crs.to_string()}); "
            "use sites.to_crs(customers.crs)"
        )
    metres = customers.crs.axis_info[0].unit_conversion_factor
    here, there = (layer.geometry.centroid.get_coordinates().to_numpy() for layer in (customers, sites))
    return np.asarray(cdist(here, there) * metres / 1000.0)
