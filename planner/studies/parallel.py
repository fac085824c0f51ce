"""Many tasks over the same thing, in processes of their own: it is sent to each once, and results keep their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from loky import ProcessPoolExecutor, cpu_count

Base = TypeVar("Base")
Task = TypeVar("Task")
Result = TypeVar("Result")

_sent: list[object] = []
"""In a process of the pool: what all its tasks are about."""


def each(
    function: Callable[[Base, Task], Result],
    base: Base,
    tasks: Sequence[Task],
    workers: int | None = None,
    tick: Callable[[float], None] = lambda _share: None,
) -> list[Result]:
    """Return `function(base, task)` of each task, in the order of the tasks whichever ends first.

    Parameters
    ----------
    function : a function of a module, so that other processes find it.
    workers : processes; as many as there are cores without it. With one, no process is started.
    tick : is told the share of the tasks that is done.
    """
    count = min(workers or cpu_count(), len(tasks))
    if count <= 1:
        return _collected(map(partial(function, base), tasks), len(tasks), tick)
    pool = ProcessPoolExecutor(count, initializer=_receive, initargs=(base,))
    try:
        return _collected(pool.map(partial(_carry_out, function), tasks), len(tasks), tick)
    finally:
        pool.shutdown(kill_workers=True)


def _collected(results: Iterator[Result], count: int, tick: Callable[[float], None]) -> list[Result]:
    found = []
    for result in results:
        found.append(result)
        tick(len(found) / count)
    return found


def _receive(base: object) -> None:
    _sent[:] = [base]


def _carry_out(function: Callable[[Base, Task], Result], task: Task) -> Result:
    return function(_sent[0], task)  # type: ignore[arg-type]
