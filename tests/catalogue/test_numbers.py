"""Numbers as a reader sees them."""

from __future__ import annotations

import pandas as pd
import pytest

from planner.catalogue.numbers import format_number, format_share


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (1234.5, None, "1.234,5", "1,234.5"),
        (1234567, 0, "1.234.567", "1,234,567"),
        (1200, None, "1.200", "1,200"),
        (0.125, 2, "0,12", "0.12"),
        (-0.0001, 2, "0,00", "0.00"),
        (-1234.5, 1, "-1.234,5", "-1,234.5"),
        (None, None, "–", "–"),
        (pd.NA, 0, "–", "–"),
        (float("nan"), 0, "–", "–"),
    ],
)
def test_separators_of_the_language(value: float, decimals: int | None, vi: str, en: str) -> None:
    assert format_number(value, "vi", decimals) == vi
    assert format_number(value, "en", decimals) == en


def test_shares_are_percentages() -> None:
    assert format_share(0.2346, "vi") == "23,5 %"
    assert format_share(0.2346, "en", 0) == "23 %"
    assert format_share(None, "vi") == "–"
