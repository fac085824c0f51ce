"""What a check says about a list as a whole: rows, columns recognised, findings, conflicts, what was assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from planner.catalogue.columns import columns, value_label
from planner.catalogue.load import Language, read_data
from planner.catalogue.numbers import format_number
from planner.errors import Record, Severity
from planner.inputs.sameness.same_rows import REPEATS

if TYPE_CHECKING:
    from planner.inputs.read import Reading
    from planner.inputs.tables import SheetRead

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


class Recognised(NamedTuple):
    """A column of a sheet: heading and name, how it was recognised (score 0 to 1), cells filled and their share."""

    heading: str
    name: str
    by: str
    score: float
    filled: int
    share: float | None

    @property
    def guessed(self) -> bool:
        """Whether the column is a guess: the heading is only like its names, or the values told."""
        return self.by in ("alike", "values")


class Counted(NamedTuple):
    """How often a rule was met, and the first record of it."""

    rule: str
    severity: Severity
    number: int
    first: Record


def text(key: str, language: Language, **fields: object) -> str:
    """Return a text about a check with its fields filled."""
    return str(read_data("workbook_texts")["check"][key][language]).format(**fields)


def recognised(read: SheetRead, language: Language) -> list[Recognised]:
    """Return the columns of a sheet in its order."""
    known = columns(read.table)
    rows = read.used + sum(read.set_aside.get(rule, 0) for rule in REPEATS)
    return [
        Recognised(
            heading=match.heading.replace("\n", " "),
            name=known[match.column].label(language),
            by=match.by,
            score=match.score,
            filled=read.filled.get(match.column, 0),
            share=read.filled.get(match.column, 0) / rows if rows else None,
        )
        for match in read.matches
    ]


def lacking(read: SheetRead, language: Language) -> list[str]:
    """Return the names of the columns that a sheet does not have."""
    has = {match.column for match in read.matches}
    return [column.label(language) for key, column in columns(read.table).items() if key not in has]


def reasons(reading: Reading, table: str) -> dict[str, int]:
    """Return how many rows of a table were set aside by each rule, also those that the table's own files settle."""
    counts: Counter[str] = Counter()
    for read in reading.sheets:
        if read.table == table:
            counts.update(read.set_aside)
    known = read_data("workbook_texts")["set_aside"].keys() - counts.keys()
    counts.update(r.rule for r in reading.records if r.table == table and r.rule in known and r.row is not None)
    rest = reading.set_aside.get(table, 0) - counts.total()
    told_once = (r.rule for r in reading.records if r.table == table and r.rule in known and r.row is None)
    return dict(counts) | ({next(told_once, "other"): rest} if rest > 0 else {})


def reasons_in_words(counts: dict[str, int], language: Language) -> str:
    """Return counted reasons as one line."""
    names = read_data("workbook_texts")["set_aside"]
    return ", ".join(
        f"{names.get(rule, {}).get(language, rule)}: {format_number(count, language)}" for rule, count in counts.items()
    )


def counted(records: Iterable[Record]) -> list[Counted]:
    """Return the rules met, errors first, otherwise in the order met."""
    first: dict[tuple[str, Severity], Record] = {}
    counts: Counter[tuple[str, Severity]] = Counter()
    for record in records:
        key = record.rule, record.severity
        first.setdefault(key, record)
        counts[key] += 1
    ordered = sorted(first, key=lambda key: SEVERITIES.index(key[1]))
    return [Counted(*key, counts[key], first[key]) for key in ordered]


def about(topic: str, records: Iterable[Record]) -> list[Counted]:
    """Return the rules met that are about a topic: `conflicts` or `assumed`."""
    rules = frozenset(read_data("workbook_texts")["rules_about"][topic])
    return counted(record for record in records if record.rule in rules)


def by_severity(records: Iterable[Record]) -> dict[Severity, int]:
    """Return the number of records of each severity."""
    counts = Counter(record.severity for record in records)
    return {severity: counts[severity] for severity in SEVERITIES}


def table_name(table: str, language: Language) -> str:
    """Return the name of a table."""
    return value_label("table", table, language)
