"""Rows of one facility in several sheets or files, and rows said to be one: one is used, the others are evidence."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING

from planner.catalogue.columns import columns, value_label
from planner.inputs.findings import shown
from planner.inputs.sameness.likeness import address_of, certificate_of, is_different, parcel_of, relation
from planner.inputs.text import fold

if TYPE_CHECKING:
    from planner.errors import Record, Severity
    from planner.inputs.cells.convert import Value
    from planner.inputs.lists.blocks import Block
    from planner.inputs.tables import SheetRead

    Row = tuple[Block, int]

_PLACES = ("address", "commune_code", "commune_name", "old_commune", "lon", "x")
_POSITION = ("lon", "lat", "x", "y", "crs", "position_quality")
_IDENTITY = ("facility_id", "same_as")
_TELLING_CELLS = 4
_MOST_COMPARED = 5000
REPEATS = ("same-row", "same-id", "same-as")


def cell(block: Block, column: str, i: int) -> str:
    """Return a cell of a block as text; empty where it is unknown or the sheet lacks the column."""
    return shown(block.data[column][i]) if column in block.data else ""


def contents(block: Block, i: int) -> tuple[tuple[str, str], ...]:
    """Return the known cells of a row, in the order of the columns' names."""
    found = tuple((column, shown(cells[i])) for column, cells in sorted(block.data.items()) if cells[i] is not None)
    return found if block.geometry is None else (*found, ("geometry", str(block.geometry.iloc[i])))


def where(block: Block, i: int) -> str:
    """Return file, sheet and row of a row, as a message about another row names it."""
    sheet = block.sheets[i]
    return f"{block.origin.file}{f' [{sheet}]' if sheet else ''}:{block.rows[i]}"


def may_be_one(first: Row, second: Row) -> bool:
    """Return whether two rows with one code may be one facility: of two files, and alike in name, parcel or address.

    Within a file a code that stands twice is a mistake; so are two lists that number their own facilities from 1.
    """
    (one, i), (other, j) = first, second
    if one.origin.table != "facilities" or one.understood.path == other.understood.path:
        return False
    names = cell(one, "name", i), cell(other, "name", j)
    return not all(names) or bool(relation(*names)) or bool(_marks(one, i) & _marks(other, j))


def _marks(block: Block, i: int) -> set[str]:
    """Return what tells a facility whatever its name."""
    parcel = parcel_of(cell(block, "map_sheet", i), cell(block, "parcel", i))
    address = address_of(cell(block, "address", i)).key
    return {parcel, certificate_of(cell(block, "certificate", i)), address} - {""}


def drop_repeats(blocks: list[Block]) -> tuple[list[Block], list[Record]]:
    """Set aside facilities that stand word for word on an earlier sheet or in an earlier file.

    Two such rows on one sheet are kept: that somebody listed them side by side may mean that there are two.
    """
    if len(blocks) < 2 or blocks[0].origin.table != "facilities":  # noqa: PLR2004  nothing to repeat
        return blocks, []
    seen: dict[tuple[tuple[str, str], ...], Row] = {}
    aside: set[tuple[int, int]] = set()
    records = []
    for block in blocks:
        for i in range(len(block.rows)):
            found = contents(block, i)
            if len(found) < _TELLING_CELLS or not any(cell(block, key, i) for key in _PLACES):
                continue
            first = seen.setdefault(found, (block, i))
            if _sheet(first) != _sheet((block, i)):
                aside.add((id(block), i))
                records.append(_set_aside("same-row", block, i, first))
    return [_without(block, aside, {}) for block in blocks], records


def _sheet(row: Row) -> tuple[object, str]:
    block, i = row
    return block.understood.path, block.sheets[i]


def settle_same(blocks: list[Block]) -> tuple[list[Block], list[Record]]:
    """Set aside facilities that are one with another: the same code in an earlier file, or named in `same_as`.

    The row that is kept keeps its own values. Each value of the other row that differs is a `values-conflict` with both
    values and places; a cell that is blank in the kept row is filled from the other, with a `filled-from-same` record.
    `same_as` holds the code of a kept row: a row that is itself set aside, an unknown code or its own is an error.
    """
    if not blocks or blocks[0].origin.table != "facilities":
        return blocks, []
    firsts: dict[str, Row] = {}
    for block in blocks:
        for i in range(len(block.rows)):
            firsts.setdefault(cell(block, "facility_id", i), (block, i))
    aside: set[tuple[int, int]] = set()
    filled: dict[int, dict[tuple[str, int], Value]] = defaultdict(dict)
    records: list[Record] = []
    for block in blocks:
        for i in range(len(block.rows)):
            rule, kept, wrong = _kept_instead(block, i, firsts)
            records += wrong
            if kept is not None:
                aside.add((id(block), i))
                records.append(_set_aside(rule, block, i, kept))
                records += _compared(kept, (block, i), filled[id(kept[0])])
    return [_without(block, aside, filled[id(block)]) for block in blocks], records


