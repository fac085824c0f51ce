"""Which rows below the header are rows of the table, and which are set aside: groups, totals, signatures, notes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from planner.catalogue.columns import columns
from planner.catalogue.load import read_data
from planner.inputs.cells.convert import read_number
from planner.inputs.lists.header import is_column_numbers
from planner.inputs.lists.unit_headings import OUTLINED, group_unit
from planner.inputs.text import clean, fold

if TYPE_CHECKING:
    from planner.errors import Record
    from planner.inputs.files.opening import Cell, Sheet
    from planner.inputs.lists.header import Header
    from planner.inputs.origin import Origin

_OUTLINE = re.compile(r"\(?([IVXLC]+|[A-ZĐ])\s*[.)/-]?")
_FIGURES = re.compile(r"[\d\s.,/-]*\d[\d\s.,/-]*")
_DOTTED = re.compile(r"([IVXLC]+|[A-Z]|\d+)([.-]\d+)+[.)]?|\d+[.)]?")
_ROMAN_OR_LETTER = r"\(?\s*([ivxlc]+|[a-z])\b[\s.):]*([+,;-].*)?\)?"
_PLACE_AND_DAY = re.compile(r"(.{2,40},\s*)?ngày\s*[\d.…/\s]*\s*tháng\s*[\d.…/\s]*\s*năm\s*[\d.…]*\s*", re.IGNORECASE)
_MOST_CELLS_OF_A_LINE = 3
_LEAST_LETTERS = 5  # of a name; anything shorter is looked at closely
_MOST_UNNAMED = 20  # totals without a word that are looked for in a sheet
_LONGEST_TEXT = 80  # of a row set aside, as records show it
_LEAST_COLUMNS = 4  # with fewer, a name alone is no reason to doubt a row
_WIDE = 3  # columns over which a group's heading is merged at least
_PROVES_A_ROW = frozenset({"facility_id", "address", "commune_code", "settlement_id", "service_id"})


@dataclass(frozen=True)
class SetAside:
    """A row below the header that is no row of the table, by its index in the sheet, and why."""

    index: int
    rule: str
    text: str


@dataclass(frozen=True)
class Rows:
    """The non-blank rows below a header: rows read = used + set aside.

    Attributes
    ----------
    used : indices of the rows of the table.
    set_aside : the other rows, with the reason.
    doubtful : those of the rows used that may be none: nothing but a name, or nothing but numbers.
    """

    used: list[int]
    set_aside: list[SetAside]
    doubtful: list[int]


@dataclass(frozen=True)
class _Place:
    """What the rows of one sheet are judged by."""

    sheet: Sheet
    header: Header
    table: str
    key_at: Mapping[int, str]
    name: int | None
    proofs: tuple[int, ...]
    wide: frozenset[int]
    titles: frozenset[str]
    last_full: int
    most_doubtful: int


def sort_rows(sheet: Sheet, header: Header, table: str) -> Rows:
    """Return the rows of the table and the rows set aside; what is doubtful is used."""
    if sheet.is_layer:
        return Rows(list(range(header.last + 1, len(sheet.rows))), [], [])
    place = _place(sheet, header, table)
    rules = _rules(place)
    doubtful = {index for index, rule in rules.items() if rule is None and _is_doubtful(sheet.rows[index], place)}
    for index in _childless_groups(rules, place):
        rules[index] = None
        doubtful.add(index)
    used = [index for index, rule in rules.items() if rule is None]
    for index in _unnamed_totals(used, sorted(doubtful), place):
        rules[index] = "totals-row"
    return Rows(
        [index for index in used if rules[index] is None],
        [SetAside(index, rule, _text(sheet.rows[index])) for index, rule in rules.items() if rule is not None],
        sorted(index for index in doubtful if rules[index] is None),
    )


def _text(cells: list[Cell]) -> str:
    said = [clean(cell) for cell in cells if isinstance(cell, str)]
    said = said or [f"{cell:.15g}" if isinstance(cell, float) else str(cell) for cell in cells if cell is not None]
    return " ".join(said)[:_LONGEST_TEXT]


def _rules(place: _Place) -> dict[int, str | None]:
    """Return for each row below the header that is not blank why it is set aside, None where it is used."""
    rules: dict[int, str | None] = {}
    numbers_may_follow, tail = True, None
    for index in range(place.header.last + 1, len(place.sheet.rows)):
        cells = place.sheet.rows[index]
        count = len(cells) - cells.count(None)
        if not count:
            continue
        rule = None
        if not _is_plain(cells, count, place):
            rule = _why_set_aside(index, place, tail, numbers_may_follow=numbers_may_follow)
        starts_page = rule in ("header-again", "page-header")
        numbers_may_follow = starts_page or (numbers_may_follow and rule == "column-numbers")
        if rule in ("signature-row", "note-row") and index > place.last_full:
            tail = rule
        rules[index] = rule
    return rules


def _childless_groups(rules: Mapping[int, str | None], place: _Place) -> list[int]:
    """Return the groups that have numbers but no rows below them, unless they are named after a unit.

    Such rows may be facilities whose running number is a Roman one, and no facility may be lost.
    """
    found = []
    below = [index for index, rule in rules.items() if rule in (None, "group-row", "totals-row")]
    for index, after in zip(below, [*below[1:], None], strict=False):
        if rules[index] != "group-row" or (after is not None and rules[after] is None):
            continue
        marks = ("", "") if after is None else (_outline_kind(index, place), _outline_kind(after, place))
        has_numbers = any(isinstance(place.sheet.cell(index, i), int | float) for i in place.key_at)
        name = "" if place.name is None else clean(str(place.sheet.cell(index, place.name) or ""))
        if has_numbers and marks[0] == marks[1] and group_unit(name) is None:
            found.append(index)
    return found


def _outline_kind(index: int, place: _Place) -> str:
    serial = None if place.header.serial is None else place.sheet.cell(index, place.header.serial)
    return "roman" if set(str(serial)) <= set("IVX") else "letter"


def _place(sheet: Sheet, header: Header, table: str) -> _Place:
    key_at = {heading.index: key for key, heading in header.columns.items()}
    proofs = tuple(i for i, key in key_at.items() if key in _PROVES_A_ROW)
    wide = {start[0] for start, end in sheet.spans if start[0] == end[0] and end[1] - start[1] + 1 >= _WIDE}
    above = [cell for row in sheet.rows[: header.last + 1] for cell in row if isinstance(cell, str)]
    below = range(len(sheet.rows) - 1, header.last, -1)
    full = next((index for index in below if _is_full(sheet.rows[index], key_at)), len(sheet.rows))
    additive = sum(columns(table)[key].additive for key in header.columns)
    name = header.columns.get("name")
    titles = frozenset(form for text in above for form in (fold(text), text.strip().lower()))
    return _Place(
        sheet, header, table, key_at, name.index if name else None, proofs, frozenset(wide), titles, full, 2 + additive
    )


def _is_full(cells: list[Cell], key_at: Mapping[int, str]) -> bool:
    """Return whether a row looks like data: several columns, and in one of its cells a number or a date."""
    known = sum(i < len(cells) and cells[i] is not None for i in key_at)
    return known > 1 and any(not isinstance(c, str) or _FIGURES.fullmatch(c) for c in cells if c is not None)


def _is_plain(cells: list[Cell], count: int, place: _Place) -> bool:
    """Return whether a row is one of the table beyond doubt: named, with a place or code, and no words of a total."""
    if count <= _MOST_CELLS_OF_A_LINE or place.name is None or len(cells) <= place.name:
        return False
    name = cells[place.name]
    if not isinstance(name, str) or len(name) < _LEAST_LETTERS or name.strip().lower() in place.titles:
        return False
    first = next(cell for cell in cells if cell is not None)
    proven = any(i < len(cells) and cells[i] is not None for i in place.proofs)
    return proven and not _is_total(name) and not (isinstance(first, str) and _is_total(first))


def _why_set_aside(index: int, place: _Place, tail: str | None, *, numbers_may_follow: bool) -> str | None:
    cells = place.sheet.rows[index]
    filled = {i: cell for i, cell in enumerate(cells) if cell is not None}
    if is_column_numbers(list(filled.values())) and (numbers_may_follow or _in_brackets(filled)):
        return "column-numbers"
    if _repeats_header(filled, place):
        return "header-again"
    at = {key: filled[i] for i, key in place.key_at.items() if i in filled}
    proven = any(i in filled for i in place.proofs)
    leading = next(iter(filled.values())), None if proven else at.get("name")
    if any(_is_total(cell) for cell in leading if isinstance(cell, str)):
        return "totals-row"
    line = _line_kind(filled, place) or (tail if _is_line(filled, place) else None)
    if line is not None or at:
        return line or ("group-row" if _is_group(index, at, filled, place) else None)
    return "group-row" if index < place.last_full and _words_only(filled, place) else "no-content"


def _in_brackets(filled: Mapping[int, Cell]) -> bool:
    return all(isinstance(cell, str) and cell.strip()[0] in "([" for cell in filled.values())


def _repeats_header(filled: Mapping[int, Cell], place: _Place) -> bool:
    """Return whether a row repeats a row of the header block, cell by cell."""
    header = place.header
    if any(not isinstance(cell, str) for cell in filled.values()):
        return False
    for row in range(header.first, header.last + 1):
        own = [place.sheet.cell(row, i) for i in filled]
        same = all(isinstance(a, str) and fold(a) == fold(str(b)) for a, b in zip(own, filled.values(), strict=True))
        if same and (len(filled) > 1 or sum(cell is not None for cell in place.sheet.rows[row]) == 1):
            return True
    return False


def _words_only(filled: Mapping[int, Cell], place: _Place) -> bool:
    """Return whether a row has words, no numbers, and no running number."""
    serial = None if place.header.serial is None else filled.get(place.header.serial)
    numbered = isinstance(serial, str) and _DOTTED.fullmatch(clean(serial)) is not None
    return all(isinstance(cell, str) for cell in filled.values()) and not numbered


def _is_line(filled: Mapping[int, Cell], place: _Place) -> bool:
    """Return whether a row is a line of text: few cells, and nothing but words."""
    return len(filled) <= _MOST_CELLS_OF_A_LINE and _words_only(filled, place)


def _line_kind(filled: Mapping[int, Cell], place: _Place) -> str | None:
    """Return what a line of few words is by its own words: a signature's, a note, a line of the page."""
    if not _is_line(filled, place):
        return None
    texts = [clean(str(cell)) for cell in filled.values()]
    name = clean(str(filled.get(place.name, ""))) if place.name is not None else ""
    if any(_is_signature(text) for text in texts) and (not name or _is_signature(name)):
        return "signature-row"
    if name and len(filled) > 1:
        return None
    if texts[0].lower().startswith(_begins("notes", folded=False)):
        return "note-row"
    again = all(fold(text) in place.titles for text in texts) and group_unit(texts[0]) is None
    is_page = fold(texts[0]).startswith(_begins("pages")) or _page_number().fullmatch(fold(texts[0]))
    return "page-header" if again or is_page else None


