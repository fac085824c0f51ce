"""Degrees, minutes and seconds in every spelling, and both coordinates in one cell."""

from __future__ import annotations

import pytest

from planner.inputs.positions.degrees import parse_degrees, parse_pair

DEGREES, MINUTES, SECONDS = 21, 30, 15
ANGLE = DEGREES + MINUTES / 60 + SECONDS / 3600


@pytest.mark.parametrize(
    "text",
    [
        "21°30'15\"", "21 30 15", "21°30.25'", "21d30m15s", "21°30′15″B", "21º30'15''N", "N 21°30'15\"", "21:30:15",
        "21-30-15", "21.30.15", "21 độ 30 phút 15 giây", "21o30'15\"", "21° 30' 15,0\" B", "21˚30’15”", "B21°30'15\"",
        "21°30'15\" Bắc",
    ],
)  # fmt: skip
def test_degrees_minutes_and_seconds(text: str) -> None:
    assert parse_degrees(text) == pytest.approx(ANGLE, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("20.98", 20.98), ("20,98", 20.98), ("105", 105.0), ("105,85° Đ", 105.85), ("104 45", 104.75), ("-21.5", -21.5)],
)
def test_decimal_degrees(text: str, expected: float) -> None:
    assert parse_degrees(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "chưa đo", "21°75'", "21°30'75\"", "21.5°30'", "213015", "105,51,12", "N 21 E"])
def test_what_is_no_angle(text: str) -> None:
    assert parse_degrees(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "20.98, 105.3", "20,98; 105,3", "105.3 20.98", "20,98 105,3", "20,98, 105,3", "20,98,105,3", "20.98,105.3",
        "(20.98, 105.3)", "POINT (105.3 20.98)", "20.98/105.3", "20.98\n105.3", "N20.98 E105.3", "X=105.3 Y=20.98",
        "Vĩ độ: 20.98; Kinh độ: 105.3", "Kinh độ 105.3, vĩ độ 20.98", "lat: 20.98 lon: 105.3", "105,300 20,980",
        "20°58'48\"N 105°18'00\"E", "20° 58' 48\" N 105° 18' 00\" E", "20°58'48\"N105°18'E", "20 58 48 105 18 00",
        "https://www.google.com/maps?q=20.98,105.3", "https://www.google.com/maps/@20.98,105.3,17z",
    ],
)  # fmt: skip
def test_both_degrees_in_one_cell(text: str) -> None:
    pair = parse_pair(text)
    assert pair is not None
    assert (pair["lat"], pair["lon"]) == pytest.approx((20.98, 105.3))


@pytest.mark.parametrize(
    "text",
    [
        "X=2471234.5; Y=421234.5", "X: 2.471.234,5 Y: 421.234,5", "X=2471234,5 Y=421234,5", "2471234.5 421234.5",
        "421234.5, 2471234.5", "Y=421234.5, X=2471234.5", "E 421234.5 N 2471234.5", "2 471 234,5; 421 234,5",
        "X=2471234.5; Y=421234.5 (VN-2000, KTT 104°45')", "X=2471234.5m Y=421234.5m",
    ],
)  # fmt: skip
def test_both_metres_in_one_cell(text: str) -> None:
    assert parse_pair(text) == pytest.approx({"x": 2471234.5, "y": 421234.5})


@pytest.mark.parametrize("text", ["", "20.98", "xã A, huyện B", "thửa 12, tờ 15", "12, 471234", "chưa đo"])
def test_what_is_no_pair(text: str) -> None:
    assert parse_pair(text) is None
