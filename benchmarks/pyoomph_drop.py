"""A drop that spreads, by pyoomph: one line of JSON. melting_peer.py runs it in pyoomph's Python.

Arguments: element length, time and step (0: by the error of the mesh's places), in units of
L = V^(1/3) and μL/σ; the angles at which the drop begins and ends, degrees; the slip length; that
error; a folder.
"""

import json
import math
import sys
import time

from pyoomph import (
    AxisymmetryBC,
    DirichletBC,
    GmshTemplate,
    IntegralObservables,
    Problem,
    RemeshingOptions,
    RemeshWhen,
    TemporalErrorEstimator,
)
from pyoomph.equations.ALE import LaplaceSmoothedMesh
from pyoomph.equations.navier_stokes import (
    NavierStokesContactAngle,
    NavierStokesFreeSurface,
    NavierStokesSlipLength,
    StokesEquations,
)
from pyoomph.expressions.units import degree
from pyoomph.meshes.remesher import Remesher2d

ELEMENT, TIME, STEP, BEGIN, END, SLIP, TOLERANCE = map(float, sys.argv[1:8])


def unit_radius(angle: float) -> float:
    """Radius of the line of a cap of volume 1."""
    t = math.radians(angle)
    volume = math.pi * (2.0 - 3.0 * math.cos(t) + math.cos(t) ** 3) / 3.0
    return math.sin(t) / volume ** (1.0 / 3.0)


class Cap(GmshTemplate):
    """The first shape: a spherical cap, its elements shorter at the line as bumpform's are."""

    def define_geometry(self):
        """Lines, and the surface between them."""
        radius, angle = unit_radius(BEGIN), math.radians(BEGIN)
        sphere = radius / math.sin(angle)
        middle = -sphere * math.cos(angle)
        self.default_resolution, self.mesh_mode = ELEMENT, "tris"
        foot = self.point(0.0, 0.0)
        line = self.point(radius, 0.0, size=0.4 * ELEMENT)
        apex = self.point(0.0, middle + sphere)
        self.create_lines(apex, "axis", foot, "wall", line)
        self.circle_arc(line, apex, center=(0.0, middle), name="interface")
        self.plane_surface("axis", "wall", "interface", name="drop")
        self.remesher = Remesher2d(self)


class Drop(Problem):
    """Stokes' equations on a mesh that follows its free surface."""

    def define_problem(self):
        """Equations and conditions."""
        self.set_coordinate_system("axisymmetric")
        self += Cap()
        equations = StokesEquations(dynamic_viscosity=1.0) + LaplaceSmoothedMesh()
        equations += AxisymmetryBC() @ "axis"
        wall = DirichletBC(mesh_y=0.0, velocity_y=0.0) + NavierStokesSlipLength(SLIP)
        equations += wall @ "wall"
        equations += NavierStokesFreeSurface(surface_tension=1.0) @ "interface"
        equations += NavierStokesContactAngle(contact_angle=END * degree) @ "interface/wall"
        equations += RemeshWhen(RemeshingOptions(max_expansion=1.5, min_expansion=0.7))
        equations += TemporalErrorEstimator(mesh_x=1.0, mesh_y=1.0)
        equations += IntegralObservables(volume=1.0)
        self += equations @ "drop"


with Drop() as problem:
    problem.set_output_directory(sys.argv[8])
    problem.quiet(True)
    problem.initialise()
    start = time.process_time()
    steps = {"timestep": STEP} if STEP else {"startstep": 1e-3, "temporal_error": TOLERANCE}
    problem.run(TIME, outstep=False, **steps)
    seconds = time.process_time() - start
    [node] = problem.get_mesh("drop/interface/wall").nodes()
    volume = float(problem.get_mesh("drop").evaluate_observable("volume"))
    told = {"radius": node.x(0), "volume": volume, "unknowns": problem.ndof(), "seconds": seconds}
    print("\n" + json.dumps(told))
