"""Every trouble of a real list that the planner must find, one a row."""
# ruff: noqa: ARG005  a row's number matters only where its place does

from __future__ import annotations

import datetime as dt

from planner.errors import Severity
from tests.torture.book import Cells, Changes, Trouble, home, vn2000


def _row(kind: str, rule: str, severity: Severity, column: str = "", **cells: object) -> Trouble:
    return Trouble(kind, rule, severity, lambda number: dict(cells), column=column)


def _pair(kind: str, rule: str, severity: Severity, first: Cells, second: Changes, column: str = "") -> Trouble:
    return Trouble(kind, rule, severity, second, (lambda number: first,), column)


def _nowhere(**cells: object) -> Cells:
    """Return a row without a usable place."""
    return {"commune_code": None, "commune_name": None, "address": None, "lon": None, "lat": None} | cells


def _projected(epsg: int, *, swapped: bool = False, crs: str | None = None, off: float = 0.0) -> Changes:
    def cells(number: int) -> Cells:
        northing, easting = vn2000(number, epsg)
        x, y = (easting, northing) if swapped else (northing, easting)
        return {"lon": None, "lat": None, "x": x + off, "y": y, "crs": crs}

    return cells


NUMBERS = (
    _row("a number that may be 1,234 or 1.234", "number-ambiguous", "warning", "floor_area_m2", floor_area_m2="1.234"),
    _row("a unit behind the number", "number-unsure", "warning", "land_area_m2", land_area_m2="0,5 ha"),
    _row("about", "number-unsure", "warning", "floor_area_m2", floor_area_m2="khoảng 300"),
    _row("more than", "number-unsure", "warning", "floor_area_m2", floor_area_m2=">500"),
    _row("a sum in a cell", "number-unsure", "warning", "floor_area_m2", floor_area_m2="300+200"),
    _row("a product in a cell", "number-unsure", "warning", "land_area_m2", land_area_m2="120m x 30m"),
    _row("an area that is text", "not-a-number", "error", "floor_area_m2", floor_area_m2="hai trăm"),
    _row("a negative area", "negative-value", "error", "land_area_m2", land_area_m2=-900),
    _row("half a room", "not-a-whole-number", "error", "rooms", rooms=2.5),
    _row("a value a thousand times too large", "scale-doubtful", "warning", "original_value_vnd",
         original_value_vnd=2_000_000, residual_value_vnd=900_000),
    _row("a formula that failed", "cell-error", "warning", "floor_area_m2", floor_area_m2="#REF!"),
)  # fmt: skip

DATES = (
    _row("a month and a year", "date-unsure", "warning", "decision_date", decision_date="05/2024"),
    _row("the American order", "date-unsure", "warning", "decision_date", decision_date="12/31/2024"),
    _row("a day that does not exist", "not-a-date", "warning", "decision_date", decision_date="31/02/2024"),
    _row("a decision of the future", "impossible-decision-date", "warning", "decision_date",
         decision_date=dt.date(2091, 1, 1), decision_no="1/QĐ-UBND"),
    _row("a house built in 2099", "impossible-year", "warning", "built_year", built_year=2099),
)  # fmt: skip

TEXT = (
    _row("TCVN3 letters", "legacy-font", "warning", "name", name="Tr­êng mÇm non x· §ång Yªn"),
    _row("VNI letters", "legacy-font", "warning", "name", name="Tröôøng tieåu hoïc xaõ Ñoàng Yeân"),
    _row("a mark that is neither yes nor no", "unknown-value", "warning", "heritage", heritage="hỏi lại"),
    _row("an owner that is none", "unknown-value", "warning", "owner", owner="Chủ tịch"),
    _row("an unknown condition", "unknown-value", "warning", "condition", condition="tàm tạm"),
)