@cache
def _begins(key: str, *, folded: bool = True) -> tuple[str, ...]:
    return tuple(fold(text) if folded else text for text in read_data("sheet_words")["rows"][key])


@cache
def _page_number() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(_begins('page_number'))}) \d+(?: \d+)?")


@cache
def _total_pattern() -> re.Pattern[str]:
    words = read_data("sheet_words")["rows"]
    totals, sums, of = ("|".join(map(re.escape, words[key])) for key in ("totals", "sums", "of"))
    alone = "|".join(map(re.escape, words["alone"]))
    return re.compile(
        rf"({totals})\b.*|({sums})([\s:]*|\s+({of})\b.*|\s+{_ROMAN_OR_LETTER}|\s*\(.*\)[\s:]*)|({alone})[\s:]*",
        re.IGNORECASE,
    )


@cache
def _total_words() -> re.Pattern[str]:
    words = read_data("sheet_words")["rows"]
    return re.compile("|".join(re.escape(text.lower()) for key in ("totals", "sums", "alone") for text in words[key]))


def _is_total(text: str) -> bool:
    return _total_words().search(clean(text).lower()) is not None and _is_total_text(text)


@lru_cache(maxsize=4096)
def _is_total_text(text: str) -> bool:
    return _total_pattern().fullmatch(clean(OUTLINED.sub("", clean(text)))) is not None


