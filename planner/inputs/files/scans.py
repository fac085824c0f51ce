"""What is known of a workbook before it is opened: how far its sheets reach, and what a reader would leave blank."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_CELLS = 12_000_000
"""Cells of a workbook up to the last of each sheet that holds something: the reader keeps 32 bytes for each."""

MOST_FILLED = 5_000_000
"""Cells of a file that hold something: some 200 bytes for each until the rows are typed."""

MOST_TEXT = 300_000_000
"""Bytes of all texts of a workbook, each counted as often as a cell shows it."""

MOST_TEXTS = 200_000


class UnreadableError(Exception):
    """A file that exists but cannot be read; carries the rule's name and the reason."""

    def __init__(self, rule: str, reason: object = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.reason = str(reason)


@dataclass
class SheetScan:
    """What a sheet holds that decides how it is opened.

    Attributes
    ----------
    rows, columns : how far cells with a value reach, at most; 0 for a sheet without values.
    filled : number of cells with a value.
    texts : cell by (row, column) from 0 → what it shows where the reader yields a blank: an error such as #REF!,
        or "=" and the formula where no value was saved with it. Only the first `MOST_TEXTS` are kept.
    spans : merged cells, where the reader does not tell them.
    hidden_rows : number of rows that the user does not see.
    """

    rows: int = 0
    columns: int = 0
    filled: int = 0
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    spans: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    hidden_rows: int = 0

    def reach(self, row: int, column: int, count: int = 1) -> None:
        """Count cells with a value, the last of them at that row and column."""
        self.filled += count
        self.rows = max(self.rows, row + 1)
        self.columns = max(self.columns, column + 1)

    def show(self, row: int, column: int, text: str) -> None:
        """Keep what a cell shows that has no value for the reader."""
        if len(self.texts) < MOST_TEXTS:
            self.texts[row, column] = text


@dataclass
class BookScan:
    """What a workbook holds beside its values.

    Attributes
    ----------
    sheets : name of a sheet → its scan; a sheet that is missing could not be looked at beforehand.
    text_length : characters of all text cells together, at most.
    has_macros, has_links : program code, links to other workbooks.
    """

    sheets: dict[str, SheetScan] = field(default_factory=dict)
    text_length: int = 0
    has_macros: bool = False
    has_links: bool = False


def column_index(letters: str) -> int:
    """Return the index from 0 of a spreadsheet column such as "AB"."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def cell_name(row: int, column: int) -> str:
    """Return a cell's name such as "AB12" from its indices."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