PLACES = (
    _row("a code without its zeros", "zeros-put-back", "info", "commune_code", commune_code=694, commune_name=None,
         address=None, lon=None, lat=None),
    _row("a code that no commune has", "commune-code-unknown", "warning", "commune_code", commune_code="99999"),
    Trouble("code and name of different communes", "commune-differs", "warning",
            lambda number: {"commune_name": home(number + 60).name, "address": None}, column="commune_name"),
    Trouble("a commune that was split", "commune-ambiguous", "warning",
            lambda number: _nowhere(old_commune="Xã Kim Phú", old_district="Thành phố Tuyên Quang"),
            column="old_commune"),
    Trouble("a name that two districts had", "commune-ambiguous", "warning",
            lambda number: _nowhere(old_commune="Xã Thái Bình"), column="old_commune"),
    Trouble("a commune that nobody knows", "commune-unresolved", "warning",
            lambda number: _nowhere(address="Xã Thượng Lưu Vạn Sơn, tỉnh Tuyên Quang"), column="address"),
    Trouble("another province", "commune-unresolved", "warning",
            lambda number: _nowhere(address="Phường Bến Thành, Thành phố Hồ Chí Minh"), column="address"),
    Trouble("no place at all", "commune-unresolved", "warning",
    lambda number: _nowhere(name=f"Kho vật tư số {number}")),
)  # fmt: skip

COORDINATES = (
    Trouble("longitude and latitude swapped", "position-read-as", "warning",
            lambda number: {"lon": home(number).lat + 0.005, "lat": home(number).lon + 0.007}),
    Trouble("swapped, and no commune", "swapped-coordinates", "error",
            lambda number: _nowhere(lon=22.5, lat=105.1)),
    Trouble("in the sea of another country", "outside-viet-nam", "error", lambda number: _nowhere(lon=95.0, lat=3.0)),
    Trouble("in Viet Nam, in none of these communes", "coordinates-contradict", "error",
            lambda number: _nowhere(lon=106.7, lat=10.78)),
    Trouble("in another commune", "position-elsewhere", "warning",
            lambda number: {"lon": home(number + 60).lon + 0.004, "lat": home(number + 60).lat + 0.004}),
    Trouble("at the middle of the commune", "position-is-centre", "info",
            lambda number: {"lon": home(number).lon, "lat": home(number).lat}),
    Trouble("degrees, minutes and seconds turned round", "position-read-as", "warning",
            lambda number: {"lon": "22°49'10\"B", "lat": "104°57'50\"Đ", "commune_code": "00694",
                            "commune_name": "Phường Hà Giang 1", "address": None}),
    Trouble("VN-2000 of a meridian that is not said", "position-read-as", "warning", _projected(9209)),
    Trouble("VN-2000 of the neighbour's meridian", "position-read-as", "warning", _projected(9211, crs="9209")),
    Trouble("VN-2000 with X and Y swapped", "position-read-as", "warning", _projected(9209, swapped=True, crs="9209")),
    Trouble("UTM", "position-read-as", "warning", _projected(32648)),
    Trouble("a CRS that does not exist", "crs-unknown", "error", _projected(9209, crs="99999999")),
    Trouble("metres that lie nowhere", "position-unreadable", "warning", _projected(9209, off=900_000.0)),
)  # fmt: skip

