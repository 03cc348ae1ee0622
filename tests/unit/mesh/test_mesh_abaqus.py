"""Input files for Abaqus and CalculiX: the same mesh, complete sets, legal names, same bytes."""

from __future__ import annotations

import re
import tomllib

import numpy as np
import pytest

from bumpform.case.case import Case
from bumpform.mesh.abaqus import inp_bytes, legal_names, write_inp
from bumpform.mesh.files import to_meshio, write_meshes
from bumpform.mesh.mesh import build_mesh
from bumpform.mesh.recipe import find_recipe
from domes import UM, with_barrier, with_core
from handmade import CASE, make_run

ORDERS = {order: find_recipe("coarse").model_copy(update={"order": order}) for order in (1, 2)}


@pytest.fixture(scope="module", params=[1, 2])
def mesh(request):
    return build_mesh(with_barrier(), ORDERS[request.param])


@pytest.fixture(scope="module")
def blocks(mesh):
    """Every keyword line (in the file's order) with its data lines; comments left out."""
    found = []
    for line in inp_bytes(mesh).decode().splitlines():
        if line.startswith("**"):
            continue
        if line.startswith("*"):
            found.append((line, []))
        else:
            found[-1][1].append([entry.strip() for entry in line.split(",")])
    return found


def data(blocks, keyword):
    [rows] = [rows for key, rows in blocks if key == keyword]
    return rows


def table(blocks, keyword, parameter):
    """Data lines of all blocks of a keyword, by a parameter."""
    return {
        re.search(rf"\b{parameter}=(\w+)", key)[1]: rows
        for key, rows in blocks
        if key.split(",")[0] == f"*{keyword}"
    }


def faces(mesh, rows):
    """Corner nodes (numbers from 0) of the faces of a surface, in the order of the element."""
    sides = {"S1": (0, 1), "S2": (1, 2), "S3": (2, 0)}
    return [tuple(mesh.cells[int(e) - 1, list(sides[s])].tolist()) for e, s in rows]


def test_meshio_reads_the_same_mesh(mesh, tmp_path):
    """CAX elements are not in meshio's list: read as plane ones, which have the same nodes.

    14 digits are written, so that none has more than 20 characters; lengths are in mm.
    """
    meshio = pytest.importorskip("meshio")
    path = write_inp(mesh, tmp_path / "a.inp")
    text = path.read_text().replace("CAX6", "CPE6").replace("CAX3", "CPS3")
    path.write_text(text)
    read = meshio.read(path)
    assert read.points == pytest.approx(1e3 * mesh.points, rel=1e-13, abs=0.0)
    [block] = read.cells
    assert block.type == ("triangle6" if mesh.order == 2 else "triangle")
    assert np.array_equal(block.data, mesh.cells)
    legal = legal_names([*mesh.regions, *mesh.interfaces])
    for i, name in enumerate(mesh.regions):
        [cells] = read.cell_sets[legal[name]]
        assert np.array_equal(cells, np.flatnonzero(mesh.cell_region == i))
    for i, name in enumerate(mesh.interfaces):
        nodes = np.unique(mesh.lines[mesh.line_interface == i])
        assert np.array_equal(read.point_sets[legal[name]], nodes)


def test_elements_run_counter_clockwise_and_sets_have_the_section_areas(mesh, blocks):
    """Areas of the triangles through the corners: the stack's, less what the curves bulge."""
    points = 1e-3 * np.array([[float(x) for x in row[1:]] for row in data(blocks, "*NODE")])
    kind = "CAX6" if mesh.order == 2 else "CAX3"
    cells = np.array(data(blocks, f"*ELEMENT, TYPE={kind}"), dtype=int)
    assert cells[:, 0].tolist() == list(range(1, len(cells) + 1))
    a, b, c = (points[cells[:, i] - 1] for i in (1, 2, 3))
    areas = 0.5 * np.linalg.det(np.stack([b - a, c - a], axis=1))
    assert areas.min() > 0.0
    if mesh.order == 2:  # the fourth node is near the middle of the first side, and so on
        for middle, (i, j) in zip((4, 5, 6), ((a, b), (b, c), (c, a)), strict=True):
            off = np.hypot(*(points[cells[:, middle] - 1] - 0.5 * (i + j)).T)
            assert (off < 0.3 * np.hypot(*(j - i).T)).all()
    sections = {}
    for name, [[first, last, step]] in table(blocks, "ELSET", "ELSET").items():
        assert step == "1"
        sections[name] = areas[int(first) - 1 : int(last)].sum()
    assert sum(sections.values()) == pytest.approx(areas.sum(), rel=1e-12)
    assert sections["pad"] == pytest.approx(60 * UM * 5 * UM, rel=1e-12)
    for region in with_barrier().regions:
        r, z = region.outline.T
        exact = 0.5 * abs(np.sum(r * np.roll(z, -1) - np.roll(r, -1) * z))
        # a side turns by 25° at most: its sagitta is 1/18 of it, 2/3 of which is lost at order 1
        assert sections[region.name] == pytest.approx(exact, rel=0.05)