@lru_cache(maxsize=4096)
def _is_signature(text: str) -> bool:
    plain = re.sub(r"\([^()]*\)\s*$", "", text).strip() or text
    return (
        fold(plain) in _begins("signatures")
        or text.startswith(tuple(read_data("sheet_words")["rows"]["on_behalf"]))
        or all(_PLACE_AND_DAY.fullmatch(line) or fold(line) in _begins("signatures") for line in text.split("\n"))
    )


def _is_group(index: int, at: Mapping[str, Cell], filled: Mapping[int, Cell], place: _Place) -> bool:
    """Return whether a row is a group's heading: one text alone, with an outline number (I, A) or with none at all.

    A group's heading may carry its own sums; then an outline number, a merged cell over the width or the name of an
    administrative unit tells it from a row of the table. Without a column of running numbers the name itself must be
    outlined ("I. …"), merged or a unit's name: no facility may be lost.
    """
    serial = "" if place.header.serial is None else clean(str(filled.get(place.header.serial, "")))
    sums = {place.header.columns[key].index for key in at if columns(place.table)[key].additive}
    texts = [i for i in filled if i not in sums and i != place.header.serial]
    if len(texts) != 1 or not isinstance(filled[texts[0]], str):
        return False
    text = clean(str(filled[texts[0]]))
    if _OUTLINE.fullmatch(serial) is not None or (index in place.wide and not serial):
        return True
    if texts[0] != place.name:
        return False
    named = group_unit(text) is not None or fold(text).startswith(tuple(f"{word} " for word in _begins("groups")))
    if serial:
        return named and _DOTTED.fullmatch(serial) is not None
    return named or OUTLINED.match(text) is not None or (not sums and place.header.serial is not None)


