"""Everything that bumpform raises on purpose.

.. code-block:: text

    BumpformError
    ├── QuantityError        a value is no quantity of the dimension asked for (also a ValueError)
    ├── CaseError            the input is wrong: every problem of a file at once      exit code 2
    ├── ProcessError         a step cannot be done on the stack as it is          exit code 2
    ├── MeshError            a mesh could not be made or written
    ├── ConvergenceError     a solve stopped before it met its limits                 exit code 3
    ├── NoEquilibriumError   no admissible equilibrium exists, or none was reached    exit code 3
    ├── MachineError         the machine lacks something: a compiler, a library, room  exit code 5
    └── WorkersError         a study has no workers, or none that fit             exit code 2

A message is one line: where, what came, what the rule is, what to do. Mistakes of the program
rather than of its input raise built-ins (`TypeError`, `IndexError`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

__all__ = [
    "BumpformError",
    "CaseError",
    "ConvergenceError",
    "MachineError",
    "MeshError",
    "NoEquilibriumError",
    "Problem",
    "ProcessError",
    "QuantityError",
    "WorkersError",
]


class BumpformError(Exception):
    """Root of the tree: whatever bumpform raises on purpose."""


class QuantityError(BumpformError, ValueError):
    """A value is not a quantity of the dimension that is asked for."""


class Problem(NamedTuple):
    """One thing that is wrong with an input.

    Attributes
    ----------
    path : str
        Where, as `--set` would address it: ``"coat.dielectric.thickness"``. Empty: the whole file.
    message : str
        The rule and what to do, one line.
    came : str
        What was given, as the file spells it; empty where nothing was.
    key : str
        Of the step at `path`, or of the one that is being done, the key that it is about, for its
        line; empty where `path` ends in it.
    """

    path: str
    message: str
    came: str = ""
    key: str = ""

    def __str__(self) -> str:
        given = f" = {self.came}" if self.came else ""
        text = f"{self.path}{given}: {self.message}" if self.path else self.message
        return " ".join(text.splitlines())


class CaseError(BumpformError):
    """The input is wrong; carries every problem that was found in it.

    Parameters
    ----------
    problems : iterable of Problem or of (path, message) or (path, message, came)
    source : str
        The file, as the user named it; empty for a case built in Python.

    Examples
    --------
    >>> print(CaseError([("case.pitch", "must be above 0.", '"-1 um"')], "cases/x.toml"))
    cases/x.toml: 1 problem
      case.pitch = "-1 um": must be above 0.
    """

    problems: tuple[Problem, ...]
    source: str

    def __init__(
        self, problems: Iterable[Problem | tuple[str, str] | tuple[str, str, str]], source: str = ""
    ) -> None:
        self.problems = tuple(Problem(*problem) for problem in problems)
        self.source = source
        super().__init__(self.problems, source)

    def __str__(self) -> str:
        count = len(self.problems)
        head = f"{self.source or 'case'}: {count} problem{'' if count == 1 else 's'}"
        return "\n  ".join([head, *map(str, self.problems)])


class ProcessError(BumpformError):
    """A step cannot be done on the stack as it stands; says which, why and what to change.

    Parameters
    ----------
    message : str
    key : str
        Of the step, the one that it is about; empty where it is about several, or none.
    """

    def __init__(self, message: str, key: str = "") -> None:
        self.key = key
        super().__init__(message, key)

    def __str__(self) -> str:
        return str(self.args[0])


class MeshError(BumpformError):
    """A mesh could not be made, or not be written.

    Parameters
    ----------
    message : str
    written : iterable of Path
        Files of the meshes that could.
    """

    def __init__(self, message: str, written: Iterable[Path] = ()) -> None:
        self.written = tuple(written)
        super().__init__(message, self.written)

    def __str__(self) -> str:
        return str(self.args[0])


class MachineError(BumpformError):
    """The machine lacks what a run needs, whatever its input; says the remedy."""


class ConvergenceError(BumpformError):
    """A solve stopped before it met its limits.

    Parameters
    ----------
    reason : str
        Why it stopped: ``"line search failed"``, ``"iteration limit"``, …
    iterations : int
    residual : float
        Relative residual at the last iterate.
    at : str
        Where in the process or the continuation: ``"first reflow, Bond number 3.41"``.
    """

    def __init__(self, reason: str, iterations: int, residual: float, at: str = "") -> None:
        self.reason = reason
        self.iterations = iterations
        self.residual = residual
        self.at = at
        super().__init__(reason, iterations, residual, at)

    def __str__(self) -> str:
        where = f" at {self.at}" if self.at else ""
        turns = f"{self.iterations} iteration{'' if self.iterations == 1 else 's'}"
        left = f", residual {self.residual:.1e}" if math.isfinite(self.residual) else ""
        return f"solve stopped{where} after {turns}: {self.reason}{left}"


class NoEquilibriumError(BumpformError):
    """No admissible equilibrium exists, or none was reached.

    Parameters
    ----------
    reason : str
        A short machine word: ``"no_equilibrium"``, ``"unstable"``, ``"penetration"``,
        ``"off_model"``, ``"not_converged"``.
    detail : str
        One line for the reader: what was tried, what stands in the way.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(reason, detail)

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else self.reason


class WorkersError(BumpformError):
    """A study has no workers, or none that fit; the rows so far are kept."""
