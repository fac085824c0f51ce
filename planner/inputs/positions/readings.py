"""Choose for coordinates that can mean several places the reading that puts the point into its declared commune."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner.catalogue.load import Language, read_data
from planner.errors import Record
from planner.inputs.findings import Findings
from planner.inputs.places.resolve import Communes, in_viet_nam
from planner.inputs.positions.candidates import (
    Candidate,
    Reading,
    find_candidates,
    located,
    make_pairs,
    unusual_readings,
    usual_readings,
)
from planner.inputs.positions.crs import known_crs
from planner.inputs.positions.evidence import (
    SYSTEM_APART_M,
    Evidence,
    Verdict,
    decide,
    distinct_places,
    in_commune,
    metres_apart,
    prescribed_systems,
)
from planner.inputs.positions.precision import judge_precision
from planner.inputs.tables import WGS84, header, text_of

LEAST_DISPROVED = 0.01
"""Share of a list's rows with a wrong system from which on its other rows are doubted where their commune allows it."""

_SUPERSEDED = frozenset({"position-elsewhere", "position-outside", "commune-unresolved", "commune-ambiguous"})

_LESS_SURE = {"surveyed": 1, "address": 2, "commune": 3}

Sheet = tuple[str, str]


def resolve_positions(
    facilities: gpd.GeoDataFrame,
    communes: gpd.GeoDataFrame,
    language: Language,
    given: pd.Series[str] | None = None,
) -> tuple[gpd.GeoDataFrame, list[Record]]:
    """Find the position of the rows whose coordinates were not sure or lie away from their commune.

    Every reading (see `candidates`) is tried: the only one that lies in the declared commune is used; of several the
    one that the row names, else the official meridian of the former province, else what the other rows of the sheet
    proved. Each such row has a warning that names the reading. Where nothing decides, the position stays unknown.

    Parameters
    ----------
    facilities : the table after `place_facilities`, with `lon`, `lat`, `x`, `y`, `crs` as the file has them.
    communes : the communes table; polygons in EPSG:4326, or none.
    language : of the records.
    given : `position_quality` as the files have it; a position found is never surer.

    Returns
    -------
    The table, in which `lon` and `lat` are those of the geometry, and records: `position-read-as`,
    `position-doubtful`, `position-unreadable`, `meridian-doubtful`, `crs-missing`,
    `coordinates-contradict` (an error), and those of `judge_precision`. Rows without commune whose degrees lie
    outside Viet Nam keep them for the checks.
    """
    known = Communes(communes)
    asked = _asked(facilities, known)
    table, records = facilities, []
    if len(asked):
        lists = _lists(facilities)
        verdicts = _verdicts(facilities, asked, known, lists)
        table = _applied(facilities, verdicts, known, [] if given is None else given.fillna("").tolist())
        sure = in_viet_nam(facilities.geometry.x, facilities.geometry.y).to_numpy()
        told = _Told(Findings("facilities", facilities, language), known, sure)
        records = [record for verdict in verdicts for record in told.of(verdict)]
        table, doubted = _doubted(table, set(asked.tolist()), known, lists, told)
        records += doubted
    table, found = judge_precision(_with_own_degrees(table), known, language)
    return table, records + found


def settled(records: Iterable[Record], found: Collection[Record]) -> list[Record]:
    """Return records of `place_facilities` without those that a reading found later has settled.

    Parameters
    ----------
    records : what was said of the communes and positions before. found : the records of `resolve_positions`.
    """
    read = {(record.file, record.sheet, record.row) for record in found if record.rule == "position-read-as"}
    return [
        record
        for record in records
        if record.rule not in _SUPERSEDED or (record.file, record.sheet, record.row) not in read
    ]


def _asked(table: gpd.GeoDataFrame, known: Communes) -> NDArray[np.int64]:
    """Return the rows with coordinates whose position is not sure, or away from the commune."""
    given = (table["lon"].notna() & table["lat"].notna()) | (table["x"].notna() & table["y"].notna())
    sure = in_viet_nam(table.geometry.x, table.geometry.y)
    distrusted = given & (table["position_quality"].fillna("unknown") == "unknown") & sure
    away = pd.Series(data=False, index=table.index)
    away[distrusted] = known.away(table.geometry[distrusted], table["commune_code"][distrusted])
    return np.flatnonzero((given & ~sure) | away)


def _sheets(table: pd.DataFrame) -> list[Sheet]:
    return list(zip(text_of(table, "file"), text_of(table, "sheet"), strict=True))


def _lists(table: gpd.GeoDataFrame) -> dict[Sheet, Evidence]:
    """Return what the rows whose position was sure from the start prove, by sheet."""
    lists: dict[Sheet, Evidence] = defaultdict(Evidence)
    metres = table["x"].notna() & table["y"].notna()
    sure = table["position_quality"].fillna("unknown") != "unknown"
    trusted = sure & table["commune_code"].notna() & table.geometry.notna()
    texts = table["crs"].fillna("").where(metres, WGS84)
    for (sheet, text, is_trusted), count in Counter(zip(_sheets(table), texts, trusted, strict=True)).items():
        crs = known_crs(text)
        if crs is not None and is_trusted:
            lists[sheet].proved[Reading(crs)] += count
        if crs is not None and text != WGS84:
            lists[sheet].declared += count
    return lists


