"""What benchmarks say of the machine and of their own memory."""

from __future__ import annotations

import platform
import sys
import time
from importlib.metadata import version


def tell(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def peak_megabytes() -> float:
    """Return the most memory that this process has held, in MB; NaN where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def loop_seconds() -> float:
    """Return the seconds of ten million additions: how fast the machine is at the moment."""
    start, total = time.perf_counter(), 0
    for i in range(10_000_000):
        total += i
    return time.perf_counter() - start


def described() -> str:
    """Return interpreter, libraries and processors in one line."""
    import os

    packages = ", ".join(f"{name} {version(name)}" for name in ("pulp", "highspy", "numpy", "scipy"))
    return f"{os.cpu_count()} processors, Python {platform.python_version()}, {packages}, {loop_seconds():.1f} s a loop"
