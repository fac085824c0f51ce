"""What the command line prints: a run's summary and the findings of the checks, as lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from planner.catalogue.columns import value_label
from planner.catalogue.load import Language, read_data
from planner.catalogue.numbers import format_number, format_share
from planner.errors import Record, Severity
from planner.plan.status import status_in_words
from planner.progress import LAPS

if TYPE_CHECKING:
    from planner.inputs.tables import Inputs
    from planner.plan.result import Plan

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


def say(key: str, language: Language, **fields: object) -> str:
    """Return a text of the command line in the language."""
    return str(read_data("console")[key][language]).format(**fields)


def summary_lines(plan: Plan, seconds: dict[str, float]) -> list[str]:
    """Return what a good run prints: status, terms, outcomes beside the nation's, what decided, findings and seconds.

    Parameters
    ----------
    seconds : seconds by lap and `total`, as in plan.json.
    """
    blocks = (
        [plan.scenario.name, *_status_lines(plan)],
        _term_lines(plan),
        _outcome_lines(plan),
        _decided_by_lines(plan),
        [_finding_counts(plan), _second_line(seconds, plan.scenario.language)],
    )
    return [line for block in blocks for line in (*block, "")]


def _status_lines(plan: Plan) -> list[str]:
    language, summary, status = plan.scenario.language, plan.summary, status_in_words(plan)
    figures = {name: format_number(summary[name], language, 4) for name in ("objective", "bound", "gap_abs")}
    lines = [
        f"{say('status', language)}: {status.label} ({status.key}). {status.sentence}",
        say("objective", language, **figures, gap=format_share(summary["gap"], language, 4)),
    ]
    return [*lines, status.warning] if status.warning else lines


def _term_lines(plan: Plan) -> list[str]:
    language = plan.scenario.language
    columns = ("value", "unavoidable", "bound")
    rows = [
        [value_label("term", term["name"], language), *(format_number(term[column], language, 3) for column in columns)]
        for term in plan.summary["terms"]
    ]
    return _table([say("terms", language), *(say(column, language) for column in columns)], rows)


def _outcome_lines(plan: Plan) -> list[str]:
    language = plan.scenario.language
    proposed = plan.statistics[plan.statistics["block"] == "proposed"]
    rows = [
        [
            plan.catalogue.ministry_outcomes[row["ministry_outcome"]].label(language),
            format_number(row["sites"], language, 0),
            format_share(row["share"], language),
            format_share(row["national_share"], language),
        ]
        for row in proposed.to_dict("records")
    ]
    return _table([say(key, language) for key in ("outcomes", "sites", "share", "national")], rows)


def _decided_by_lines(plan: Plan) -> list[str]:
    language, counts = plan.scenario.language, plan.summary["counts"]
    rows = [
        [
            plan.catalogue.decided_by[key].label(language),
            format_number(count, language, 0),
            format_share(count / counts["facilities"], language),
        ]
        for key, count in counts["by_decided_by"].items()
    ]
    return _table([say(key, language) for key in ("decided_by", "facilities", "share")], rows)


def _finding_counts(plan: Plan) -> str:
    found = plan.checks["severity"].value_counts()
    counts = {f"{severity}s": format_number(found.get(severity, 0), plan.scenario.language) for severity in SEVERITIES}
    return say("findings", plan.scenario.language, **counts)


def _second_line(seconds: dict[str, float], language: Language) -> str:
    parts = [f"{say(f'lap_{lap}', language)} {format_number(seconds[lap], language, 1)}" for lap in (*LAPS, "total")]
    return f"{say('seconds', language)}: {' · '.join(parts)}"


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    """Return aligned lines: text to the left, numbers to the right."""
    lines = [header, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    aligned = [
        [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
        for first, *rest in lines
    ]
    return ["  ".join(line) for line in aligned]


def record_lines(records: Sequence[Record], language: Language, *, most: int) -> list[str]:
    """Return findings grouped by severity and rule, each rule with its count and its first places.

    Parameters
    ----------
    most : records shown of each rule; the rest is counted.
    """
    lines = []
    for severity in SEVERITIES:
        found = [record for record in records if record.severity == severity]
        if found:
            lines.append(f"{say(severity, language)}: {format_number(len(found), language)}")
        for rule in dict.fromkeys(record.rule for record in found):
            lines += _rule_lines([record for record in found if record.rule == rule], language, most)
    return lines


def _rule_lines(records: list[Record], language: Language, most: int) -> list[str]:
    lines = [f"  {records[0].rule}: {format_number(len(records), language)}"]
    for i, record in enumerate(records[:most]):
        place = record.place()
        lines.append(f"    {place}: {record.message}" if place else f"    {record.message}")
        following = records[i + 1].fix if i + 1 < min(most, len(records)) else None
        if record.fix and record.fix != following:
            lines.append(f"      → {record.fix}")
    if len(records) > most:
        lines.append("    " + say("and_more", language, count=format_number(len(records) - most, language)))
    return lines


def row_lines(inputs: Inputs, language: Language) -> list[str]:
    """Return for each table the rows read, used and set aside."""
    lines = []
    for table, read in inputs.read.items():
        aside = inputs.set_aside.get(table, 0)
        numbers = {"read": read, "used": read - aside, "set_aside": aside}
        written = {name: format_number(number, language) for name, number in numbers.items()}
        lines.append(f"  {table}: {say('rows', language, **written)}")
    return lines


def as_records(checks: pd.DataFrame) -> list[Record]:
    """Return the rows of a table of checks as records."""
    rows = checks.astype(object).where(checks.notna(), None).to_dict("records")
    return [Record(**{str(key): value for key, value in row.items()}) for row in rows]