def _verdicts(
    table: gpd.GeoDataFrame, asked: NDArray[np.int64], known: Communes, lists: dict[Sheet, Evidence]
) -> list[Verdict]:
    """Decide on rows with a commune first: what they prove of a sheet helps those that nothing else decides."""
    placed = table["commune_code"].notna().to_numpy()[asked]
    pairs = make_pairs(table, asked[placed])
    found = _by_row(find_candidates(pairs, usual_readings(), known))
    rest = np.array([not any(in_commune(found.get(int(row), ()))) for row in pairs.rows], dtype=bool)
    for row, more in _by_row(find_candidates(pairs.where(rest), unusual_readings(), known)).items():
        found[row] = [*found.get(row, ()), *more]
    sheets, texts = _sheets(table), table["crs"].fillna("").tolist()
    for row, candidates in found.items():
        if len(only := distinct_places(candidates)) == 1:
            lists[sheets[row]].proved[only[0].reading] += 1
    verdicts = []
    codes, provinces = table["commune_code"].tolist(), table["old_province"].fillna("").tolist()
    for row in asked[placed].tolist():
        prescribed = prescribed_systems(codes[row], provinces[row])
        verdict = decide(row, found.get(row, []), texts[row], prescribed, lists[sheets[row]].usual)
        verdicts.append(verdict)
        own = known_crs(texts[row])
        if verdict.chosen and verdict.chosen.column == "x" and own not in {None, verdict.chosen.reading.crs}:
            lists[sheets[row]].disproved[verdict.chosen.reading.crs] += 1
    return verdicts + _by_list(table, asked[~placed], known, lists)


def _by_row(candidates: Iterable[Candidate]) -> dict[int, list[Candidate]]:
    rows: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        rows[candidate.row].append(candidate)
    return rows


def _by_list(
    table: gpd.GeoDataFrame, rows: NDArray[np.int64], known: Communes, lists: dict[Sheet, Evidence]
) -> list[Verdict]:
    """Read rows without a commune as the other rows of their sheet are read; the position then tells the commune."""
    sheets = _sheets(table)
    pairs = make_pairs(table, rows)
    found: dict[int, Verdict] = {}
    for reading in {usual for sheet in {sheets[row] for row in rows} if (usual := lists[sheet].usual)}:
        same = pairs.where(np.array([lists[sheets[row]].usual == reading for row in pairs.rows], bool))
        places = np.column_stack(located(reading, same))
        codes = known.at(gpd.GeoSeries(gpd.points_from_xy(*places.T), crs=WGS84))
        for row, column, (lon, lat), code in zip(same.rows.tolist(), same.columns, places, codes, strict=True):
            if not pd.isna(code):
                place = Candidate(row, str(column), reading, float(lon), float(lat), 0.0, plain=False)
                found.setdefault(row, Verdict(row, place, "sheet"))
    return [found.get(row, Verdict(row)) for row in rows.tolist()]


def _applied(
    table: gpd.GeoDataFrame, verdicts: Iterable[Verdict], known: Communes, given: Sequence[str]
) -> gpd.GeoDataFrame:
    """Return the table with the places chosen; a commune that was unknown is the one at the place."""
    points, quality = table.geometry.to_numpy().copy(), table["position_quality"].fillna("unknown").to_numpy().copy()
    codes = table["commune_code"].copy()
    points[~in_viet_nam(table.geometry.x, table.geometry.y).to_numpy()] = None
    for verdict in verdicts:
        if verdict.chosen is None:
            quality[verdict.row] = "unknown"
            continue
        points[verdict.row] = shapely.Point(verdict.chosen.lon, verdict.chosen.lat)
        found = "surveyed" if verdict.because in {"commune", "declared"} else "address"
        quality[verdict.row] = max(found, given[verdict.row] if given else "", key=lambda key: _LESS_SURE.get(key, 0))
    geometry = gpd.GeoSeries(points, index=table.index, crs=WGS84)
    open_ = codes.isna() & geometry.notna()
    codes[open_] = known.at(geometry[open_])
    names = table["commune_name"].where(~open_, codes.map(known.names).astype("string"))
    values = {"commune_code": codes, "commune_name": names, "position_quality": pd.array(quality, dtype="string")}
    applied = table.assign(**values).set_geometry(geometry)
    applied.attrs = dict(table.attrs)
    return applied


