"""The house: no room is crowded, every room has a face, and imports run one way between rooms."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bumpform

PACKAGE = Path(bumpform.__file__).parent
#: Most modules of a folder, its face not counted: what is read at one sitting.
MOST = 12
#: Registries, whose files are each of one kind and need not be read together.
REGISTRIES = ("steps", "metrics", "verdict.routes")
#: Rooms that import against the order, but only when they are called: a step does to a stack what
#: it does, a case file may name any metric, and both are found by themselves.
LATE = ("steps", "case.checks")
#: The rooms, and the modules that stand alone, from the foundation up, as the package's docstring
#: lists them: each imports only what is before it. A folder that has rooms comes after them.
ORDER = tuple(re.findall(r"``([a-z_.]+)``", (bumpform.__doc__ or "").partition("\nRooms,")[2]))
#: Of nobody, and so everybody's; and what only starts the program.
GROUND, DOOR = ("brief", "errors", "quick"), ("__main__",)


def room_of(module: str) -> str:
    """Room of a module or of a name in one, both without ``bumpform.``: the longest that fits."""
    words = module.split(".")
    starts = (".".join(words[:n]) for n in range(len(words), 0, -1))
    return next((start for start in starts if start in ORDER), words[0])


def imports(node: ast.AST, *, late: bool) -> Iterator[str]:
    """What a file imports to run, with or without what functions import, without ``bumpform.``."""
    if isinstance(node, ast.FunctionDef) and not late:
        return
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    names = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "a relative import"
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    yield from (name.removeprefix("bumpform.") for name in names if name.startswith("bumpform."))
    for inner in ast.iter_child_nodes(node):
        yield from imports(inner, late=late)


def files_of(room: str) -> list[Path]:
    path = PACKAGE / room.replace(".", "/")
    return sorted(path.glob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def used_by(room: str) -> set[str]:
    """Rooms that a room imports."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in files_of(room)]
    names = {name for tree in trees for name in imports(tree, late=room not in LATE)}
    return {room_of(name) for name in names} - {room, *GROUND, "__version__"}


def face_of(room: str) -> str:
    path = PACKAGE / room.replace(".", "/") / "__init__.py"
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


ROOMS = [room for room in ORDER if (PACKAGE / room.replace(".", "/")).is_dir()]


def test_every_folder_and_lone_module_has_its_place_in_the_order():
    folders = {
        p.parent.relative_to(PACKAGE) for p in PACKAGE.rglob("*.py") if "_data" not in p.parts
    }
    rooms = {".".join(folder.parts) for folder in folders if folder.parts}
    alone = {p.stem for p in PACKAGE.glob("*.py")} - {"__init__", *GROUND, *DOOR}
    assert rooms | alone == set(ORDER)
    assert len(set(ORDER)) == len(ORDER)


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_is_crowded(room):
    modules = [path.stem for path in files_of(room) if path.stem != "__init__"]
    assert len(modules) <= MOST or room in REGISTRIES, f"{len(modules)} modules: split by noun"


@pytest.mark.parametrize("room", ORDER)
def test_imports_run_one_way(room):
    late = used_by(room) & set(ORDER[ORDER.index(room) :])
    how = ": only functions may, when they are called" if room in LATE else ""
    assert not late, f"{room} imports {', '.join(sorted(late))}, which come after it{how}"


@pytest.mark.parametrize("room", ROOMS)
def test_a_face_says_what_the_room_imports_and_names_only_what_is_there(room):
    what, _, told = face_of(room).partition("\n\n")
    assert what.endswith("."), "a face begins with one sentence"
    order, _, may = " ".join(told.split()).rpartition(" May import: ")
    listed, used = set(re.findall(r"`([a-z_.]+)`", may)), used_by(room)
    assert listed == used, (
        f"`May import` of {room}: + {used - listed or ''} − {listed - used or ''}"
    )
    folder = PACKAGE / room.replace(".", "/")
    named = re.findall(r"`([a-z_]+)`", order)
    missing = [n for n in named if not ((folder / n).is_dir() or (folder / f"{n}.py").is_file())]
    assert not missing, f"the face of {room} names what is not there"
