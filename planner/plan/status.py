"""How good a plan is proved to be, in the words that every output uses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from planner.catalogue.load import read_data
from planner.catalogue.numbers import format_number

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    warning = "" if plan.summary["reproducible"] else texts["not_reproducible"]
    if plan.summary.get("evaluated"):
        broken = plan.summary["violations"]
        sentence = texts["evaluated_words" if broken else "evaluated_sound_words"]
        return Status("evaluated", texts["evaluated"], sentence.format(violations=broken), warning)
    if gap is None:
        return Status(key, texts[key], texts["feasible_unknown_words"], warning)
    at_most = _rounded_up(gap)
    sentence = texts["optimal_exact_words" if key == "optimal" and at_most == 0 else f"{key}_words"]
    return Status(key, texts[key], sentence.format(gap=format_number(at_most, language, _DECIMALS)), warning)


def _rounded_up(gap: float) -> float:
    """Round up, so that the sentence never claims more than was proved; what is no more than arithmetic noise is 0."""
    scale = 10.0**_DECIMALS
    return math.ceil(round(gap * scale, 3)) / scale


def price_known(locks: Mapping[str, float | None]) -> str:
    """Return the key of the sentence that tells the price of the decisions in force: plan.json's `locks`."""
    price = locks["price_together"]
    return "decisions_unpriced" if price is None else "decisions_priced" if price else "decisions_free"
