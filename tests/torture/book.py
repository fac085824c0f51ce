"""The torture workbook: one trouble a row, each with the record that it must bring; and a clean one beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from pyproj import Transformer

from planner.catalogue.columns import columns
from planner.errors import Severity
from tests.torture.province import Commune, communes

Cells = dict[str, Any]
Changes = Callable[[int], Cells]

KEYS = (
    "facility_id", "site_id", "same_as", "name", "address", "commune_code", "commune_name", "old_commune",
    "old_district", "lon", "lat", "x", "y", "crs", "map_sheet", "parcel", "land_area_m2", "certificate_area_m2",
    "floor_area_m2", "storeys", "rooms", "built_year", "condition", "original_value_vnd", "residual_value_vnd",
    "current_use", "occupancy", "owner", "holder", "encumbrance", "certificate", "heritage", "status", "approved_use",
    "approved_form", "decision_no", "decision_date",
)  # fmt: skip


def _as_it_is(number: int) -> Cells:  # noqa: ARG001  a clean row is clean whatever its number
    return {}


@dataclass(frozen=True)
class Trouble:
    """A row, or several that belong together, with one thing wrong.

    Attributes
    ----------
    kind : what is wrong, in words.
    rule, severity : the record that must come of it, on the last of its rows.
    cells : what differs from a clean row, given its number.
    before : the rows above it that belong to it, likewise.
    column : column of the record; empty where it is about the row.
    raw : a row that is no row of the table at all, cell by cell from the first column on.
    """

    kind: str
    rule: str
    severity: Severity
    cells: Changes = _as_it_is
    before: tuple[Changes, ...] = ()
    column: str = ""
    raw: tuple[object, ...] = ()


def clean_row(number: int) -> Cells:
    """Return a row with which nothing is wrong: every row in a commune of its own."""
    home = communes()[number % len(communes())]
    return {
        "facility_id": f"TQ-{number:04d}",
        "name": f"Trụ sở UBND {home.name} (điểm {number})",
        "address": f"Thôn {number}, {home.name}, tỉnh Tuyên Quang",
        "commune_code": home.code,
        "commune_name": home.name,
        "lon": round(home.lon + 0.00612 + number * 1e-5, 5),
        "lat": round(home.lat + 0.00437 + number * 1e-5, 5),
        "land_area_m2": 900 + 7 * number,
        "floor_area_m2": 310 + 3 * number,
        "storeys": 2,
        "rooms": 9,
        "built_year": 1998 + number % 20,
        "condition": "Sửa chữa được",
        "original_value_vnd": 2_000_000_000 + 1_000_000 * number,
        "residual_value_vnd": 900_000_000,
        "current_use": "Trụ sở làm việc",
        "occupancy": "Bỏ trống",
        "owner": "Xã",
        "holder": f"UBND {home.name}",
        "encumbrance": "Không",
        "heritage": "Không",
        "status": "Đề xuất",
    }


def home(number: int) -> Commune:
    """Return the commune of a clean row."""
    return communes()[number % len(communes())]


def vn2000(number: int, epsg: int) -> tuple[float, float]:
    """Return northing and easting in m of a clean row's place in a zone of VN-2000."""
    row = clean_row(number)
    easting, northing = Transformer.from_crs(4326, epsg, always_xy=True).transform(row["lon"], row["lat"])
    return round(northing, 2), round(easting, 2)


def write(path: Path, rows: list[Cells | tuple[object, ...]], keys: tuple[str, ...] = KEYS) -> Path:
    """Write rows below a title and one row of headers, which stands in row 3."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Danh sách"
    known = columns("facilities")
    sheet.append(["DANH SÁCH CƠ SỞ NHÀ, ĐẤT"])
    sheet.append([])
    sheet.append(["STT", *(known[key].vi for key in keys)])
    for number, row in enumerate(rows, start=1):
        if isinstance(row, tuple):
            sheet.append([_excel(cell) for cell in row])
        else:
            sheet.append([number, *(_excel(row.get(key)) for key in keys)])
    book.save(path)
    return path


def _excel(cell: object) -> Any:
    return dt.datetime(cell.year, cell.month, cell.day) if type(cell) is dt.date else cell  # noqa: DTZ001
