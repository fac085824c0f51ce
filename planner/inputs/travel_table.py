"""A ready-made table of travel from settlements to facilities and services, as other programs compute it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.catalogue.columns import columns, label
from planner.catalogue.load import read_data
from planner.inputs.cells.convert import convert
from planner.inputs.files.delimited import encoding_records, regularity
from planner.inputs.files.encodings import decode
from planner.inputs.files.kinds import PARQUETS, TEXTS
from planner.inputs.files.scans import UnreadableError
from planner.inputs.lists.headings import Heading, match
from planner.inputs.origin import Origin
from planner.inputs.text import clean, fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from planner.catalogue.load import Language
    from planner.errors import Record

IDS, MEASURES = ("origin", "destination"), ("km", "minutes")
_DELIMITERS = (",", ";", "\t", "|")
_SHOWN = 5


def read_travel(
    paths: Sequence[Path], mapping: Mapping[str, str], known: Mapping[str, Sequence[str]], language: Language
) -> tuple[pd.DataFrame, list[Record]]:
    """Return the pairs of all files and what was found while reading them.

    Parameters
    ----------
    paths : csv or parquet, one row a pair; a heading may end with its unit (m, km, s, phút, giờ).
    mapping : the scenario's own header → column.
    known : ids of the origins (settlements) and of the destinations (facilities and services).

    Returns
    -------
    origin, destination (ids), km, minutes (NaN where the file does not say), one row a pair of known ids.
    """
    parts, records = [], []
    for path in paths:
        place = Origin("travel", path.name, "", language)
        cells, found = _open(path, place)
        records += found
        if cells is not None:
            part, more = _pairs(cells, place, mapping, known)
            parts.append(part)
            records += more
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*IDS, *MEASURES])
    doubled = table.duplicated([*IDS])
    if doubled.any():
        first = table[doubled].iloc[0]
        pair = f"{first['origin']} → {first['destination']}"
        place = Origin("travel", paths[0].name, "", language)
        records.append(place.record("travel-pair-twice", "warning", value=pair, count=int(doubled.sum())))
    once = table[~doubled].drop(columns="row", errors="ignore").reset_index(drop=True)
    once.attrs["headers"] = {key: text for part in reversed(parts) for key, text in part.attrs["headers"].items()}
    return once, records


def _open(path: Path, place: Origin) -> tuple[pd.DataFrame | None, list[Record]]:
    try:
        return _cells(path, place)
    except UnreadableError as error:
        return None, [place.record(error.rule, "error", path=path, reason=error.reason)]
    except (ValueError, OSError) as error:
        return None, [place.record("file-unreadable", "error", path=path, reason=error)]


def _cells(path: Path, place: Origin) -> tuple[pd.DataFrame, list[Record]]:
    """Return the cells as they stand: text of a csv, typed columns of a parquet."""
    suffix = path.suffix.lower()
    if not path.is_file():
        raise UnreadableError("file-missing")
    if suffix in PARQUETS:
        return pd.read_parquet(path), []
    if suffix not in TEXTS:
        raise UnreadableError("unknown-format", ", ".join((*TEXTS, *PARQUETS)))
    decoded = decode(path.read_bytes())
    if decoded is None:
        raise UnreadableError("not-text")
    delimiter = max(_DELIMITERS, key=lambda mark: regularity(decoded.text[:100_000], mark))
    cells = pd.read_csv(io.StringIO(decoded.text), sep=delimiter, dtype=str, keep_default_na=False, na_values=[""])
    return cells, encoding_records(decoded, place)


def _pairs(
    cells: pd.DataFrame, place: Origin, mapping: Mapping[str, str], known: Mapping[str, Sequence[str]]
) -> tuple[pd.DataFrame, list[Record]]:
    at, factor = _headings([clean(str(name)) for name in cells.columns], mapping)
    missing = [key for key in IDS if key not in at]
    if not {*MEASURES} & set(at):
        missing += [*MEASURES]
    if missing:
        names = "; ".join(label("travel", key, place.language) for key in missing)
        nothing = pd.DataFrame(columns=[*IDS, *MEASURES])
        nothing.attrs["headers"] = {}
        return nothing, [place.record("travel-column-missing", "error", names=names)]
    table = pd.DataFrame({key: _ids(cells.iloc[:, at[key]]) for key in IDS})
    records: list[Record] = []
    for key in MEASURES:
        if key in at:
            heading = str(cells.columns[at[key]])
            table[key], found = _numbers(cells.iloc[:, at[key]], key, factor[key], place, heading)
            records += found
        else:
            table[key] = float("nan")
    table["row"] = range(2, len(table) + 2)
    kept, records = _of_this_plan(table, place, known, records)
    headings = {key: clean(str(cells.columns[index])) for key, index in at.items()}
    kept.attrs["headers"] = headings
    understood = "; ".join(f"{text} → {key}" for key, text in headings.items() if text != key)
    return kept, [*([place.record("columns-matched", "info", names=understood)] if understood else []), *records]


def _headings(names: list[str], mapping: Mapping[str, str]) -> tuple[dict[str, int], dict[str, float]]:
    """Return the position of each column known, and the factor of the unit with which its heading ends."""
    at: dict[str, int] = {}
    factor: dict[str, float] = {}
    units = read_data("roads")["units"]
    for index, name in enumerate(names):
        words = fold(name).split()
        bare = " ".join(words[:-1])
        unit = next((unit for unit in MEASURES if len(words) > 1 and words[-1] in units[unit]), None)
        hit = match(Heading(index, name), "travel") or (match(Heading(index, bare), "travel") if unit else None)
        key = mapping.get(name) or (hit.column if hit else None)
        if key in MEASURES and unit is not None and key != unit:
            key = unit  # "distance (minutes)": the unit says what is measured
        if key in columns("travel") and key not in at:
            at[key] = index
            factor[key] = units[key][words[-1]] if unit == key else 1.0
    return at, factor


def _ids(cells: pd.Series) -> pd.Series:
    """Return codes as text: a program may have made numbers of them."""
    if pd.api.types.is_float_dtype(cells):
        cells = cells.astype("Int64")
    return cells.astype("string").str.strip().fillna("")


def _numbers(cells: pd.Series, key: str, factor: float, place: Origin, heading: str) -> tuple[pd.Series, list[Record]]:
    """Return a measure in its unit; a negative one or a text is an error that names the first row."""
    read = pd.to_numeric(cells, errors="coerce").astype(float)
    if (read.isna() & cells.notna()).any():
        values, problems = convert(columns("travel")[key], cells.astype(object).where(cells.notna(), None).tolist())
        read = pd.Series(values, index=cells.index, dtype=float)
    else:
        problems = []
    records = [
        place.record(
            rule,
            "error" if rule == "not-a-number" else "warning",
            row=first + 2,
            column=heading,
            value=cells.iloc[first],
            read_as=read_as,
            count=1,
        )
        for rule, first, read_as in {p.rule: (p.rule, p.position, p.read_as) for p in reversed(problems)}.values()
    ]
    negative = (read < 0).to_numpy()
    if negative.any():
        first = int(negative.argmax())
        cell: dict[str, Any] = {"row": first + 2, "column": heading, "value": cells.iloc[first]}
        records.append(place.record("travel-negative", "error", count=int(negative.sum()), **cell))
    return read * factor, records


def _of_this_plan(
    table: pd.DataFrame, place: Origin, known: Mapping[str, Sequence[str]], records: list[Record]
) -> tuple[pd.DataFrame, list[Record]]:
    """Keep the pairs whose ids the tables know and that say something; the rest is counted."""
    found = {key: table[key].isin(set(known[key])) for key in IDS}
    for key in IDS:
        strange = table[~found[key]]
        if len(strange):
            names = list(dict.fromkeys(strange[key]))
            records.append(
                place.record(
                    "travel-unknown-id",
                    "warning",
                    row=int(strange["row"].iloc[0]),
                    column=label("travel", key, place.language),
                    value="; ".join(names[:_SHOWN]),
                    ids=len(names),
                    count=len(strange),
                )
            )
    kept = table[found["origin"] & found["destination"]]
    silent = kept[list(MEASURES)].isna().all(axis=1)
    if silent.any():
        records.append(
            place.record(
                "travel-without-value", "warning", row=int(kept["row"][silent].iloc[0]), count=int(silent.sum())
            )
        )
    if not len(kept[~silent]):
        records.append(place.record("travel-matches-nothing", "error", count=len(table)))
    return kept[~silent], records
