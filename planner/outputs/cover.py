"""The workbook's first sheet: what the plan is, how good, on what data and law, what is assumed, where things are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.catalogue.load import read_data
from planner.catalogue.numbers import UNKNOWN, format_number, format_share
from planner.outputs.sheet import (
    ASSUMED,
    ERROR,
    HEADER,
    INK,
    PALE,
    REVIEW,
    SET_HERE,
    WARNING,
    Book,
    fields_of,
    sheet_name,
)
from planner.plan.status import price_known, status_in_words

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from planner.plan.result import Plan

COLUMNS = 6  # A: labels; B to F: sentences across, or the columns of a small table
_WIDTHS = (34, 16, 16, 16, 16, 16)
_LINE = 116  # characters of a sentence across B to F
_ACROSS = 155  # characters of a sentence across A to F
_LINE_HEIGHT = 13.5


@dataclass
class _Writer:
    """Where the next line of the sheet goes."""

    book: Book
    page: Worksheet
    row: int = 0

    def title(self, text: str, size: int) -> None:
        shape = self.book.format(bold=True, font_size=size, font_color=HEADER, text_wrap=True, valign="vcenter")
        self.page.merge_range(self.row, 0, self.row, COLUMNS - 1, "", shape)
        self.page.write_string(self.row, 0, text, shape)
        self.page.set_row(self.row, size * 1.7)
        self.row += 1

    def heading(self, text: str) -> None:
        self.row += 1
        shape = self.book.format(bold=True, font_size=11, font_color=HEADER, bottom=2, bottom_color=HEADER)
        for column in range(COLUMNS):
            self.page.write_string(self.row, column, "" if column else text, shape)
        self.row += 1

    def line(self, label: str, text: str, **look: Any) -> None:  # noqa: ANN401  XlsxWriter's properties
        self.page.write_string(self.row, 0, label, self.book.format(text_wrap=True, font_color=INK, bold=True))
        shape = self.book.format(text_wrap=True, **look)
        self.page.merge_range(self.row, 1, self.row, COLUMNS - 1, "", shape)
        self.page.write_string(self.row, 1, text, shape)
        lines = max(-(-len(text) // _LINE), -(-len(label) // 38), 1)
        self.page.set_row(self.row, lines * _LINE_HEIGHT + 2)
        self.row += 1

    def sentence(self, text: str) -> None:
        shape = self.book.format(text_wrap=True)
        self.page.merge_range(self.row, 0, self.row, COLUMNS - 1, "", shape)
        self.page.write_string(self.row, 0, text, shape)
        self.page.set_row(self.row, -(-len(text) // _ACROSS) * _LINE_HEIGHT + 2)
        self.row += 1

    def cells(self, texts: list[str], **look: Any) -> None:  # noqa: ANN401  XlsxWriter's properties
        for column, text in enumerate(texts):
            shape = self.book.format(text_wrap=True, align="right" if column else "left", **look)
            self.page.write_string(self.row, column, text, shape)
        if any(len(text) > 1.2 * width for text, width in zip(texts, _WIDTHS, strict=False)):
            self.page.set_row(self.row, 2 * _LINE_HEIGHT + 2)
        self.row += 1


_LOCK_FIGURES = (("n", "count", 0), ("price", "price_together", 2))
_TRAVEL = {
    "straight_line": "assumed_travel",
    "network": "assumed_travel_network",
    "matrix": "assumed_travel_matrix",
}


def write_cover(book: Book, page: Worksheet, plan: Plan, rows: dict[str, int], *, hidden: int) -> None:
    """Write the first sheet.

    Parameters
    ----------
    plan : the plan as it is shown.
    rows : number of rows of each other sheet.
    hidden : number of confidential facilities left out.
    """
    page.set_portrait()
    page.hide_gridlines(2)
    for column, width in enumerate(_WIDTHS):
        page.set_column(column, column, width)
    writer = _Writer(book, page)
    writer.title(book.text("title"), 16)
    writer.title(plan.scenario.name, 13)
    _state(writer, plan, hidden)
    _figures(writer, plan)
    _needs(writer, plan)
    _terms(writer, plan)
    _assumptions(writer, plan)
    _sheets(writer, rows)
    _legend(writer)
    page.print_area(0, 0, writer.row, COLUMNS - 1)


def _state(writer: _Writer, plan: Plan, hidden: int) -> None:
    """Write status, notices and who may read it."""
    book, inputs, status = writer.book, plan.inputs, status_in_words(plan)
    writer.line(book.text("status"), f"{status.label}. {status.sentence}", bg_color=PALE, bold=True)
    figures = {key: format_number(plan.summary[key], book.language, 1) for key in ("objective", "bound")}
    writer.line("", book.text("objective", **figures))
    if status.warning:
        writer.line("", status.warning, bg_color=WARNING)
    if inputs.synthetic_notice:
        writer.line(book.text("synthetic"), inputs.synthetic_notice, bg_color=WARNING)
    writer.line(book.text("law"), plan.catalogue.notice(book.language))
    inside = int(inputs.facilities["confidential"].fillna(value=False).sum())
    if hidden:
        writer.line(book.text("confidentiality"), book.text("confidential_left_out", n=hidden), bg_color=WARNING)
    elif inside:
        writer.line(book.text("confidentiality"), book.text("confidential_inside", n=inside), bg_color=ERROR)


def _figures(writer: _Writer, plan: Plan) -> None:
    book, counts = writer.book, plan.summary["counts"]

    def n(value: float) -> str:
        return format_number(value, book.language, 0)

    writer.heading(book.text("figures"))
    proposed = plan.statistics[plan.statistics["block"] == "proposed"]
    land, floor = n(proposed["land_m2"].sum()), n(proposed["floor_m2"].sum())
    size = {"facilities": n(counts["facilities"]), "sites": n(counts["sites"]), "land": land, "floor": floor}
    writer.line(book.text("facilities"), book.text("facilities_value", **size))
    read = {key: n(counts[key].get("facilities", 0)) for key in ("read", "set_aside")}
    writer.line(book.text("rows_read"), book.text("rows_read_value", **read))
    names = book.names("decided_by")
    decided = [f"{names.get(key, key)}: {n(count)}" for key, count in counts["by_decided_by"].items()]
    writer.line(book.text("decided"), " · ".join(decided))
    if plan.summary["locks"]["count"]:
        writer.line(book.text("decisions"), _locks(book, plan))
    writer.line(book.text("pending"), n(counts["by_use"].get("pending", 0)))
    writer.line(book.text("survey"), n(counts["survey_needed"]))
    writer.line(book.text("money"), " · ".join(_spent(book, plan)))
    if "next_worst" in plan.summary["fairness"]:
        writer.line(book.text("fairness"), _fairness(book, plan))
    bought = n(plan.purchases["cost_million_vnd"].sum())
    writer.line(book.text("purchases"), book.text("million", n=bought))
    found = plan.checks["severity"].value_counts()
    findings = [f"{name}: {n(found.get(key, 0))}" for key, name in book.names("severity").items()]
    writer.line(book.text("findings"), " · ".join(findings))


def _fairness(book: Book, plan: Plan) -> str:
    told = plan.summary["fairness"]
    places = {
        place: f"{told[place]['name']} ({format_share(told[place]['own_best_share'], book.language)})"
        for place in ("worst", "next_worst")
    }
    decile = format_share(told["lowest_decile_share"], book.language)
    count = told["communes_that_need_a_building"]
    return book.text("fairness_value", **places, decile=decile, building=format_number(count, book.language))


def _locks(book: Book, plan: Plan) -> str:
    locks = plan.summary["locks"]
    fields = {key: format_number(locks[name], book.language, digits) for key, name, digits in _LOCK_FIGURES}
    return book.text(price_known(locks), **fields, sheet=sheet_name("decision_log", book.language))


def _spent(book: Book, plan: Plan) -> list[str]:
    names, sentences = book.names("funding_source"), []
    for row in plan.budget.to_dict("records"):
        source = names.get(row["source"], row["source"])
        spent, limit = (format_number(row[f"{key}_million_vnd"], book.language, 0) for key in ("spent", "limit"))
        key = "spent_no_limit" if limit == UNKNOWN else "spent_of"
        sentences.append(book.text(key, source=source, spent=spent, limit=limit))
    return sentences


def _needs(writer: _Writer, plan: Plan) -> None:
    """Write need, existing, met and unmet of each use; a need that is not known is a dash."""
    book = writer.book
    writer.heading(book.text("needs"))
    keys = ["use", "need", "existing", "met", "unmet"]
    _small_header(writer, [*(f.header for f in fields_of(book, "needs", keys)), book.text("covered")])
    uses, units = book.names("use"), book.names("need_unit")
    for use, row in sorted(plan.summary["needs"].items(), key=lambda item: list(uses).index(item[0])):
        figures = [format_number(row[key], book.language, 0) for key in keys[1:]]
        share = (row["existing"] + row["met"]) / row["need"] if row["need"] else None
        name = f"{uses.get(use, use)} ({units.get(row['unit'], row['unit'])})"
        writer.cells([name, *figures, format_share(share, book.language)])


def _terms(writer: _Writer, plan: Plan) -> None:
    book = writer.book
    writer.heading(book.text("terms"))
    _small_header(writer, [book.text(key) for key in ("term", "value", "unavoidable", "bound")])
    names = book.names("term")
    for term in plan.summary["terms"]:
        figures = [format_number(term[key], book.language, 2) for key in ("value", "unavoidable", "bound")]
        writer.cells([names.get(term["name"], term["name"]), *figures])


def _small_header(writer: _Writer, texts: list[str]) -> None:
    writer.cells(texts, bold=True, bg_color=PALE)


def _assumptions(writer: _Writer, plan: Plan) -> None:
    book, assumed = writer.book, plan.assumed
    writer.heading(book.text("assumptions"))
    sentences = [book.text(_TRAVEL[plan.scenario.travel.mode])]
    if len(assumed):
        sentences.append(book.text("assumed_cells", n=len(assumed), facilities=assumed["facility_id"].nunique()))
    if plan.scenario.procedure.start_date is not None:
        sentences.append(plan.catalogue.clock.label(book.language))
    guessed = int((plan.parameters["confidence"] == "assumed").sum())
    sheet = sheet_name("parameters", book.language)
    sentences.append(book.text("assumed_parameters", n=guessed, all=len(plan.parameters), sheet=sheet))
    unknown = int((~plan.needs["known"].fillna(value=False).astype(bool)).sum())
    if unknown:
        sentences.append(book.text("assumed_unknown_needs", n=unknown))
    if (plan.checks["rule"] == "settlements-assumed").any():
        sentences.append(book.text("assumed_settlements"))
    for sentence in sentences:
        writer.sentence(f"•  {sentence}")


def _sheets(writer: _Writer, rows: dict[str, int]) -> None:
    """Write the list of sheets with links."""
    book = writer.book
    writer.heading(book.text("sheets"))
    link = book.format(font_color="#0563C1", underline=1, bold=True)
    for sheet, texts in read_data("workbook_texts")["sheets"].items():
        if sheet not in rows:
            continue
        count = book.text("rows", n=format_number(rows[sheet], book.language, 0))
        writer.line("", f"{texts[f'about_{book.language}']} ({count})")
        name = sheet_name(sheet, book.language)
        writer.page.write_url(writer.row - 1, 0, f"internal:'{name}'!A1", link, name)


def _legend(writer: _Writer) -> None:
    book = writer.book
    writer.heading(book.text("legend"))
    colours = {"assumed": ASSUMED, "scenario": SET_HERE, "error": ERROR, "warning": WARNING, "review": REVIEW}
    for key, colour in colours.items():
        writer.page.write_string(writer.row, 0, book.text(f"legend_{key}"), book.format(bg_color=colour))
        writer.row += 1
    writer.sentence(book.text("legend_use"))