def test_surfaces_lie_on_their_interfaces_and_are_complete(mesh, blocks):
    surfaces = table(blocks, "SURFACE", "NAME")
    legal = legal_names([*mesh.regions, *mesh.interfaces])
    assert set(surfaces) == {legal[name] for name in mesh.interfaces}
    for i, name in enumerate(mesh.interfaces):
        own = mesh.line_interface == i
        found = faces(mesh, surfaces[legal[name]])
        lines = {tuple(sorted(line)) for line in mesh.lines[own, :2].tolist()}
        assert {tuple(sorted(face)) for face in found} == lines
        assert len(found) == len(lines)
        regions = {int(mesh.cell_region[int(e) - 1]) for e, _ in surfaces[legal[name]]}
        sides = {mesh.regions.index(s) for s in name.split(" | ") if s in mesh.regions}
        assert not sides or regions == {min(sides)}
    for face in faces(mesh, surfaces["axis"]):
        assert np.all(mesh.points[list(face), 0] == 0.0)
    for face in faces(mesh, surfaces["outer"]):
        assert mesh.points[list(face), 0] == pytest.approx(150 * UM, rel=1e-14)


def test_every_region_has_a_section_and_every_material_a_stub_without_properties(mesh, blocks):
    sections = [key for key, _ in blocks if key.startswith("*SOLID SECTION")]
    pairs = zip(mesh.regions, mesh.materials, strict=True)
    assert sections == [f"*SOLID SECTION, ELSET={r}, MATERIAL={m}" for r, m in pairs]
    stubs = [(key, rows) for key, rows in blocks if key.startswith("*MATERIAL")]
    assert stubs == [(f"*MATERIAL, NAME={m}", []) for m in mesh.materials]
    assert blocks[-1] == stubs[-1]  # no property, no step
    assert b"** material Ni: its properties must be given here" in inp_bytes(mesh)


def test_same_stack_gives_the_same_bytes_and_one_file(mesh, tmp_path):
    again = build_mesh(with_barrier(), ORDERS[mesh.order])
    assert inp_bytes(again) == inp_bytes(mesh)
    path = write_inp(mesh, tmp_path / "a.inp")
    assert path.read_bytes() == inp_bytes(mesh)
    assert [p.name for p in tmp_path.iterdir()] == ["a.inp"]


def test_solvers_read_every_number_and_line_whole(mesh, blocks):
    """CalculiX reads 20 characters of a number, and 16 entries of a set a line."""
    for key, rows in blocks:
        assert all(len(row) <= 16 for row in rows)
        if key == "*NODE":
            assert max(len(entry) for row in rows for entry in row) <= 20
    assert all(line.isascii() and len(line) <= 132 for line in inp_bytes(mesh).splitlines())


def test_names_become_legal_and_stay_apart():
    legal = legal_names(["bump | pad", "bump/pad", "BUMP_PAD", "63Sn", "µ", "a" * 100, "a" * 99])
    assert list(legal.values())[:5] == ["bump_pad", "bump_pad_2", "BUMP_PAD_3", "N_63Sn", "N"]
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,79}", name) for name in legal.values())
    assert len({name.upper() for name in legal.values()}) == len(legal)


def test_original_names_are_in_comments():
    text = inp_bytes(build_mesh(with_core(0.0), ORDERS[2])).decode()
    assert "** interface cap | air, its faces on cap\n*NSET, NSET=cap_air\n" in text
    assert "** region cap of Sn63Pb37\n*ELSET, ELSET=cap, GENERATE\n" in text


def test_a_run_is_meshed_at_every_moment_in_every_format_of_its_recipe(tmp_path):
    run = make_run(Case.from_dict(tomllib.loads(CASE)))
    written = write_meshes(run, tmp_path)
    formats = find_recipe(run.case.mesh_recipe).formats
    assert "inp" in formats
    assert [p.name for p in written] == [
        f"stack_{shot.slug}.{form}" for shot in run.snapshots for form in formats
    ]
    assert "stack_first_reflow_as_deposited.inp" in {p.name for p in tmp_path.iterdir()}


def test_meshio_hands_the_mesh_on(mesh, tmp_path):
    """Triangles and lines, regions and interfaces as cell sets, for any format that it writes."""
    meshio = pytest.importorskip("meshio")
    handed = to_meshio(mesh)
    assert set(handed.cell_sets) == {*mesh.regions, *mesh.interfaces}
    handed.write(tmp_path / "a.vtu")
    read = meshio.read(tmp_path / "a.vtu")
    assert np.array_equal(read.cells[0].data, mesh.cells)
    assert np.array_equal(read.cell_data["region"][0], mesh.cell_region)
