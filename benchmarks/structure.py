"""How deep a run calls, and how far it hands a stack and itself on: `benchmarks/structure.py`.

What it prints stands in docs/architecture.md, beside the same of an early version.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import bumpform

PACKAGE = Path(bumpform.__file__).parent
#: The bundled case that is followed: two reflows, a barrier and all sorts of conditions.
CASE = "photoimaged_opening"


def function_of(frame: FrameType) -> str:
    """File and name of a function of the package; empty for others, and for what has no name."""
    path, name = frame.f_code.co_filename, frame.f_code.co_qualname
    if not path.startswith(str(PACKAGE)) or "<" in frame.f_code.co_name:
        return ""
    return f"{Path(path).relative_to(PACKAGE)} {name}"


def watched(call: Callable[[], object], see: Callable[[FrameType], None]) -> None:
    """Make a call and see the frame of every function of the package that it enters."""
    sys.setprofile(lambda f, event, _: see(f) if event == "call" and function_of(f) else None)
    try:
        call()
    finally:
        sys.setprofile(None)


def longest_chain(call: Callable[[], object]) -> list[str]:
    """Functions of the package, each counted once, of the longest chain of calls in a call."""
    longest: list[str] = []

    def see(frame: FrameType) -> None:
        chain: dict[str, None] = {}
        at: FrameType | None = frame
        while at is not None:
            if (name := function_of(at)) and not name.startswith("quick.py"):
                chain[name] = None
            at = at.f_back
        if len(chain) > len(longest):
            longest[:] = chain

    watched(call, see)
    return longest


def handed(call: Callable[[], object], *kinds: str) -> set[str]:
    """Functions of the package that a call hands an object of one of these classes."""
    found: set[str] = set()

    def see(frame: FrameType) -> None:
        code, held = frame.f_code, frame.f_locals
        given = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if any(type(held.get(name)).__name__ in kinds for name in given):
            found.add(function_of(frame))

    watched(call, see)
    return {name for name in found if not name.startswith("quick.py")}


def in_words(functions: set[str]) -> str:
    """How many functions in how many files."""
    return f"{len(functions)} functions in {len({name.split(' ')[0] for name in functions})} files"


def main() -> None:
    """Print all of it."""
    case = bumpform.load_case(CASE)
    done: Any = bumpform.run(case)  # forms compiled, modules imported
    chain = longest_chain(lambda: bumpform.run(case))
    print(f"longest chain of calls: {len(chain)} functions")
    print("  " + " < ".join(name.split(" ")[1] for name in chain))
    moment = next(m for m in done.history if m.step.do == "reflow")
    reflow = handed(lambda: apply(moment, case), "Stack", "State")
    print(f"a stack through a reflow: {in_words(reflow)}")
    with tempfile.TemporaryDirectory() as folder:
        written = handed(lambda: bumpform.write_run(done, folder), "Run")
    print(f"a run into its files: {in_words(written)}")
    folders = Counter(p.parent for p in PACKAGE.rglob("*.py") if p.stem not in ("__init__",))
    sizes = ", ".join(f"{n} {p.relative_to(PACKAGE)}" for p, n in folders.most_common(4))
    print(f"modules a folder, the most: {sizes}")
    texts = [
        p.read_text("utf-8") for d in ("output", "picture") for p in (PACKAGE / d).rglob("*.py")
    ]
    print(f"`.get(` in output and picture: {sum(len(re.findall(r'[.]get[(]', t)) for t in texts)}")


def apply(moment: Any, case: bumpform.Case) -> object:
    """The step of a moment, done again."""
    from bumpform.materials.materials import Materials
    from bumpform.process.apply import apply_step

    return apply_step(moment.before, moment.step, case, Materials(case.materials, case.wetting))


if __name__ == "__main__":
    main()
