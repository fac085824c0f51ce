"""Read a plan that somebody made: any table with a facility and its new use in each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.catalogue.columns import columns, values
from planner.catalogue.load import read_data
from planner.catalogue.numbers import UNKNOWN
from planner.errors import PlannerError, Record
from planner.inputs.files.opening import file_hash
from planner.inputs.lists.blocks import Block, read_blocks
from planner.inputs.origin import Origin
from planner.inputs.tables import InputFile
from planner.inputs.text import fold
from planner.scenario import nearest

if TYPE_CHECKING:
    from pathlib import Path

    from planner.catalogue import Catalogue
    from planner.catalogue.load import Language
    from planner.inputs.tables import Inputs

TABLE = "given_plan"


@dataclass(frozen=True)
class GivenPlan:
    """A plan as it was given.

    Attributes
    ----------
    uses : (F,) key of the use of each facility, in the inventory's order.
    origins, rows : (F,) sheet and row in which each facility stands.
    heading : heading of the column of uses.
    file : path as given, hash and rows of the file.
    warnings : what is not certain about how the file was read.
    """

    uses: list[str]
    origins: list[Origin]
    rows: list[int]
    heading: str
    file: InputFile
    warnings: list[Record]


@dataclass(frozen=True)
class _Line:
    """A row of the file: place, facility and use as they stand there."""

    origin: Origin
    row: int
    facility: str
    use: str | None


def read_plan(path: Path, inputs: Inputs, catalogue: Catalogue, language: Language) -> GivenPlan:
    """Return the use that a file gives to every facility of the inventory.

    Parameters
    ----------
    path : an allocation.csv or allocation.xlsx of a run, or any table of facilities and uses; uses by key or by name.
    inputs : the inventory.
    catalogue : the uses there are. language : of the records.

    Raises
    ------
    PlannerError : all errors found: facilities missing, unknown or repeated, uses missing or unknown.
    """
    blocks, records = read_blocks(path, TABLE, {}, language)
    blocks, records = _own_sheet(blocks, records)
    lines = [line for block in blocks for line in _lines(block)]
    keys = columns(TABLE)
    heading = {
        key: next((b.headers[key] for b in blocks if key in b.headers), keys[key].label(language)) for key in keys
    }
    errors = [record for record in records if record.severity == "error"]
    if not errors or lines:
        errors += _misplaced(lines, inputs, heading["facility_id"])
        errors += _unknown_uses(lines, catalogue, heading["new_use"], language)
        errors += _left_out(lines, inputs, Origin(TABLE, path.name, "", language), heading["facility_id"])
    if errors:
        raise PlannerError(errors)
    by_id = {line.facility: line for line in lines}
    ordered = [by_id[str(facility_id)] for facility_id in inputs.facilities["facility_id"]]
    words = use_words(catalogue)
    return GivenPlan(
        uses=[words[fold(line.use or "")] for line in ordered],
        origins=[line.origin for line in ordered],
        rows=[line.row for line in ordered],
        heading=heading["new_use"],
        file=InputFile(path.as_posix(), file_hash(path), len(lines)),
        warnings=[record for record in records if record.severity == "warning"],
    )


def use_words(catalogue: Catalogue) -> dict[str, str]:
    """Return the key of a use by every way to write it, folded; a scenario's own names come first."""
    known = {fold(text): key for key, value in values("use").items() for text in (value.vi, value.en, *value.synonyms)}
    named = {fold(text): key for key, use in catalogue.uses.items() for text in (use.vi, use.en, use.short_vi) if text}
    keys = {fold(key): key for key in catalogue.uses}
    return {word: key for word, key in (known | named | keys).items() if key in catalogue.uses}


def _own_sheet(blocks: list[Block], records: list[Record]) -> tuple[list[Block], list[Record]]:
    """Keep the sheet of the allocation alone where a run's workbook is given: others of its sheets name uses too."""
    names = {fold(read_data("workbook_texts")["sheets"]["allocation"][language]) for language in ("vi", "en")}
    own = [block for block in blocks if fold(block.origin.sheet) in names]
    if not own:
        return blocks, records
    sheets = {block.origin.sheet for block in own}
    return own, [record for record in records if record.sheet in sheets]


def _lines(block: Block) -> list[_Line]:
    """Return the rows with a facility; of one without, the reader has told an error."""
    facilities = block.data["facility_id"] if "facility_id" in block.data else [None] * len(block.rows)
    uses = block.data["new_use"] if "new_use" in block.data else [None] * len(block.rows)
    return [
        _Line(block.origin, row, str(facility), None if use is None else str(use))
        for row, facility, use in zip(block.rows, facilities, uses, strict=True)
        if facility is not None
    ]


def _misplaced(lines: list[_Line], inputs: Inputs, heading: str) -> list[Record]:
    """Return an error for each facility that the inventory does not hold, and for each that stands there again."""
    known = dict.fromkeys(str(facility_id) for facility_id in inputs.facilities["facility_id"])
    first: dict[str, int] = {}
    records = []
    for line in lines:
        place = {"row": line.row, "column": heading, "value": line.facility}
        if line.facility not in known:
            close = nearest(line.facility, known)
            close = close if close in known else UNKNOWN
            records.append(line.origin.record("plan-facility-unknown", "error", **place, nearest=close))  # type: ignore[arg-type]
        elif line.facility in first:
            records.append(line.origin.record("plan-facility-repeated", "error", **place, first=first[line.facility]))  # type: ignore[arg-type]
        first.setdefault(line.facility, line.row)
    return records


def _unknown_uses(lines: list[_Line], catalogue: Catalogue, heading: str, language: Language) -> list[Record]:
    words = use_words(catalogue)
    labels = {use.label(language): None for use in catalogue.uses.values()}
    return [
        line.origin.record(
            "plan-use-unknown", "error", row=line.row, column=heading, value=line.use, nearest=nearest(line.use, labels)
        )
        for line in lines
        if line.use is not None and fold(line.use) not in words
    ]


def _left_out(lines: list[_Line], inputs: Inputs, origin: Origin, heading: str) -> list[Record]:
    """Return an error for each facility of the inventory that the file does not name."""
    there = {line.facility for line in lines}
    facilities = inputs.facilities
    return [
        origin.record(
            "plan-facility-missing", "error", column=heading, value=facility_id, name="" if name is None else name
        )
        for facility_id, name in zip(facilities["facility_id"], facilities["name"].fillna(""), strict=True)
        if facility_id not in there
    ]
