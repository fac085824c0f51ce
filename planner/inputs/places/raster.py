"""A raster of people (GeoTIFF, persons per cell), cut by commune with partly covered cells counted in part."""

from __future__ import annotations

import warnings
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from planner.catalogue.numbers import plain_digits
from planner.inputs.files.opening import check_is_there
from planner.inputs.files.scans import UnreadableError
from planner.inputs.findings import Findings
from planner.inputs.origin import Origin
from planner.inputs.positions.crs import from_wgs84, lon_lat

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from planner.catalogue.load import Language
    from planner.errors import Record

MOST_APART = 0.2
"""Part by which the raster may differ from a commune's population: rasters are modelled, and for other years."""

LEAST_COVERED = 0.99
"""Part of a commune's area that the raster must cover for its people to be known; coasts are drawn apart."""


@dataclass(frozen=True)
class Cells:
    """The populated cells of a raster, each as far as it lies in a commune.

    Attributes
    ----------
    commune : (n,) number of the commune, rising.
    lon, lat : (n,) middle of the cell, EPSG:4326; of a cell on the boundary it may lie outside the commune.
    people : (n,) persons, above 0.
    told : (C,) whether the raster says anything about a commune.
    file : name of the raster's file.
    """

    commune: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    people: NDArray[np.float64]
    told: NDArray[np.bool_]
    file: str


@dataclass(frozen=True)
class _Cut:
    """Every cell with a value, as far as it lies in a commune; x, y in the raster's CRS, share: part that lies there.

    missing : (C,) cells without a value, in whole cells. covered : (C,) part of the area that the raster covers.
    """

    commune: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    value: NDArray[np.float64]
    share: NDArray[np.float64]
    missing: NDArray[np.float64]
    covered: NDArray[np.float64]
    crs: str


def cut_raster(path: Path, communes: gpd.GeoDataFrame, language: Language) -> tuple[Cells | None, list[Record]]:
    """Return the people of each commune by cell, and what is doubtful about the raster.

    A cell that lies in several communes gives each the persons of its part. Cells without a value and impossible
    values count nobody, and both are told.

    Parameters
    ----------
    path : a GeoTIFF with persons per cell in its first band, in any CRS, north up.
    communes : the communes table; polygons in EPSG:4326.
    language : of the records.

    Returns
    -------
    The cells, or None with an error where the file, its CRS or the libraries of the extra `raster` are missing.
    """
    place = Origin("population", path.name, "", language)
    try:
        check_is_there(path)
        cut, records = _read(path, communes, place)
    except UnreadableError as error:
        return None, [place.record(error.rule, "error", path=path, reason=error.reason)]
    possible = np.isfinite(cut.value) & (cut.value >= 0)
    people = np.where(possible, cut.value * cut.share, 0.0)
    sums = np.bincount(cut.commune, people, len(communes)).astype(float)  # whole where nothing is counted
    records += _doubts(cut, possible, place) + _differences(cut, sums, communes, language)
    kept = people > 0
    lon, lat = lon_lat(cut.crs, cut.x[kept], cut.y[kept])
    told = np.bincount(cut.commune[possible], minlength=len(communes)) > 0
    return Cells(cut.commune[kept], lon, lat, people[kept], told, path.name), records


def _read(path: Path, communes: gpd.GeoDataFrame, place: Origin) -> tuple[_Cut, list[Record]]:
    """Return what a raster says of the communes, with remarks.

    Raises
    ------
    UnreadableError : the libraries of the extra `raster` are missing, or the file is no raster that can be laid over
        the communes.
    """
    try:
        import exactextract  # noqa: F401  asked for here, so that one message serves both
        import rasterio
    except ImportError as error:
        raise UnreadableError("raster-library-missing", error.name) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)  # an error of ours
            raster = rasterio.open(path, driver="GTiff")
        with closing(raster):
            _check_usable(raster)
            cut, records = _cut(raster, communes), _remarks(raster, place)
    except rasterio.errors.RasterioError as error:
        raise UnreadableError("raster-unreadable", error) from error
    if not cut.covered.any():
        raise UnreadableError("raster-elsewhere")
    return cut, records


