"""Where a run stands and where its time went: named laps, shown as a bar on a terminal and as lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

from planner.catalogue.load import Language, read_data
from planner.errors import Record

LAPS = ("read", "check", "travel", "build", "solve", "explain", "write")
"""The laps of every run; a run that studies more counts the lap "study" too, after the solve."""

_IN_ORDER = (*LAPS[: LAPS.index("explain")], "study", *LAPS[LAPS.index("explain") :])

Announce = Callable[[str, float], None]
"""Is told the name of the open lap and the share of it that is done, 0 to 1."""

_STEPS = 10
"""A lap that counts is told so many times where there is no bar."""


def _nobody(_name: str, _share: float) -> None:
    """Announce nothing."""


def _warn_nobody(_records: Sequence[Record]) -> None:
    """Warn nobody."""


@dataclass
class Stopwatch:
    """The seconds of a run by lap; a lap within a lap stops the outer one, so that no second counts twice.

    Attributes
    ----------
    laps : seconds by name; `Stopwatch.of_run()` starts with every lap at zero.
    announce : is told each lap that begins, and how far it is where it counts.
    warned : is told what is doubtful before the solve begins.
    """

    laps: dict[str, float] = field(default_factory=dict)
    announce: Announce = _nobody
    warned: Callable[[Sequence[Record]], None] = _warn_nobody
    _started: float = field(default_factory=time.perf_counter)
    _since: float = 0.0
    _open: list[str] = field(default_factory=list)

    @classmethod
    def of_run(cls) -> Stopwatch:
        """Return a stopwatch for a whole run, with all its laps."""
        return cls(laps=dict.fromkeys(LAPS, 0.0))

    @contextmanager
    def lap(self, name: str) -> Iterator[None]:
        """Count the time of the block under a name."""
        self._charge()
        if self._open[-1:] != [name]:
            self.announce(name, 0.0)
        self._open.append(name)
        try:
            yield
        finally:
            self._charge()
            self._open.pop()

    def tick(self, share: float) -> None:
        """Tell how much of the open lap is done, 0 to 1."""
        self.announce(self._open[-1], share)

    def warn(self, records: Sequence[Record]) -> None:
        """Tell what is doubtful before the solve begins."""
        self.warned(records)

    def _charge(self) -> None:
        now = time.perf_counter()
        if self._open:
            self.laps[self._open[-1]] = self.laps.get(self._open[-1], 0.0) + now - self._since
        self._since = now

    def seconds(self) -> dict[str, float]:
        """Return the seconds of each lap and the wall-clock `total` since the stopwatch was made."""
        return {name: round(value, 3) for name, value in self.laps.items()} | {
            "total": round(time.perf_counter() - self._started, 3)
        }


@contextmanager
def progress(language: Language, stream: TextIO) -> Iterator[Announce]:
    """Give what announces laps to a reader: a bar where `stream` is a terminal, otherwise lines."""
    if not stream.isatty():
        yield _lines(language, stream)
        return
    from tqdm import tqdm

    bar = tqdm(total=len(_IN_ORDER), file=stream, leave=False, bar_format="{desc:<24} {bar:24} {elapsed}")

    def announce(name: str, share: float) -> None:
        bar.n = _IN_ORDER.index(name) + share
        bar.set_description_str(_step(name, language))

    try:
        yield announce
    finally:
        bar.close()


def _lines(language: Language, stream: TextIO) -> Announce:
    """Return what writes a line for each lap, and one for each tenth of a lap that counts."""
    told: dict[str, int] = {}

    def announce(name: str, share: float) -> None:
        tenth = int(share * _STEPS)
        if tenth == told.get(name) and share:
            return
        told[name] = tenth
        done = f" {tenth * 100 // _STEPS} %" if share else ""
        print(f"{_step(name, language)} …{done}", file=stream, flush=True)

    return announce


def _step(name: str, language: Language) -> str:
    return str(read_data("console")[f"step_{name}"][language])
