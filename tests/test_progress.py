"""Laps never count a second twice and are announced on a terminal and elsewhere."""

from __future__ import annotations

import io
import time

import pytest

from planner.progress import LAPS, Stopwatch, progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_lap_within_a_lap_stops_the_outer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([0, 1, 3, 6, 10, 20])  # made, read begins, check begins, check ends, read ends, asked
    monkeypatch.setattr(time, "perf_counter", lambda: next(ticks))
    clock = Stopwatch(_started=next(ticks))
    with clock.lap("read"), clock.lap("check"):
        pass
    assert clock.seconds() == {"read": 2 + 4, "check": 3, "total": 20}


def test_a_run_has_every_lap_even_where_nothing_was_done() -> None:
    assert list(Stopwatch.of_run().seconds()) == [*LAPS, "total"]


def test_a_failing_block_is_counted_and_closed() -> None:
    clock = Stopwatch()
    with pytest.raises(ValueError, match="no"), clock.lap("solve"):
        raise ValueError("no")
    assert list(clock.seconds()) == ["solve", "total"]


def test_elsewhere_each_lap_is_a_line() -> None:
    stream = io.StringIO()
    with progress("en", stream) as announce:
        for name in LAPS:
            announce(name, 0.0)
    assert stream.getvalue().splitlines()[:2] == ["Reading the tables …", "Checking …"]


def test_on_a_terminal_there_is_a_bar() -> None:
    stream = _Terminal()
    clock = Stopwatch()
    with progress("vi", stream) as clock.announce, clock.lap("solve"):
        pass
    assert "Giải" in stream.getvalue()