def _check_usable(raster: Any) -> None:  # noqa: ANN401  a rasterio dataset
    if raster.crs is None or not (raster.crs.is_geographic or raster.crs.is_projected):
        raise UnreadableError("raster-without-crs")
    if raster.transform.b or raster.transform.d or raster.transform.e > 0:
        raise UnreadableError("raster-rotated")
    if raster.dtypes[0].startswith("complex"):
        raise UnreadableError("raster-unreadable", raster.dtypes[0])


def _remarks(raster: Any, place: Origin) -> list[Record]:  # noqa: ANN401  a rasterio dataset
    records = []
    if raster.crs.to_epsg() != 4326:  # noqa: PLR2004  the code of WGS 84
        name = raster.crs.to_string().partition(",")[0]
        records.append(place.record("raster-other-crs", "info", value=name[:60]))
    if raster.count > 1:
        records.append(place.record("raster-bands", "warning", value=raster.count))
    return records


def _cut(raster: Any, communes: gpd.GeoDataFrame) -> _Cut:  # noqa: ANN401  a rasterio dataset
    from exactextract import exact_extract
    from exactextract.raster import RasterioRasterSource

    crs = raster.crs.to_wkt()
    drawn = np.nonzero(communes.geometry.notna() & ~communes.geometry.is_empty)[0]
    shapes = from_wgs84(communes.geometry.iloc[drawn], crs)
    layer = gpd.GeoDataFrame({"number": drawn}, geometry=shapes.to_numpy(), crs=crs)
    found = exact_extract(
        RasterioRasterSource(raster, 1), layer, ["values", "coverage", "center_x", "center_y"], output="pandas"
    )
    parts = {key: list(map(np.asarray, found[key])) for key in ("values", "coverage", "center_x", "center_y")}
    x, y, value, share = (
        np.concatenate(parts[key]).astype(float) for key in ("center_x", "center_y", "values", "coverage")
    )
    inside = shapely.area(shapely.intersection(layer.geometry.to_numpy(), shapely.box(*raster.bounds)))
    cells, covered = np.zeros(len(communes)), np.zeros(len(communes))
    cells[drawn] = inside / abs(raster.transform.a * raster.transform.e)
    covered[drawn] = inside / shapely.area(layer.geometry.to_numpy())
    commune = np.repeat(drawn, [len(part) for part in parts["values"]])
    missing = np.maximum(cells - np.bincount(commune, share, len(communes)), 0.0)
    return _Cut(commune, x, y, value, share, missing, covered, crs)


def _doubts(cut: _Cut, possible: NDArray[np.bool_], place: Origin) -> list[Record]:
    """Return what is not known of some cells: those without a value, and those whose value no number of people is."""
    records = []
    empty = round(float(cut.missing.sum()))
    if empty:
        share = cut.missing.sum() / (cut.missing.sum() + cut.share.sum())
        records.append(place.record("raster-nodata", "info", value=empty, share=f"{share:.0%}"))
    wrong = cut.value[~possible]
    if len(wrong):
        worst = plain_digits(float(wrong.min())) if np.isfinite(wrong.min()) else str(wrong.min())
        records.append(place.record("raster-impossible-value", "warning", value=worst, count=len(wrong)))
    return records


def _differences(cut: _Cut, sums: NDArray[np.float64], communes: gpd.GeoDataFrame, language: Language) -> list[Record]:
    """Return the communes that the raster covers in part only, or whose people it counts quite otherwise."""
    about = Findings("communes", communes, language)
    population = communes["population"].to_numpy(float, na_value=np.nan)
    records = []
    for index, (given, total, covered) in enumerate(zip(population, sums, cut.covered, strict=True)):
        if covered < LEAST_COVERED:
            records.append(about.cell(index, "name", "raster-covers-part", "warning", share=f"{covered:.0%}"))
        elif given > 0 and abs(total - given) > MOST_APART * given:
            apart = f"{(total - given) / given:+.0%}"
            rule = "raster-population-differs"
            records.append(about.cell(index, "population", rule, "warning", total=f"{total:.0f}", apart=apart))
    return records
