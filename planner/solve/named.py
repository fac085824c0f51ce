"""Values by the names of PuLP's variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter

import numpy as np
import pulp
from numpy.typing import NDArray

_name = attrgetter("name")


@dataclass(frozen=True, eq=False)
class Names:
    """The columns by the names of their variables, made when somebody asks for a name: few solves are read by name.

    Attributes
    ----------
    problem : of the variables; in PuLP 4 they have no names once it is gone. variables : by column; it may grow.
    """

    problem: pulp.LpProblem
    variables: Sequence[pulp.LpVariable]
    _known: dict[str, int] = field(default_factory=dict)

    def columns(self) -> Mapping[str, int]:
        """Return the column of each name, new variables included."""
        known = len(self._known)
        self._known.update(zip(map(_name, self.variables[known:]), range(known, len(self.variables)), strict=True))
        return self._known


@dataclass(frozen=True, eq=False)
class ByName(Mapping[str, float]):
    """The values of a solution by the names of the variables: (n,) `found` by column."""

    names: Names
    found: NDArray[np.float64]

    def __getitem__(self, name: str) -> float:
        """Return the value of a variable that took part.

        Raises
        ------
        KeyError : it did not.
        """
        place = self.names.columns()[name]
        if place >= len(self.found):
            raise KeyError(name)
        return float(self.found[place])

    def __iter__(self) -> Iterator[str]:
        """Go through the names in the order of the columns."""
        return islice(self.names.columns(), len(self.found))

    def __len__(self) -> int:
        """Return how many variables took part."""
        return len(self.found)