def _with_own_degrees(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the table with `lon` and `lat` of its geometry; rows without commune keep what cannot be read."""
    kept = table.geometry.isna() & table["commune_code"].isna() & table["lon"].notna() & table["lat"].notna()
    degrees = {
        "lon": table["lon"].where(kept, table.geometry.x.astype("Float64")),
        "lat": table["lat"].where(kept, table.geometry.y.astype("Float64")),
    }
    own = table.assign(**degrees)
    own.attrs = dict(table.attrs)
    return own


@dataclass(frozen=True)
class _Told:
    """Says how rows were read, in the language of the findings."""

    about: Findings
    known: Communes
    sure: NDArray[np.bool_]

    def of(self, verdict: Verdict) -> list[Record]:
        """Return what there is to say of one row."""
        if verdict.chosen is not None:
            return [self._read(verdict, verdict.chosen)]
        row, code = verdict.row, self.about.text(verdict.row, "commune_code")
        column = "lon" if self._has(row, "lon") and self._has(row, "lat") else "x"
        cell, text = self._cell(row, column), self.text(row, column)
        if not code:
            return self._without_commune(row, column, text)
        commune = self.known.label(code)
        if verdict.others:
            candidates = self.labels(verdict.others)
            fields = {"text": text, "commune": commune, "candidates": candidates}
            return [self.about.cell(row, cell, "position-doubtful", "warning", **fields)]
        if self.sure[row]:
            return []  # the position is known to be elsewhere
        return [self.about.cell(row, cell, "position-unreadable", "warning", text=text, commune=commune)]

    def labels(self, candidates: Iterable[Candidate]) -> str:
        """Return the readings of candidates as one text."""
        return "; ".join(dict.fromkeys(candidate.reading.label(self.about.language) for candidate in candidates))

    def text(self, row: int, column: str) -> str:
        """Return a row's coordinates as the file has them."""
        if self._has(row, "coordinates"):
            return self.about.text(row, "coordinates")
        pair = ("lon", "lat") if column == "lon" else ("x", "y")
        return ", ".join(f"{header(self.about.rows, key)} {self.about.text(row, key)}" for key in pair)

    def doubted(self, row: int, candidates: Iterable[Candidate]) -> Record:
        """Return that a row's own system may be wrong as it is in other rows of its list."""
        commune = self.known.label(self.about.text(row, "commune_code"))
        fields = {"text": self.text(row, "x"), "commune": commune, "candidates": self.labels(candidates)}
        return self.about.cell(row, self._cell(row, "x"), "meridian-doubtful", "warning", **fields)

    def _read(self, verdict: Verdict, chosen: Candidate) -> Record:
        row, language = verdict.row, self.about.language
        cell = self._cell(row, chosen.column)
        because = read_data("meridians")["because"]
        code = self.about.text(row, "commune_code")
        why = because[verdict.because][language].format(commune=self.known.label(code) if code else "")
        if verdict.others:
            why += because["others"][language].format(others=self.labels(verdict.others))
        fields = {"text": self.text(row, chosen.column), "reading": chosen.reading.label(language), "why": why}
        return self.about.cell(row, cell, "position-read-as", "warning", **fields)

    def _without_commune(self, row: int, column: str, text: str) -> list[Record]:
        if column == "lon":
            return []  # the checks report degrees outside Viet Nam
        if known_crs(self.about.text(row, "crs")) is None:
            return [self.about.cell(row, self._cell(row, "x"), "crs-missing", "warning")]
        return [self.about.cell(row, self._cell(row, "x"), "coordinates-contradict", "error", place=text)]

    def _cell(self, row: int, column: str) -> str:
        return "coordinates" if self._has(row, "coordinates") else column

    def _has(self, row: int, column: str) -> bool:
        return bool(self.about.text(row, column))


def _doubted(
    table: gpd.GeoDataFrame, asked: set[int], known: Communes, lists: dict[Sheet, Evidence], told: _Told
) -> tuple[gpd.GeoDataFrame, list[Record]]:
    """Doubt rows of lists in which other rows name a wrong system, where their commune allows the same error."""
    wrong = {
        sheet: found.disproved
        for sheet, found in lists.items()
        if found.disproved.total() > LEAST_DISPROVED * found.declared
    }
    rows = [
        row
        for row, (sheet, code) in enumerate(zip(_sheets(table), table["commune_code"].notna(), strict=True))
        if code and sheet in wrong and row not in asked
    ]
    pairs = make_pairs(table, np.array(rows, dtype=np.int64))
    pairs = pairs.where((pairs.columns == "x") & (pairs.declared != ""))
    readings = [Reading(crs) for crs in sorted({crs for found in wrong.values() for crs in found})]
    doubted: dict[int, list[Candidate]] = {}
    for row, candidates in _by_row(find_candidates(pairs, readings, known)).items():
        own = next((candidate for candidate in candidates if candidate.plain), None)
        far = [other for other in candidates if own is not None and metres_apart(own, other) > SYSTEM_APART_M]
        if far:
            doubted[row] = far
    quality = table["position_quality"].copy()
    quality.iloc[list(doubted)] = "commune"
    changed = table.assign(position_quality=quality)
    changed.attrs = dict(table.attrs)
    return changed, [told.doubted(row, candidates) for row, candidates in sorted(doubted.items())]
