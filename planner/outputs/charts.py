"""Charts of the studies, below their tables: lines that can be told apart without colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from planner.catalogue.columns import columns
from planner.outputs.sheet import FONT, HEADER, INK, Book

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_FRONTIER = ("persons_served", "lacking")
_SIZE = {"width": 620, "height": 330}
_TAU = {
    "worst_own_best_share": ("circle", "solid"),
    "next_worst_own_best_share": ("square", "solid"),
    "lowest_decile_share": ("triangle", "long_dash"),
    "price": ("diamond", "round_dot"),
}
"""Marker and dash of each line along tau."""

_BILLIONS = "#,##0,"
"""Million VND shown in billions."""


def add_frontier_charts(book: Book, page: Worksheet, frame: pd.DataFrame) -> None:
    """Draw persons served and what people lack against the money spent, side by side below the table."""
    shown = list(frame.columns)
    spent, last, left = shown.index("spent_million_vnd"), len(frame), 0
    for drawn in _FRONTIER:
        place = shown.index(drawn)
        chart = book.file.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
        name = page.get_name()
        chart.add_series(
            {
                "categories": [name, 1, spent, last, spent],
                "values": [name, 1, place, last, place],
                "line": {"color": HEADER, "width": 1.75},
                "marker": {"type": "circle", "size": 7, "border": {"color": INK}, "fill": {"color": "#FFFFFF"}},
            }
        )
        small = {"name": FONT["font_name"], "size": 9, "bold": False}
        chart.set_title({"name": book.text(f"chart_{drawn}"), "name_font": small | {"size": 11, "bold": True}})
        axis = {
            "num_font": small,
            "name_font": small,
            "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
        }
        chart.set_x_axis({"name": book.text("chart_spent"), "num_format": _BILLIONS, **axis})
        low = {"min": _floor(frame[drawn])} if drawn == "persons_served" else {"min": 0}
        chart.set_y_axis({"num_format": "#,##0", **low, **axis})
        chart.set_legend({"none": True})
        chart.set_size(_SIZE)
        page.insert_chart(last + 2, 0, chart, {"x_offset": left, "y_offset": 4, "object_position": 3})
        left += _SIZE["width"] + 15


def add_tau_chart(book: Book, page: Worksheet, frame: pd.DataFrame) -> None:
    """Draw the worst communes and the lowest tenth of the people along tau, against the right axis what others lose."""
    labels = {key: column.label(book.language) for key, column in columns("tau_curve").items()}
    across, last, name = list(frame.columns).index("tau"), len(frame), page.get_name()
    chart = book.file.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
    for key, (marker, dash) in _TAU.items():
        place = list(frame.columns).index(key)
        chart.add_series(
            {
                "name": labels[key],
                "categories": [name, 1, across, last, across],
                "values": [name, 1, place, last, place],
                "y2_axis": key == "price",
                "line": {"color": HEADER, "width": 1.75, "dash_type": dash},
                "marker": {"type": marker, "size": 7, "border": {"color": INK}, "fill": {"color": "#FFFFFF"}},
            }
        )
    small = {"name": FONT["font_name"], "size": 9, "bold": False}
    fonts = {"num_font": small, "name_font": small}
    chart.set_x_axis({"name": labels["tau"], "min": 0, "max": 1, "num_format": "0.0", **fonts})
    chart.set_y_axis({"num_format": "0%", "min": 0, "max": 1, **fonts})
    chart.set_y2_axis({"name": labels["price"], "num_format": "#,##0", "min": 0, **fonts})
    chart.set_legend({"position": "bottom", "font": small})
    chart.set_size({"width": 900, "height": 420})
    page.insert_chart(last + 2, 0, chart, {"y_offset": 4, "object_position": 3})


def _floor(values: pd.Series) -> float:
    """Return a round number below all values, so that small gains can be seen."""
    low, high = float(values.min()), float(values.max())
    step = 10.0 ** (len(str(int(max(high - low, 1.0)))) - 1)
    return max(0.0, low // step * step)
