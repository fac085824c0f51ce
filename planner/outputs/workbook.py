"""The plan as a workbook for the people who decide: one sheet a question, in the language of the run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

import pandas as pd
import xlsxwriter

from planner.outputs.charts import add_frontier_charts, add_tau_chart
from planner.outputs.cover import write_cover
from planner.outputs.dossiers import paper_tints, papers_table
from planner.outputs.forms import site_list, totals_by_form
from planner.outputs.review import in_review, log_tints, write_lists, write_review
from planner.outputs.sheet import (
    A3,
    A4,
    ASSUMED,
    CREATED,
    ERROR,
    OPTIONS,
    PALE,
    SET_HERE,
    WARNING,
    Book,
    add_sheet,
    fields_of,
    filter_and_freeze,
    widths_of,
    write_table,
)
from planner.outputs.tables import confidential, visible

if TYPE_CHECKING:
    from pathlib import Path

    from xlsxwriter.worksheet import Worksheet

    from planner.plan.result import Plan
    from planner.studies.result import Studies

_MONEY = ("budget", "shares", "fairness", "equity")
_FOLDED = ("lon", "lat", "position_quality")
_BLOCKS = ("proposed", "actual")
_FIGURES = ("sites", "land_m2", "floor_m2", "share")
_PAPERS = {
    "tsc_xlts": (A3, 2),
    "dossiers": (A3, 1),
    "decision_log": (A3, 1),
    "frontier": (A3, 1),
    "other_plans": (A3, 1),
}  # paper and pages wide of tables too wide for one of A4


def write_workbook(plan: Plan, path: Path) -> None:
    """Write the workbook of a plan.

    Parameters
    ----------
    plan : the plan; confidential sites are left out of a public run.
    path : the .xlsx file to write; the same plan gives the same bytes.
    """
    shown = visible(plan)
    with xlsxwriter.Workbook(path, OPTIONS) as file:
        file.set_properties({"title": plan.scenario.name, "created": CREATED})
        book = Book(file, plan.catalogue, plan.scenario.language, plan.scenario.name)
        cover = add_sheet(book, "cover")
        rows = _write_sheets(book, shown)
        write_lists(book)
        write_cover(book, cover, shown, rows, hidden=len(confidential(plan)))
        cover.activate()


def _write_sheets(book: Book, plan: Plan) -> dict[str, int]:
    """Write every sheet but the first and return the number of rows of each."""
    write_allocation(book, *with_assumed(plan), in_review(plan.decision_log))
    if len(plan.decision_log):
        _plain(book, "decision_log", plan.decision_log, beside=2, tints=log_tints(plan.decision_log))
    if plan.inputs.previous is not None:
        _plain(book, "plan_changes", plan.changes, beside=2)
    _plain(book, "reasons", plan.reasons, beside=2)
    _plain(book, "needs", plan.needs, beside=3)
    _statistics(book, plan)
    by_form = totals_by_form(plan, book)
    _plain(book, "form_totals", by_form, beside=2, totals=("sites", "land_m2", "floor_m2"))
    _plain(book, "planning_updates", plan.planning_updates, beside=2)
    _plain(book, "purchases", plan.purchases, beside=2, totals=("cost_million_vnd",))
    _plain(book, "to_clear", plan.to_clear, beside=2)
    _recommendations(book, plan)
    if plan.scenario.procedure.start_date is not None:
        _plain(book, "deadlines", plan.deadlines, beside=4)
    if len(plan.classical):
        _plain(book, "classical", plan.classical, beside=3)
    if len(plan.alternatives):
        _plain(book, "alternatives", plan.alternatives, beside=3)
    studied = _studies(book, plan.studies)
    papers = papers_table(plan)
    _plain(book, "dossiers", papers, beside=2, tints=paper_tints(plan))
    _plain(book, "rules", plan.rules, beside=2)
    _money(book, plan)
    if len(plan.needs_building):
        _plain(book, "needs_building", plan.needs_building, beside=2)
    severity = {"error": ERROR, "warning": WARNING}
    _plain(book, "checks", plan.checks, tints={"severity": [severity.get(s) for s in plan.checks["severity"]]})
    confidence = {"assumed": ASSUMED, "scenario": SET_HERE}
    colours = [confidence.get(c) for c in plan.parameters["confidence"]]
    _plain(book, "parameters", plan.parameters, beside=3, tints=dict.fromkeys(("value", "confidence"), colours))
    sites = site_list(plan, book)
    _plain(book, "tsc_xlts", sites, beside=3)
    counted = {"form_totals": len(by_form), "dossiers": len(papers), "tsc_xlts": len(sites)}
    counted |= {
        "statistics": len(plan.catalogue.ministry_outcomes),
        "money": sum(len(getattr(plan, table)) for table in _MONEY),
    }
    tables = ["allocation", "reasons", "needs", "planning_updates", "purchases", "to_clear", "recommendations", "rules"]
    tables += ["checks", "parameters"]
    optional = ("classical", "alternatives", "decision_log", "needs_building")
    tables += [table for table in optional if len(getattr(plan, table))]
    tables += ["deadlines"] if plan.scenario.procedure.start_date is not None else []
    counted |= {"plan_changes": len(plan.changes)} if plan.inputs.previous is not None else {}
    return counted | studied | {table: len(getattr(plan, table)) for table in tables}


def _studies(book: Book, studies: Studies) -> dict[str, int]:
    """Write a sheet for each table of the studies that has rows and return their numbers."""
    tables = {part.name: getattr(studies, part.name) for part in dataclasses.fields(studies)}
    rows = {name: len(table) for name, table in tables.items() if len(table)}
    for name in rows:
        page = _plain(book, name, tables[name], beside=2)
        if name == "frontier":
            add_frontier_charts(book, page, tables[name])
        if name == "tau_curve":
            add_tau_chart(book, page, tables[name])
    return rows


def _plain(  # noqa: PLR0913  what the sheets differ in
    book: Book,
    table: str,
    frame: pd.DataFrame,
    *,
    beside: int = 0,
    totals: Sequence[str] = (),
    tints: Mapping[str, Sequence[str | None]] | None = None,
) -> Worksheet:
    """Write a sheet that is one table, and return it."""
    paper, pages_wide = _PAPERS.get(table, (A4, 1))
    page = add_sheet(book, table, paper=paper, pages_wide=pages_wide)
    fields = fields_of(book, table, list(frame.columns))
    write_table(book, page, table, frame, fields, totals=totals if len(frame) else (), tints=tints)
    filter_and_freeze(page, len(frame), fields, beside=beside)
    return page


def write_allocation(
    book: Book, frame: pd.DataFrame, notes: Mapping[tuple[int, str], str], shown: pd.DataFrame
) -> None:
    """Write the allocation: new uses in the map's colours, assumed values coloured and noted, idle columns folded.

    Parameters
    ----------
    frame, notes : see `with_assumed`.
    shown : decisions in force by facility, in the review columns beside the table.
    """
    page = add_sheet(book, "allocation", paper=A3, pages_wide=3)
    fields = fields_of(book, "allocation", list(frame.columns))
    uses = book.catalogue.uses
    tints: dict[str, list[str | None]] = {"new_use": [lighter(uses[use].colour) for use in frame["new_use"]]}
    for row, column in notes:
        tints.setdefault(column, [None] * len(frame))[row] = ASSUMED
    idle = [column for column in frame.columns if (frame[column].dropna() == "none").all()]
    write_table(book, page, "allocation", frame, fields, tints=tints, folded=(*_FOLDED, *idle))
    more = write_review(book, page, len(fields), frame["facility_id"].tolist(), shown)
    filter_and_freeze(page, len(frame), fields, beside=3, more=more)
    page.repeat_columns(0, 2)
    page.set_zoom(90)
    names = {key: norm.label(book.language) for key, norm in book.catalogue.coefficients.items()}
    for (row, column), rule in notes.items():
        note = book.text("assumed_value", rule=names.get(rule, rule))
        page.write_comment(row + 1, list(frame.columns).index(column), note, {"author": "planner", "x_scale": 1.6})


def with_assumed(plan: Plan) -> tuple[pd.DataFrame, dict[tuple[int, str], str]]:
    """Return the allocation with assumed values where its own are missing.

    Returns
    -------
    The table, and for each assumed cell (row, column) the rule behind it.
    """
    frame = plan.allocation.copy()
    rows = {facility: row for row, facility in enumerate(frame["facility_id"])}
    notes: dict[tuple[int, str], str] = {}
    for column, cells in plan.assumed.groupby("column", sort=False):
        name = str(column)
        values = frame["facility_id"].map(dict(zip(cells["facility_id"], cells["value"], strict=True)))
        frame[name] = frame[name].fillna(values.astype(frame[name].dtype))
        notes |= {(rows[f], name): rule for f, rule in zip(cells["facility_id"], cells["rule"], strict=True)}
    return frame, notes


def lighter(colour: str) -> str:
    """Mix a colour with white, so that black text stays readable on it."""
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * 0.3):02X}" for part in parts)


def _statistics(book: Book, plan: Plan) -> None:
    """Write the ten ministry outcomes: proposed and actual side by side, with sums, and the national shares."""
    page = add_sheet(book, "statistics")
    known = {field.key: field for field in fields_of(book, "statistics", list(plan.statistics.columns))}
    fields = [known["ministry_outcome"]]
    fields += [known[figure]._replace(key=f"{block}_{figure}") for block in _BLOCKS for figure in _FIGURES]
    fields += [known["national_share"]]
    totals = [f"{block}_{figure}" for block in _BLOCKS for figure in _FIGURES if figure != "share"]
    write_table(book, page, "statistics", side_by_side(plan.statistics), fields, top=1, totals=totals)
    filter_and_freeze(page, len(plan.catalogue.ministry_outcomes), fields, top=1, beside=1)
    heading = book.format(bold=True, align="center", bg_color=PALE, bottom=1)
    for i, block in enumerate(_BLOCKS):
        first = 1 + i * len(_FIGURES)
        page.merge_range(0, first, 0, first + len(_FIGURES) - 1, book.text(block), heading)


def side_by_side(statistics: pd.DataFrame) -> pd.DataFrame:
    """Return one row a ministry outcome, with the figures of the two blocks beside each other."""
    blocks = {block: rows.set_index("ministry_outcome") for block, rows in statistics.groupby("block", sort=False)}
    wide = pd.DataFrame({"ministry_outcome": statistics["ministry_outcome"].unique()})
    for block in _BLOCKS:
        for figure in _FIGURES:
            wide[f"{block}_{figure}"] = wide["ministry_outcome"].map(blocks[block][figure])
    wide["national_share"] = wide["ministry_outcome"].map(blocks["proposed"]["national_share"])
    return wide


def _money(book: Book, plan: Plan) -> None:
    """Write the budget, and below it shares of money and area, inequality, and who is served by class and commune."""
    page = add_sheet(book, "money")
    frames = {table: getattr(plan, table) for table in _MONEY}
    shown = {table: fields_of(book, table, list(frame.columns)) for table, frame in frames.items()}
    needed = [widths_of(book, frames[table], shown[table]) for table in _MONEY]
    least = [max(widths) for widths in zip_longest(*needed, fillvalue=0.0)]
    top = 0
    for table, frame in frames.items():
        write_table(book, page, table, frame, shown[table], top=top, least=least)
        top += len(frame) + 2
    last = _MONEY[-1]
    filter_and_freeze(page, len(frames[last]), shown[last], top=top - len(frames[last]) - 2, beside=0)


def _recommendations(book: Book, plan: Plan) -> None:
    """Write how much is asked of whom, and below it the facilities, by addressee."""
    page = add_sheet(book, "recommendations", paper=A3)
    totals, rows = plan.recommendation_totals, plan.recommendations
    above, below = (
        fields_of(book, table, list(frame.columns))
        for table, frame in (("recommendation_totals", totals), ("recommendations", rows))
    )
    top = len(totals) + 2
    write_table(book, page, "recommendations", rows, below, top=top, least=widths_of(book, totals, above))
    write_table(book, page, "recommendation_totals", totals, above, least=widths_of(book, rows, below))
    filter_and_freeze(page, len(rows), below, top=top, beside=0)
