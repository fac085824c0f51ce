"""The one way to write a number for a reader: 1.234,5 in Vietnamese, 1,234.5 in English."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from planner.catalogue.load import Language

UNKNOWN = "–"
_VIETNAMESE = str.maketrans(",.", ".,")


def format_number(value: float | None, language: Language, decimals: int | None = None) -> str:
    """Write a number with the language's separators.

    Parameters
    ----------
    value : the number; None, NA and NaN are written as a dash, never as zero.
    decimals : digits after the separator; None writes up to two and drops trailing zeros.
    """
    if value is None or pd.isna(value):
        return UNKNOWN
    digits = 2 if decimals is None else decimals
    rounded = round(float(value), digits) + 0.0  # the sum turns -0.0 into 0.0
    text = f"{rounded:,.{digits}f}"
    if decimals is None:
        text = text.rstrip("0").rstrip(".")
    return text.translate(_VIETNAMESE) if language == "vi" else text


def plain_digits(value: float) -> str:
    """Write a number as a file would: all its digits, a decimal point, no exponent."""
    return format(Decimal(f"{value:.15g}") + 0, "f")


def format_share(share: float | None, language: Language, decimals: int = 1) -> str:
    """Write a share (0–1) in percent."""
    if share is None or pd.isna(share):
        return UNKNOWN
    return f"{format_number(100 * share, language, decimals)} %"
