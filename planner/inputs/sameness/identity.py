"""Codes of rows: made where missing, refused where two rows share one; buildings joined to their sites."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from planner.inputs.sameness.likeness import address_of, certificate_of, parcel_of
from planner.inputs.sameness.same_rows import cell, contents, drop_repeats, may_be_one, settle_same, where
from planner.inputs.text import fold
from planner.inputs.uses import use_of

if TYPE_CHECKING:
    from planner.errors import Record
    from planner.inputs.cells.convert import Value
    from planner.inputs.lists.blocks import Block

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


def identify(blocks: list[Block]) -> tuple[list[Block], list[Record]]:
    """Give every row of a table its code, and set aside the rows that repeat another.

    Rows that stand word for word on another sheet are set aside first, then codes are made, and rows of one facility
    in several files, or said to be one in `same_as`, are settled; see `planner.inputs.sameness.same_rows`.
    """
    blocks, repeated = drop_repeats(blocks)
    blocks, coded = give_codes(blocks)
    blocks, settled = settle_same(blocks)
    return blocks, [*repeated, *coded, *settled]


def give_codes(blocks: list[Block]) -> tuple[list[Block], list[Record]]:
    """Fill missing codes of facilities, settlements and services and report codes that two rows share.

    A made code is a letter and 8 hex digits of a SHA-256, and does not depend on the order of the rows. A facility's is
    made of the surest thing that no other row without a code has: its parcel; the number of its certificate; its house,
    street or hamlet; each with the commune and the present use, so that a new name of the house or of its holder makes
    no new code. Where none is known, or several rows share it, the folded name, address and old unit make the code.
    Rows alike in these too get `-2`, `-3`, … with a warning.

    A code that stands in two files for what may be one facility is left to `settle_same`.
    """
    if not blocks or blocks[0].origin.table not in _CODES:
        return blocks, []
    column, letter, parts = _CODES[blocks[0].origin.table]
    taken, records = _given_codes(blocks, column)
    blank = [(block, i) for block in blocks for i, code in enumerate(_codes(block, column)) if code is None]
    if not blank:
        return blocks, records
    made = _made_codes(blank, letter, parts, set(taken))
    records += [_alike(block, i, code) for (block, i), code in zip(blank, made, strict=True) if code.count("-") > 1]
    records.append(blocks[0].origin.record("codes-made", "info", count=len(made)))
    code_of = {(id(block), i): code for (block, i), code in zip(blank, made, strict=True)}
    return [
        replace(
            block,
            data=block.data | {column: [code or code_of[id(block), i] for i, code in enumerate(_codes(block, column))]},
        )
        for block in blocks
    ], records


def _codes(block: Block, column: str) -> list[Value]:
    return block.data.get(column) or [None] * len(block.rows)


def _given_codes(blocks: list[Block], column: str) -> tuple[dict[str, tuple[Block, int]], list[Record]]:
    """Return the first row of each code that the files give, and a record for each code that two facilities have."""
    taken: dict[str, tuple[Block, int]] = {}
    records: list[Record] = []
    for block in blocks:
        for i, code in enumerate(_codes(block, column)):
            first = taken.setdefault(str(code), (block, i)) if code is not None else (block, i)
            if first != (block, i) and not may_be_one(first, (block, i)):
                records.append(_duplicate(block, i, column, str(code), first))
    return taken, records


def _made_codes(rows: list[tuple[Block, int]], letter: str, parts: tuple[str, ...], taken: set[str]) -> list[str]:
    """Return a code for each row; rows with one key are numbered by what else they hold, not by their order."""
    keys = _keys(rows, parts)
    shared = Counter(keys)
    made = [""] * len(rows)
    for n in sorted(range(len(rows)), key=lambda n: (keys[n], contents(*rows[n]) if shared[keys[n]] > 1 else ())):
        code = f"{letter}-{hashlib.sha256(keys[n].encode()).hexdigest()[:8]}"
        numbered = (code if number == 1 else f"{code}-{number}" for number in count(1))
        made[n] = next(candidate for candidate in numbered if candidate not in taken)
        taken.add(made[n])
    return made


def _keys(rows: list[tuple[Block, int]], parts: tuple[str, ...]) -> list[str]:
    """Return what each row's code is made of."""
    sure = [_sure_keys(block, i) if block.origin.table == "facilities" else [] for block, i in rows]
    shared = Counter(key for keys in sure for key in keys)
    return [
        next((key for key in keys if shared[key] == 1), "|".join(fold(cell(block, part, i)) for part in parts))
        for keys, (block, i) in zip(sure, rows, strict=True)
    ]


def _sure_keys(block: Block, i: int) -> list[str]:
    """Return keys that stay when a facility or its holder takes another name, the surest first."""
    old = " ".join(fold(cell(block, key, i)) for key in ("old_commune", "old_district", "old_province"))
    place = old.strip() or cell(block, "commune_code", i) or fold(cell(block, "commune_name", i))
    place = place or fold(cell(block, "address", i))
    use = cell(block, "current_use", i) or use_of(cell(block, "name", i)) or ""
    parcel = parcel_of(cell(block, "map_sheet", i), cell(block, "parcel", i))
    certificate = certificate_of(cell(block, "certificate", i))
    address = address_of(cell(block, "address", i)).key
    keys = [f"parcel|{place}|{parcel}|{use}"] if parcel and place else []
    keys += [f"certificate|{certificate}|{use}"] if certificate else []
    return [*keys, f"address|{place}|{address}|{use}"] if address and use else keys


def _alike(block: Block, i: int, code: str) -> Record:
    origin = replace(block.origin, sheet=block.sheets[i])
    heading = block.headers.get("name", "")
    return origin.record(
        "rows-alike", "warning", row=block.rows[i], column=heading, value=cell(block, "name", i), code=code
    )


def _duplicate(block: Block, i: int, column: str, code: str, first: tuple[Block, int]) -> Record:
    origin = replace(block.origin, sheet=block.sheets[i])
    heading = block.headers[column]
    return origin.record("duplicate-id", "error", row=block.rows[i], column=heading, value=code, first=where(*first))


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
