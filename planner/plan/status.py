"""How good a plan is proved to be, in the words that every output uses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from planner.catalogue.load import read_data
from planner.catalogue.numbers import format_number

if TYPE_CHECKING:
    from planner.plan.result import Plan

_DECIMALS = 4


class Status(NamedTuple):
    """The status as key, name and one sentence; a warning where solving again may give another plan, else empty."""

    key: str
    label: str
    sentence: str
    warning: str


def status_in_words(plan: Plan) -> Status:
    """Return the status of a plan in the run's language."""
    language, key, gap = plan.scenario.language, str(plan.summary["status"]), plan.summary["gap_abs"]
    texts = {name: str(row[language]) for name, row in read_data("status").items()}
    sentence = texts["feasible_unknown_words" if gap is None else f"{key}_words"]
    written = format_number(None if gap is None else _rounded_up(gap), language, _DECIMALS)
    warning = "" if plan.summary["reproducible"] else texts["not_reproducible"]
    return Status(key, texts[key], sentence.format(gap=written), warning)


def _rounded_up(gap: float) -> float:
    """Round up, so that the sentence never claims more than was proved."""
    return math.ceil(round(gap * 10**_DECIMALS, 3)) / 10**_DECIMALS
