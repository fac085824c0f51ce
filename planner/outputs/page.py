"""A sheet written line by line into a user's own workbook, or into one that is streamed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from planner.outputs.sheet import ERROR, HEADER, INK, LINE_HEIGHT, LONGEST_CELL, PALE, WARNING, lines_of

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

INFO = "#E4ECF7"
COLOURS = {"error": ERROR, "warning": WARNING, "info": INFO}
_A4 = "9"
_TOP = Alignment(horizontal="left", vertical="top", wrap_text=True, indent=1)
_FIGURE = Alignment(vertical="top", horizontal="right", indent=1)
_ROOMY = 1.2  # letters are narrower than the digits that widths are counted in, and cells are indented
_LINE = Side(style="thin", color=PALE[1:])
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_RULED = Border(bottom=Side(style="medium", color=HEADER[1:]))


def solid(colour: str) -> PatternFill:
    """Return a fill of one colour."""
    return PatternFill("solid", fgColor=colour[1:])


def _font(**properties: Any) -> Font:  # noqa: ANN401  openpyxl's properties
    return Font(name="Arial", size=properties.pop("size", 10), color=properties.pop("color", INK)[1:], **properties)


_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"font": _font(bold=True, size=15, color=HEADER), "alignment": Alignment(vertical="center")},
    "plain": {"font": _font(), "alignment": Alignment(vertical="top")},
    "heading": {"font": _font(bold=True, size=11, color=HEADER), "border": _RULED},
    "header": {
        "font": _font(bold=True, color="#FFFFFF"),
        "fill": solid(HEADER),
        "border": _BOX,
        "alignment": Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1),
    },
    "text": {"font": _font(), "border": _BOX, "alignment": _TOP, "number_format": "@"},
    "total": {"font": _font(bold=True), "border": _BOX, "alignment": _TOP, "fill": solid(PALE)},
    "sum": {
        "font": _font(bold=True),
        "border": _BOX,
        "alignment": _FIGURE,
        "fill": solid(PALE),
        "number_format": "#,##0",
    },
    "number": {"font": _font(), "border": _BOX, "alignment": _FIGURE, "number_format": "#,##0"},
    "share": {"font": _font(), "border": _BOX, "alignment": _FIGURE, "number_format": "0%"},
    "link": {"font": _font(color="#0563C1", underline="single"), "border": _BOX, "alignment": _TOP},
    **{
        severity: {"font": _font(bold=True), "border": _BOX, "alignment": _TOP, "fill": solid(colour)}
        for severity, colour in COLOURS.items()
    },
}


class Shown(NamedTuple):
    """A cell to be shown: value, look, place in the workbook that it links to, number of columns it covers."""

    value: str | float | None
    look: str = "text"
    link: str = ""
    across: int = 1


@dataclass
class Page:
    """A sheet of ours and the row written last; a streamed sheet behaves like any other here."""

    sheet: Worksheet
    widths: Sequence[float]
    row: int = 0
    looks: dict[str, Cell] = field(default_factory=dict)

    def line(self, cells: Sequence[Shown] = (), height: float = 0) -> None:
        """Write the next row, high enough for its texts."""
        self.row += 1
        row: list[Cell] = []
        lines = 1
        for shown in cells:
            first = len(row)
            row += [self._cell(shown if i == 0 else Shown(None, shown.look)) for i in range(shown.across)]
            if shown.across > 1:
                last = get_column_letter(first + shown.across)
                self.sheet.merged_cells.add(f"{get_column_letter(first + 1)}{self.row}:{last}{self.row}")
            if isinstance(shown.value, str) and shown.look not in ("title", "plain"):
                lines = max(lines, lines_of(shown.value, int(sum(self.widths[first : first + shown.across]) * _ROOMY)))
        if height or lines > 1:
            self.sheet.row_dimensions[self.row].height = height or min(LINE_HEIGHT * lines + 1, 400)
        self.sheet.append(row)
        for column, cell in enumerate(row, start=1):
            if cell.hyperlink is not None:
                cell.hyperlink.ref = f"{get_column_letter(column)}{self.row}"

    def header(self, titles: Sequence[str]) -> None:
        """Write a row of column headings."""
        self.line([Shown(title, "header") for title in titles])

    def heading(self, title: str) -> None:
        """Write the heading of a section, with an empty row above."""
        self.line()
        self.line([Shown(title if i == 0 else None, "heading") for i in range(len(self.widths))], height=18)

    def _cell(self, shown: Shown) -> Cell:
        cell = text_cell(self.sheet, shown.value)
        # One style for many cells: given property by property, a long list takes minutes.
        cell._style = self._look(shown.look)._style  # type: ignore[attr-defined]  # noqa: SLF001
        if shown.link:
            cell.hyperlink = Hyperlink(ref="A1", location=shown.link)
        return cell

    def _look(self, name: str) -> Cell:
        if name not in self.looks:
            self.looks[name] = WriteOnlyCell(self.sheet)
            for key, value in _LOOKS[name].items():
                setattr(self.looks[name], key, value)
        return self.looks[name]


def text_cell(sheet: Worksheet, value: Any) -> Cell:  # noqa: ANN401  any value of a cell
    """Return a cell in which a text stays a text, whatever it looks like."""
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL])
    cell.data_type = "s"
    return cell


def front_page(book: Workbook, title: str, place: int, widths: Sequence[float]) -> Page:
    """Add a sheet of ours at a place, set up to be printed in landscape, as wide as the paper."""
    sheet = book.create_sheet(title, place)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.sheet_properties.tabColor = HEADER[1:]
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToHeight = 0
    for side, inches in (("left", 0.4), ("right", 0.4), ("top", 0.5), ("bottom", 0.7)):
        setattr(sheet.page_margins, side, inches)
    sheet.sheet_view.showGridLines = False
    sheet.oddFooter.left.text = title
    sheet.oddFooter.right.text = "&P/&N"
    return Page(sheet, widths)
