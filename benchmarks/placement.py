"""Old addresses into communes of today: right, wrong and sent to review, for each spelling; beside the plain library.

Run with `python -m benchmarks.placement [FOLDER]`. The folder holds `old_communes.parquet`, a row for each commune of
June 2025 with `old_code`, `full_name`, `district`, `province_old`, `new_code`, `new_province_code` and `new_codes_all`
(parted by `|`), and `communes.parquet` with `code`, `full_name` and `province_code` of today's communes.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from benchmarks.spellings import SPELLINGS, Address
from planner.inputs.places.addresses import Gazetteer, address_codes, make_gazetteer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SHARED = Path(__file__).parents[2] / "shared" / "data"
SEED = 1
COUNT = 2000
MOST_WRONG, MOST_REVIEWED = 0.005, 0.05
"""Bars: shares of the communes that went to one commune as a whole."""

VERDICTS = ("right", "wrong", "review", "divided, all offered", "divided, not all")


class Case(NamedTuple):
    """An old address in one spelling.

    Attributes
    ----------
    province : code of today's province. codes : the communes of today that hold a part of it, the main one first.
    """

    spelling: str
    text: str
    province: str
    codes: tuple[str, ...]


def draw_cases(path: Path, count: int = COUNT, seed: int = SEED) -> list[Case]:
    """Return addresses drawn from the whole country, each in every spelling."""
    rows = pd.read_parquet(path).sample(count, random_state=seed)
    return [
        Case(
            spelling, write(Address(row.full_name, row.district, row.province_old), draw), row.new_province_code, codes
        )
        for row in rows.itertuples()
        for codes in [tuple(dict.fromkeys((row.new_code, *row.new_codes_all.split("|"))))]
        for spelling, write in SPELLINGS.items()
        for draw in [random.Random(f"{seed} {row.old_code} {spelling}")]  # noqa: S311  no secret
    ]


def verdict(found: tuple[str, ...], codes: tuple[str, ...]) -> str:
    """Return how an answer is judged: a divided commune must come with all its parts, any other alone and right."""
    if len(codes) > 1:
        return "divided, all offered" if set(codes) <= set(found) else "divided, not all"
    if len(found) != 1:
        return "review"
    return "right" if found == codes else "wrong"


def measure(cases: Iterable[Case], place: Callable[[Case], tuple[str, ...]]) -> dict[str, Counter[str]]:
    """Return how many cases of each spelling got which verdict."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        found[case.spelling][verdict(place(case), case.codes)] += 1
    return found


def gazetteers(path: Path) -> tuple[Gazetteer, Mapping[str, Gazetteer]]:
    """Return the names of the whole country, and of each province alone by its code."""
    table = pd.read_parquet(path, columns=["code", "full_name", "province_code"])
    alone = {
        str(code): make_gazetteer(dict(zip(rows["code"], rows["full_name"], strict=True)))
        for code, rows in table.groupby("province_code")
    }
    return make_gazetteer(dict(zip(table["code"], table["full_name"], strict=True))), alone


def library() -> Callable[[Case], tuple[str, ...]]:
    """Return the plain converter of `vietnamadminunits`, kept from going online to look a street up."""
    from vietnamadminunits import convert_address
    from vietnamadminunits.converter import converter_2025

    converter_2025.get_geo_location = lambda _: None

    def place(case: Case) -> tuple[str, ...]:
        try:
            code = convert_address(case.text).ward_code
        except (KeyError, ValueError, TypeError, AttributeError):
            return ()
        return (code,) if code else ()

    return place


def shares(found: Mapping[str, Counter[str]]) -> tuple[float, float]:
    """Return the shares wrong and sent to review, of the communes that went to one commune as a whole."""
    every = sum(found.values(), Counter[str]())
    whole = sum(every[name] for name in VERDICTS[:3])
    return every["wrong"] / whole, every["review"] / whole


def holds(found: Mapping[str, Counter[str]]) -> bool:
    """Return whether an answer's figures are within the bars."""
    wrong, reviewed = shares(found)
    return wrong < MOST_WRONG and reviewed < MOST_REVIEWED and not any(c["divided, not all"] for c in found.values())


def lines(title: str, found: Mapping[str, Counter[str]], seconds: float) -> list[str]:
    """Return the counts as a table of fixed columns."""
    wrong, reviewed = shares(found)
    rows = [
        f"{spelling:<16}" + "".join(f"{counts[name]:>22}" for name in VERDICTS)
        for spelling, counts in [*found.items(), ("all", sum(found.values(), Counter[str]()))]
    ]
    head = f"{'spelling':<16}" + "".join(f"{name:>22}" for name in VERDICTS)
    return ["", f"{title}: wrong {wrong:.2%}, review {reviewed:.2%}, {seconds:.1f} s", head, *rows]


def main(arguments: list[str]) -> int:
    """Measure with the country's communes, with the province's own, and the library alone; return 1 over the bars."""
    folder = Path(arguments[0]) if arguments else SHARED
    cases = draw_cases(folder / "old_communes.parquet")
    country, alone = gazetteers(folder / "communes.parquet")
    ours: list[bool] = []
    ways: dict[str, Callable[[Case], tuple[str, ...]]] = {
        "communes of the country": lambda case: address_codes(case.text, country),
        "communes of the province": lambda case: address_codes(case.text, alone[case.province]),
        "vietnamadminunits": library(),
    }
    for title, place in ways.items():
        start = time.perf_counter()
        found = measure(cases, place)
        sys.stdout.write("\n".join([*lines(title, found, time.perf_counter() - start), ""]))
        ours.append(holds(found))
    return 0 if all(ours[:2]) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