def _is_doubtful(cells: list[Cell], place: _Place) -> bool:
    """Return whether a row used has nothing but a name, or nothing but numbers that add up."""
    if len(place.key_at) < _LEAST_COLUMNS or place.name is None or len(cells) - cells.count(None) > place.most_doubtful:
        return False
    keys = [key for i, key in place.key_at.items() if i < len(cells) and cells[i] is not None]
    return keys == ["name"] or _are_sums(keys, place)


def _are_sums(keys: list[str], place: _Place) -> bool:
    return bool(keys) and all(columns(place.table)[key].additive for key in keys)


def _unnamed_totals(used: list[int], doubtful: list[int], place: _Place) -> list[int]:
    """Return the doubtful rows that are totals without a word: each of their numbers is the sum of the rows above."""
    found: list[int] = []
    for index in doubtful:
        at = {i: cell for i in place.key_at if (cell := place.sheet.cell(index, i)) is not None}
        if not _are_sums([place.key_at[i] for i in at], place) or len(found) == _MOST_UNNAMED:
            continue
        above = [row for row in used if row < index and row not in found]
        sums = {i: math.fsum(read_number(place.sheet.cell(row, i)) or 0.0 for row in above) for i in at}
        if len(above) > 1 and all(_is_near(read_number(cell), sums[i]) for i, cell in at.items()):
            found.append(index)
    return found


def _is_near(stated: float | None, total: float) -> bool:
    return stated is not None and math.isclose(stated, total, rel_tol=1e-6)


def set_aside_records(rows: Rows, sheet: Sheet, origin: Origin) -> list[Record]:
    """Return one record for each row set aside, with the reason."""
    return [
        origin.record(row.rule, "info", row=sheet.row_number(row.index), value=row.text, text=row.text)
        for row in rows.set_aside
    ]


def doubtful_records(rows: Rows, sheet: Sheet, header: Header, origin: Origin) -> list[Record]:
    """Return a warning for each row that was used although it may be none of the table."""
    records = []
    for index in rows.doubtful:
        filled = [heading for heading in header.columns.values() if sheet.cell(index, heading.index) is not None]
        records.append(
            origin.record(
                "row-doubtful",
                "warning",
                row=sheet.row_number(index),
                column=filled[0].shown,
                value=sheet.cell(index, filled[0].index),
                names="; ".join(heading.shown for heading in filled),
            )
        )
    return records
