"""What a site report says outside its table of houses: who, where, how large, how used, which papers."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from planner.catalogue.columns import value_label
from planner.catalogue.load import read_data
from planner.inputs.cells.convert import read_number
from planner.inputs.forms.words import AMOUNT, BRACKETS, MONEY, bare, begins, money_unit, plain, site_report, texts
from planner.inputs.text import clean, fold
from planner.inputs.uses import use_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from planner.inputs.files.opening import Cell, Sheet

_TOTAL = re.compile(rf"(?:tong cong|tong so|cong)\s*:?\s*({AMOUNT})")
_SOURCES = re.compile(rf"(?:nguon ns\w*|ngan sach|nguon khac)\s*:?\s*({AMOUNT})")
_MARKS = frozenset({"x", "co", "du", "da co"})
_ABSENT = re.compile(r"\b(khong co|chua co|khong|chua)\b")


@dataclass(frozen=True)
class Report:
    """A report's rows in its sheet, [first, end), and the rows of its title and sections (None where absent)."""

    sheet: Sheet
    first: int
    title: int
    end: int
    houses: int | None
    papers: int | None

    @cached_property
    def facts(self) -> dict[str, tuple[str, int]]:
        """Return what stands behind the form's labels, with its row; the form itself comes before its head."""
        labels = {word: key for key, words in site_report()["labels"].items() for word in words}
        last = min(row for row in (self.houses, self.papers, self.end) if row is not None)
        found: dict[str, tuple[str, int]] = {}
        for row in (*range(self.title, last), *range(self.first, self.title)):
            filled = [text for _, text in texts(self.sheet.rows[row])]
            for place, text in enumerate(filled):
                head, _, tail = text.partition(":")
                key = labels.get(bare(head), "")
                behind = clean(tail) or " ".join(_until_label(filled[place + 1 :]))
                if key and (behind or key == "land_use"):
                    found.setdefault(key, (behind, row))
        return found


def _until_label(filled: Iterable[str]) -> Iterator[str]:
    for text in filled:
        if ":" in text:
            return
        yield text


def shared_by_houses(report: Report, unit: str) -> dict[str, Cell]:
    """Return what all houses of a site share, by column of the data model.

    Parameters
    ----------
    unit : of the values in the table of houses; the land's value is given in the same.
    """
    said = {key: text for key, (text, _) in report.facts.items()}
    found: dict[str, Cell] = {key: said[key] for key in ("holder", "address") if key in said}
    if (area := re.search(AMOUNT, said.get("land_area_m2", ""))) is not None:
        found["land_area_m2"] = area[0]
    if (value := _land_value(said.get("land_value_vnd", ""), unit)) is not None:
        found["land_value_vnd"] = value
    key = "|".join(fold(said.get(part, "")) for part in ("holder", "address"))
    found["site_id"] = said.get("site_id") or f"KV-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
    return found


def _land_value(text: str, unit: str) -> Cell:
    """Return the land's value: the total, else the sum of its sources, else the first number."""
    letters = plain(text)
    total = _TOTAL.search(letters)
    parts = [total[1]] if total else _SOURCES.findall(letters) or re.findall(AMOUNT, letters)[:1]
    scale = MONEY[money_unit(text, unit)] / MONEY[unit]
    if len(parts) == 1 and scale == 1:
        return str(parts[0])  # as it stands, so that a doubtful number is told
    numbers = [number for part in parts if (number := read_number(part)) is not None]
    return sum(numbers) * scale if numbers else None


def land_amounts(report: Report) -> dict[str, float]:
    """Return how the land is used: m² by category, empty where the report does not say."""
    if "land_use" not in report.facts:
        return {}
    first = report.facts["land_use"][1]
    others = [row for key, (_, row) in report.facts.items() if key != "land_use"]
    sections = [row for row in (report.houses, report.papers, report.end) if row is not None]
    last = min(row for row in (*others, *sections) if row > first)
    text = plain(" ; ".join(" ".join(t for _, t in texts(report.sheet.rows[row])) for row in range(first, last)))
    found: dict[str, float] = {}
    for name, said in _amount_of_a_use().findall(text):
        if (amount := read_number(said)) is not None:
            use = _uses()[name]
            found[use] = found.get(use, 0.0) + amount
    return found


@cache
def _uses() -> dict[str, str]:
    """Return the category of every name of a use, in small letters without diacritics."""
    return {plain(name): use for use, row in site_report()["uses"].items() for name in row["names"]}


@cache
def _amount_of_a_use() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(_uses(), key=len, reverse=True))
    return re.compile(rf"(?<!\w)({names})\s*(?:\(m2\))?\s*[:=\-–]?\s*({AMOUNT})")


def used_as(amounts: Mapping[str, float], names: Sequence[str]) -> dict[str, Cell]:
    """Return occupancy and current use.

    Parameters
    ----------
    amounts : m² by category; a part that must be cleared before anything else (encroached, leased) decides.
    names : say what a public-service facility is for, where one of them does.
    """
    uses, total = site_report()["uses"], sum(amounts.values())
    if total <= 0:
        return {}
    state = {uses[use].get("occupancy", "in_use") for use, amount in amounts.items() if amount > 0}
    vacant = "vacant" if state == {"vacant"} else "partly_used"
    occupancy = next(
        (key for key in ("encroached", "leased") if key in state), vacant if "vacant" in state else "in_use"
    )
    found: dict[str, Cell] = {"occupancy": value_label("occupancy", occupancy, "vi")}
    used = {use: amount for use, amount in amounts.items() if "current_use" in uses[use] and amount > 0}
    if used:
        use = max(used, key=lambda key: used[key])
        named = next((key for name in names if (key := use_of(name))), None) if use == "public_service" else None
        found["current_use"] = value_label("current_use", named or uses[use]["current_use"], "vi")
    return found


def held_papers(report: Report) -> dict[str, Cell]:
    """Return the papers that the form lists, by column; what it does not say stays unknown."""
    found: dict[str, Cell] = {}
    for line in _paper_lines(report):
        held = _is_held(line)
        if held is None:
            continue
        for paper in read_data("dossiers")["papers"].values():
            if any(fold(word) in fold(line) for word in paper["words"]):
                found.setdefault(paper["column"], value_label("dossier", "held" if held else "none", "vi"))
        if held and "giay chung nhan" in fold(line) and re.search(r"\d", line):
            found.setdefault("certificate", line.lstrip("-+• "))
    return found


def _paper_lines(report: Report) -> Iterator[str]:
    """Yield the lines of the section of papers without the form's own examples in brackets."""
    first = report.end if report.papers is None else report.papers
    for row in range(first, report.end):
        cells = report.sheet.rows[row]
        if row > first and begins(cells, site_report()["ends"]):
            return
        yield clean(BRACKETS.sub(" ", " ".join(text for _, text in texts(cells))))


def _is_held(line: str) -> bool | None:
    """Return whether a line says that the paper it names is there; None where it only names it."""
    if _ABSENT.search(fold(line)):
        return False
    said = fold(line.partition(":")[2]) or fold(line).rpartition(" ")[2]
    return True if said in _MARKS or re.search(r"\d", said) else None