def _kept_instead(block: Block, i: int, firsts: dict[str, Row]) -> tuple[str, Row | None, list[Record]]:
    """Return the rule by which a row is set aside, the row that is kept, and what is wrong with `same_as`."""
    code, same_as = cell(block, "facility_id", i), cell(block, "same_as", i)
    if not same_as or is_different(same_as):
        first = firsts[code]
        return ("same-id", first, []) if first != (block, i) and may_be_one(first, (block, i)) else ("", None, [])
    kept = firsts.get(same_as)
    if kept is None:
        near = get_close_matches(same_as, islice(firsts, _MOST_COMPARED), n=1) or islice(firsts, 3)
        return "", None, [_wrong("same-as-unknown", block, i, nearest=", ".join(near))]
    if kept == (block, i):
        return "", None, [_wrong("same-as-itself", block, i)]
    further = cell(kept[0], "same_as", kept[1])
    if further and not is_different(further):
        return "", None, [_wrong("same-as-chain", block, i, first=where(*kept), further=further)]
    return "same-as", kept, []


def _wrong(rule: str, block: Block, i: int, **fields: object) -> Record:
    return _record(rule, "error", block, i, "same_as", **fields)


def _set_aside(rule: str, block: Block, i: int, kept: Row) -> Record:
    column = {"same-row": "name", "same-id": "facility_id", "same-as": "same_as"}[rule]
    return _record(rule, "info", block, i, column, first=where(*kept))


def _record(rule: str, severity: Severity, block: Block, i: int, column: str, **fields: object) -> Record:
    origin = replace(block.origin, sheet=block.sheets[i])
    heading, value = block.headers.get(column, column), cell(block, column, i)
    return origin.record(rule, severity, row=block.rows[i], column=heading, value=value, **fields)


def _compared(kept: Row, other: Row, filled: dict[tuple[str, int], Value]) -> list[Record]:
    """Return a record for each value that differs; note in `filled` what the kept row takes from the other."""
    (block, i), (evidence, j) = kept, other
    records, taken = [], []
    own_position = block.geometry is not None or any(cell(block, key, i) for key in _POSITION)
    for key, column in columns("facilities").items():
        theirs = evidence.data[key][j] if key in evidence.data else None
        if theirs is None or key in _IDENTITY:
            continue
        own = filled.get((key, i), block.data[key][i] if key in block.data else None)
        if own is None and not (key in _POSITION and own_position):
            filled[key, i] = theirs
            taken.append(f"{column.label(block.origin.language)} = {_readable(key, theirs, block)}")
        elif own is not None and not _equal(own, theirs):
            severity: Severity = "info" if column.type == "text" else "warning"
            fields = {"first": where(*kept), "kept": _readable(key, own, block), "other": _readable(key, theirs, block)}
            records.append(_record("values-conflict", severity, evidence, j, key, **fields))
    if taken:
        fields = {"first": where(*other), "filled": "; ".join(taken)}
        records.append(_record("filled-from-same", "info", block, i, "facility_id", **fields))
    return records


def _equal(one: Value, other: Value) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)
    return fold(one) == fold(other) if isinstance(one, str) and isinstance(other, str) else one == other


def _readable(key: str, value: Value, block: Block) -> str:
    enumeration = columns("facilities")[key].values
    return value_label(enumeration, shown(value), block.origin.language) if enumeration else shown(value)


def _without(block: Block, aside: set[tuple[int, int]], filled: dict[tuple[str, int], Value]) -> Block:
    """Return a block with its blank cells filled and without the rows that are set aside."""
    kept = [i for i in range(len(block.rows)) if (id(block), i) not in aside]
    if len(kept) == len(block.rows) and not filled:
        return block
    data = {key: list(cells) for key, cells in block.data.items()}
    for (key, i), value in filled.items():
        data.setdefault(key, [None] * len(block.rows))[i] = value
    return replace(
        block,
        data={key: [cells[i] for i in kept] for key, cells in data.items()},
        rows=[block.rows[i] for i in kept],
        sheets=[block.sheets[i] for i in kept],
        geometry=None if block.geometry is None else block.geometry.iloc[kept].reset_index(drop=True),
        set_aside=block.set_aside + len(block.rows) - len(kept),
    )


def count_set_aside(sheets: list[SheetRead], records: list[Record]) -> Iterator[SheetRead]:
    """Yield the sheets with the rows that were set aside as repeating another counted among those set aside."""
    counts = Counter((r.table, r.file, r.sheet, r.rule) for r in records if r.rule in REPEATS)
    for sheet in sheets:
        more = {rule: counts[sheet.table, sheet.path.name, sheet.sheet, rule] for rule in REPEATS}
        yield replace(sheet, set_aside=sheet.set_aside | {rule: number for rule, number in more.items() if number})