SAMENESS = (
    _pair("the same id twice", "duplicate-id", "error", {"facility_id": "TQ-9001"},
          lambda number: {"facility_id": "TQ-9001"}, "facility_id"),
    _pair("the same parcel", "possible-duplicate", "warning",
          {"old_commune": "Xã Yên Định", "map_sheet": "12", "parcel": "345", "commune_code": "00700",
          "commune_name": None},
          lambda number: {"old_commune": "Xã Yên Định", "map_sheet": "12", "parcel": "345", "commune_code": "00700",
                          "commune_name": None}),
    _pair("one school written in two ways", "possible-duplicate", "warning",
          {"name": "Trường Tiểu học Hoà Bình", "commune_code": "00967", "commune_name": None, "address": None},
          lambda number: {"name": "Trường TH Hòa Bình", "commune_code": "00967", "commune_name": None,
          "address": None}),
    _pair("two surveyed points a few metres apart", "possible-duplicate", "warning",
          {"lon": 105.30001, "lat": 22.10001, "commune_code": None, "commune_name": None, "address": None,
           "position_quality": "Khảo sát"},
          lambda number: {"lon": 105.30002, "lat": 22.10002, "commune_code": None, "commune_name": None,
          "address": None}),
    _pair("the same as a row above", "same-as", "info", {"facility_id": "TQ-9011"},
          lambda number: {"same_as": "TQ-9011"}),
    _row("the same as a row that does not exist", "same-as-unknown", "error", "same_as", same_as="TQ-7777"),
    _pair("one site with two land areas", "site-land-differs", "warning", {"site_id": "KV-1", "land_area_m2": 4568.8},
          lambda number: {"site_id": "KV-1", "land_area_m2": 3928.2}, "land_area_m2"),
    _row("papers that give another land area", "areas-differ", "warning", "certificate_area_m2", land_area_m2=4568.8,
         certificate_area_m2=3928.2),
)  # fmt: skip

SENSE = (
    _row("no floor area", "missing-floor-area", "warning", "floor_area_m2", floor_area_m2=None),
    _row("no land area", "missing-land-area", "warning", "land_area_m2", land_area_m2=None),
    _row("no owner", "owner-unknown", "warning", "owner", owner=None),
    _row("more floor than land and storeys allow", "floor-exceeds-storeys", "warning", "floor_area_m2",
         floor_area_m2=9000, land_area_m2=1000),
    _row("worth more than it cost", "residual-exceeds-original", "warning", "residual_value_vnd",
         residual_value_vnd=9_000_000_000),
    _row("no land at all", "land-zero", "warning", "land_area_m2", land_area_m2=0),
    _row("approved, but not for what", "approved-without-use", "warning", "approved_use", status="Đã phê duyệt",
         decision_no="12/QĐ-UBND", decision_date=dt.date(2026, 1, 5)),
    _row("approved without a decision", "decision-missing", "warning", "decision_no", status="Đã phê duyệt",
         approved_use="Trường mầm non"),
    _row("a form of the decree before", "form-mapped", "warning", "approved_form", status="Đã phê duyệt",
         approved_use="Đấu giá", approved_form="Chuyển mục đích sử dụng đất", decision_no="13/QĐ-UBND",
         decision_date=dt.date(2023, 1, 5)),
    _row("no name", "missing-name", "warning", "name", name=None),
)  # fmt: skip

NO_ROWS = (
    Trouble("a group's heading", "group-row", "info", raw=("I", None, None, None, "HUYỆN YÊN SƠN")),
    Trouble("a heading below it", "group-row", "info", raw=("I.1", None, None, None, "Khối giáo dục")),
    Trouble("column numbers on the next page", "column-numbers", "info", raw=("(1)", "(2)", "(3)", "(4)", "(5)")),
    Trouble("a subtotal that is wrong", "totals-differ", "warning",
            raw=("", None, None, None, "Cộng nhóm I", *[None] * 12, 123.0), column="land_area_m2"),
    Trouble("a note", "note-row", "info", raw=(None, "Ghi chú: số liệu tạm tính đến 30/6/2026")),
    Trouble("where and when", "signature-row", "info", raw=(*[None] * 9, "Tuyên Quang, ngày 01 tháng 7 năm 2026")),
    Trouble("who signs", "signature-row", "info", raw=(None, None, "NGƯỜI LẬP BIỂU", *[None] * 6, "THỦ TRƯỞNG ĐƠN VỊ")),
    Trouble("how to sign", "signature-row", "info", raw=(None, None, "(Ký, ghi rõ họ tên)")),
)  # fmt: skip

TROUBLES: tuple[Trouble, ...] = (
    *NUMBERS, *DATES, *TEXT, *PLACES, *COORDINATES, *SAMENESS, *SENSE, *NO_ROWS,
)  # fmt: skip
