"""Codes of rows: made where missing, refused where two rows share one; buildings joined to their sites."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.inputs.text import fold

if TYPE_CHECKING:
    from planner.errors import Record
    from planner.inputs.blocks import Block
    from planner.inputs.convert import Value

# Table → column of the code, letter before a made code, columns that make it.
_CODES = {
    "facilities": ("facility_id", "F", ("name", "address", "old_commune", "old_district", "old_province")),
    "settlements": ("settlement_id", "S", ("name", "commune_code")),
    "services": ("service_id", "E", ("name", "use", "commune_code")),
}

# What belongs to a building itself; everything else it inherits from its site.
_OF_A_BUILDING = frozenset(
    {
        "facility_id",
        "name",
        "floor_area_m2",
        "buildings",
        "storeys",
        "rooms",
        "largest_room_m2",
        "built_year",
        "grade",
        "condition",
        "original_value_vnd",
        "residual_value_vnd",
        "repair_cost_vnd",
        "equipment_cost_vnd",
    }
)


def give_codes(blocks: list[Block]) -> tuple[list[Block], list[Record]]:
    """Fill missing codes of facilities, settlements and services and report codes that two rows share.

    A made code is a letter and 8 hex digits of the SHA-256 of the folded name, address and old unit: it does not depend
    on the order of the rows. Rows alike get `-2`, `-3`, … with a warning.
    """
    if not blocks or blocks[0].origin.table not in _CODES:
        return blocks, []
    column, letter, parts = _CODES[blocks[0].origin.table]
    taken: dict[str, tuple[Block, int]] = {}
    records: list[Record] = []
    for block in blocks:
        for i, code in enumerate(block.data.get(column, [])):
            if code is not None and str(code) in taken:
                records.append(_duplicate(block, i, column, str(code), taken[str(code)]))
            elif code is not None:
                taken[str(code)] = (block, i)
    made: Counter[str] = Counter()
    named = []
    for block in blocks:
        codes = list(block.data.get(column, [None] * len(block.rows)))
        for i in [i for i, code in enumerate(codes) if code is None]:
            codes[i] = code = _make_code(block, i, letter, parts, made)
            if code.count("-") > 1:
                records.append(_alike(block, i, code))
        named.append(replace(block, data=block.data | {column: codes}))
    if made:
        records.append(blocks[0].origin.record("codes-made", "info", count=made.total()))
    return named, records


def _make_code(block: Block, i: int, letter: str, parts: tuple[str, ...], made: Counter[str]) -> str:
    key = "|".join(fold(str(block.data[part][i] or "")) if part in block.data else "" for part in parts)
    code = f"{letter}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
    made[code] += 1
    return code if made[code] == 1 else f"{code}-{made[code]}"


def _alike(block: Block, i: int, code: str) -> Record:
    origin = replace(block.origin, sheet=block.sheets[i])
    name = block.data.get("name", [""] * len(block.rows))[i]
    heading = block.headers.get("name", "")
    return origin.record("rows-alike", "warning", row=block.rows[i], column=heading, value=name or "", code=code)


def _duplicate(block: Block, i: int, column: str, code: str, first: tuple[Block, int]) -> Record:
    other, j = first
    where = f"{other.origin.file}{f' [{other.sheets[j]}]' if other.sheets[j] else ''}:{other.rows[j]}"
    origin = replace(block.origin, sheet=block.sheets[i])
    return origin.record(
        "duplicate-id", "error", row=block.rows[i], column=block.headers[column], value=code, first=where
    )


def join_buildings(blocks: list[Block]) -> tuple[list[Block], list[Record]]:
    """Return one block of a file's facilities where a second sheet lists the buildings of its sites.

    The rows are then the buildings, with land, owner, address, planning, … of their site, and the sites without any.
    """
    buildings = next((block for block in blocks if block.holds_buildings), None)
    sites = next((block for block in blocks if not block.holds_buildings and "site_id" in block.data), None)
    if buildings is None or sites is None:
        return blocks, []
    row_of = {site: i for i, site in enumerate(sites.data["site_id"]) if site is not None}
    records = [
        buildings.origin.record(
            "unknown-site", "error", row=buildings.rows[b], column=buildings.headers["site_id"], value=site or ""
        )
        for b, site in enumerate(buildings.data["site_id"])
        if site not in row_of
    ]
    parents = [None if site is None else row_of.get(site) for site in buildings.data["site_id"]]
    built = {parent for parent in parents if parent is not None}
    alone = [i for i in range(len(sites.rows)) if i not in built]
    records += [
        sites.origin.record("site-with-buildings", "info", row=sites.rows[i], value=sites.data["site_id"][i])
        for i in sorted(built)
    ]
    data = {
        key: [_inherited(buildings, sites, key, b, parent) for b, parent in enumerate(parents)]
        + [sites.data[key][i] if key in sites.data else None for i in alone]
        for key in sites.data | buildings.data
    }
    joined = replace(
        sites,
        data=data,
        rows=buildings.rows + [sites.rows[i] for i in alone],
        sheets=buildings.sheets + [sites.sheets[i] for i in alone],
        headers=buildings.headers | sites.headers,
        set_aside=sites.set_aside + buildings.set_aside + len(built),
        mapped=sites.mapped | buildings.mapped,
    )
    return [joined, *(block for block in blocks if block is not sites and block is not buildings)], records


def _inherited(buildings: Block, sites: Block, key: str, b: int, parent: int | None) -> Value:
    own = buildings.data[key][b] if key in buildings.data else None
    above = sites.data[key][parent] if parent is not None and key in sites.data else None
    if key == "name" and own and above and fold(str(above)) not in fold(str(own)):
        return f"{above}, {own}"
    if own is not None or (key in _OF_A_BUILDING and key != "name"):
        return own
    return above
