"""The flow in one mesh of the liquid: assembled by dolfinx, solved at once by MUMPS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from bumpform.errors import ConvergenceError
from bumpform.geometry.curve import Array
from bumpform.melting.flows.backend import fem, petsc
from bumpform.melting.flows.liquid_mesh import LiquidMesh
from bumpform.melting.flows.rising import rising
from bumpform.melting.flows.system import Reduced, System, reduced_to, transposed
from bumpform.melting.flows.velocities import Admissible, admissible
from bumpform.melting.flows.weak_forms import weak_forms


class Swung(NamedTuple):
    """A floating body's mass, over 2πμ²L²/σ, and its speed before."""

    mass: float
    rise: float


class Ahead(NamedTuple):
    """How far ahead in time surface tension is taken, within the surface and beside its lines.

    And the energy itself, with the price of its volume: see the weak forms.
    """

    within: float
    beside: float
    energy: float = 0.0
    price: float = 0.0


@dataclass(frozen=True)
class Fluid:
    """The dimensionless numbers of a melt.

    Attributes
    ----------
    bond : float
        ρgL²/σ.
    slip : float
        Friction on solid, L over the slip length.
    laplace : float
        ρσL/μ²; 0 where inertia is left out.
    """

    bond: float
    slip: float
    laplace: float = 0.0


@dataclass(frozen=True, eq=False)
class Flow:
    """A solved flow.

    Attributes
    ----------
    velocity : ndarray, shape (nodes, 2)
        By number in the velocity's space.
    pressure : ndarray
        P = p + Bo z, by number in the pressure's space.
    forces : dict of number in the geometry to ndarray, shape (2,)
        What the liquid and its surface exert on the nodes at contact lines, Young's force on
        the line left out.
    power : float
        That it turns into heat, per 2π.
    rise : float
        Speed of the body above.
    lifting : float
        Force of the liquid on it, upwards, over 2πσL.
    under : float
        What that would grow by if the liquid, at rest, seeped in where it lies.
    """

    velocity: Array
    pressure: Array
    forces: dict[int, Array]
    power: float = 0.0
    rise: float = 0.0
    lifting: float = 0.0
    under: float = 0.0


class Problem:
    """Matrices and vectors of a flow on one mesh."""

    def __init__(self, mesh: LiquidMesh, fluid: Fluid) -> None:
        self.mesh, self.fluid = mesh, fluid
        forms = weak_forms()
        values = {
            forms.step: 0.0,
            forms.ahead: 0.0,
            forms.beside: 0.0,
            forms.energy: 0.0,
            forms.price: 0.0,
            forms.bond: fluid.bond,
            forms.slip: fluid.slip,
            forms.laplace: fluid.laplace,
            forms.zero: 0.0,
        }
        self._constants = {k: fem.Constant(mesh.mesh, float(v)) for k, v in values.items()}
        self.last, self.base, self.mesh_velocity = (fem.Function(mesh.velocities) for _ in range(3))
        self._coefficients = {
            forms.last: self.last,
            forms.base: self.base,
            forms.mesh_velocity: self.mesh_velocity,
        }
        self._made: dict[str, Any] = {}
        self._matrix: Any = None
        self._reduced: Reduced | None = None
        self._system: System | None = None

    def form(self, name: str, *spaces: Any) -> Any:
        """One of the weak forms on this mesh."""
        if name not in self._made:
            compiled = weak_forms().compiled(name)
            domains = self.mesh.domains(compiled)
            self._made[name] = fem.create_form(
                compiled,
                list(spaces),
                self.mesh.mesh,
                domains,
                self._coefficients,
                self._constants,
            )
        return self._made[name]

    def vector(self, name: str) -> Array:
        """A linear form of the velocity, shape (2 nodes,)."""
        found: Array = fem.assemble_vector(self.form(name, self.mesh.velocities)).array.copy()
        return found

    def buoyancy(self) -> float:
        """What the liquid's weight lifts a body above by, beside the gauge pressure P, per 2π."""
        if not len(self.mesh.roof):
            return 0.0
        weights = fem.assemble_vector(self.form("roof weight", self.mesh.pressures)).array
        inner = self.mesh.inner
        whole = 0.0 if inner is None or inner.lies else self.fluid.bond * inner.top * inner.area
        return float(weights.sum()) - whole

    def lifted(self) -> Array:
        """What a body above takes in as it rises at a speed of 1, by pressures' test functions."""
        if not len(self.mesh.roof):
            return np.zeros(self.mesh.pressures.dofmap.index_map.size_local)
        found: Array = fem.assemble_vector(self.form("lifted", self.mesh.pressures)).array.copy()
        return found

    def clinging(self) -> Array:
        """Friction on a body above as it rises at a speed of 1, were the liquid at rest.

        It rises with it: there is none. The matrix, whose velocities do not tell the two apart,
        has as much too much of it.
        """
        if not len(self.mesh.roof):
            return np.zeros(2 * self.mesh.count)
        return self.vector("clinging")

    def kinetic(self, velocity: Array) -> float:
        """Kinetic energy of a velocity, per 2π."""
        self.last.x.array[:] = velocity.ravel()
        value: Any = fem.assemble_scalar(self.form("kinetic"))
        return float(value)

    def solve(
        self,
        step: float,
        ways: dict[int, Array | None],
        pulls: dict[int, Array],
        *,
        ahead: Ahead | None = None,
        bends: dict[int, float] | None = None,
        load: float | None = None,
        rise: float = 0.0,
        swung: Swung | None = None,
    ) -> Flow:
        """The flow over a step of time.

        Parameters
        ----------
        step : float
        ways : dict of number in the geometry to direction or None
            How contact lines may move.
        pulls : dict of number in the geometry to ndarray, shape (2,)
            Young's forces r cosθ t on those that move.
        ahead : Ahead, optional
            How far ahead surface tension is taken; by the whole step if not given.
        bends : dict of number in the geometry to float
            Stiffness of moving lines against their way.
        load : float or None
            On a body above that floats, over 2πσL; None where it does not.
        rise : float
            Speed of a body above that is driven.
        swung : Swung, optional
            The mass and last speed of one that floats.

        Raises
        ------
        ConvergenceError
            If the matrix is singular.
        """
        mesh = self.mesh
        ahead = ahead or Ahead(step, step)
        forms = weak_forms()
        times = (forms.step, forms.ahead, forms.beside, forms.energy, forms.price)
        for constant, value in zip(times, (step, *ahead), strict=True):
            self._constants[constant].value[...] = value
        matrix = self._assembled()
        for node, stiffness in (bends or {}).items():
            way = ways[node]
            if way is not None:
                i = 2 * int(mesh.node[node])
                values = step * stiffness * np.outer(way, way)
                matrix.setValues([i, i + 1], [i, i + 1], values, addv=True)
        matrix.assemble()
        drive = self.vector("drive")
        if self.fluid.laplace:
            drive += self.vector("momentum") + self.vector("iterated")
        plain = drive.copy()
        for node, pull in pulls.items():
            i = 2 * mesh.node[node]
            drive[i : i + 2] += pull
        floats = load is not None
        columns = admissible(mesh, ways, rises=floats)
        pressures = mesh.pressures.dofmap.index_map.size_local
        reduced = self._on(columns, pressures, matrix)
        basis = reduced.basis
        lifted, clinging, buoyancy = self.lifted(), self.clinging(), self.buoyancy()
        driven = np.zeros(2 * mesh.count + pressures)
        driven[2 * mesh.node[mesh.roof] + 1] = rise
        for node, speed in mesh.pumping.items():
            driven[2 * mesh.node[node]] = speed * rise
        if rise:
            x, image = basis.createVecLeft(), basis.createVecLeft()
            x.setArray(driven)
            matrix.mult(x, image)
            moved = image.getArray().copy()
            moved -= rise * np.concatenate([clinging, lifted])
            x.destroy()
            image.destroy()
            drive = drive - moved[: 2 * mesh.count]
            right = np.concatenate([transposed(columns, drive), -moved[2 * mesh.count :]])
        else:
            right = np.concatenate([transposed(columns, drive), np.zeros(pressures)])
        if load is not None:  # Young's force acts along the solid, which rises with it
            above = set(mesh.roof.tolist())
            pulled = sum(p[1] for k, p in pulls.items() if k in above)
            right[columns.count - 1] += buoyancy - load - pulled
        if floats:
            last, less = columns.count - 1, np.concatenate([transposed(columns, clinging), lifted])
            own, less[last] = less[last], 0.0
            on = np.flatnonzero(less).astype(np.int32)
            reduced.matrix.setValues([last], on, -less[on], addv=True)
            reduced.matrix.setValues(on, [last], -less[on], addv=True)
            reduced.matrix.setValue(last, last, -own, addv=True)
            if swung is not None:
                inertia = swung.mass / step
                reduced.matrix.setValue(last, last, inertia, addv=True)
                right[last] += inertia * swung.rise
            if ahead.energy:
                for row, column, value in rising(mesh, columns, ways, self.fluid.bond, ahead.price):
                    reduced.matrix.setValue(row, column, ahead.energy * value, addv=True)
            reduced.matrix.assemble()
        self._system = System(
            matrix,
            reduced,
            columns,
            right,
            plain,
            driven,
            lifted,
            clinging,
            buoyancy,
            floats,
            step,
            ways,
            bends or {},
        )
        try:
            return self._flow(self._system, right, plain, rise, ways)
        except ConvergenceError:
            self._reduced = None  # what has failed once does not recover
            raise

    def lowest(self) -> bool:
        """Whether, of what was solved last, the flow is that which costs least, with its price.

        It is where the matrix is positive on flows that keep the volume: where the energy curves
        down by more than friction holds in a step, a flow that only balances forces leads up.
        """
        assert self._system is not None
        return self._system.lowest

    def _assembled(self) -> Any:
        """The matrix on all velocities and pressures, in the same place each time."""
        v, q = self.mesh.velocities, self.mesh.pressures
        name = "inertial" if self.fluid.laplace else "overdamped"
        blocks = [
            [self.form(name, v, v), self.form("gradient", v, q)],
            [self.form("divergence", q, v), self.form("nothing", q, q)],
        ]
        if self._matrix is None:
            self._matrix = petsc.create_matrix(blocks)
        else:
            self._matrix.zeroEntries()
        petsc.assemble_matrix(self._matrix, blocks)
        self._matrix.assemble()
        return self._matrix

    def _on(self, columns: Admissible, pressures: int, matrix: Any) -> Reduced:
        """The matrix on admissible velocities; where they are of the same nodes, in place."""
        before = self._reduced
        if before is not None and before.columns.same_pattern(columns):
            before.take(columns, matrix)
            return before
        if before is not None:
            before.destroy()
        self._reduced = reduced_to(columns, pressures, matrix, symmetric=not self.fluid.laplace)
        return self._reduced

    def again(self, flow: Flow, nodes: Array, raising: float) -> Flow:
        """The last flow with forces in place of those that were taken ahead along it.

        Parameters
        ----------
        flow : Flow
        nodes : ndarray, shape (nodes of the free curve, 2)
            What is added there to the forces on the surface where it was, and to Young's.
        raising : float
            What is added to the force that raises the body above.
        """
        system, mesh = self._system, self.mesh
        assert system is not None
        self.last.x.array[:] = flow.velocity.ravel()
        more = self.vector("iterated")
        for node, stiffness in system.bends.items():
            way, i = system.ways[node], int(mesh.node[node])
            if way is not None:
                by = system.step * stiffness * (way @ flow.velocity[i])
                more[2 * i : 2 * i + 2] += by * way
        by_node = more.reshape(-1, 2)
        by_node[mesh.node[mesh.curve]] += nodes
        right = system.right.copy()
        right[: system.columns.count] += transposed(system.columns, more)
        if system.floats:
            right[system.columns.count - 1] += raising
        found = self._flow(
            system, right, system.plain + more, flow.rise, dict.fromkeys(flow.forces)
        )
        return replace(found, lifting=found.lifting + raising)

    def mixed(self, tries: Sequence[tuple[Flow, Flow]]) -> Flow:
        """The flow to try next, of those that were put in and came out (Anderson's mixing)."""
        put = np.stack([flow.velocity.ravel() for flow, _ in tries])
        out = np.stack([flow.velocity.ravel() for _, flow in tries])
        off = out - put
        weights = np.zeros(len(tries))
        weights[-1] = 1.0
        if len(tries) > 1:
            steps = np.diff(off, axis=0)
            by = np.linalg.lstsq(steps.T, off[-1], rcond=1e-8)[0]
            weights[1:] -= by
            weights[:-1] += by
        flows = [flow for _, flow in tries]
        velocity = (weights @ out).reshape(-1, 2)
        rise = float(weights @ [flow.rise for flow in flows])
        return replace(
            flows[-1],
            velocity=velocity,
            pressure=weights @ np.stack([flow.pressure for flow in flows]),
            power=self.power(velocity, rise),
            rise=rise,
            lifting=float(weights @ [flow.lifting for flow in flows]),
        )

    def power(self, velocity: Array, rise: float = 0.0) -> float:
        """What a velocity turns into heat under a body that rises, per 2π."""
        self.last.x.array[:] = velocity.ravel()
        value: Any = fem.assemble_scalar(self.form("power"))
        clinging = self.clinging().reshape(-1, 2)[:, 1]
        return float(value) - rise * float(clinging @ (2.0 * velocity[:, 1] - rise))

    def _flow(
        self, system: System, right: Array, acting: Array, rise: float, nodes: Iterable[int]
    ) -> Flow:
        """The flow of a right side, beside forces on the nodes without Young's."""
        mesh = self.mesh
        found = system.solved(right)
        values, resisting = system.spread(found)
        size = 2 * mesh.count
        velocity, pressure = values[:size].reshape(-1, 2), values[size:]
        if system.floats:
            rise = float(found[system.columns.count - 1])
        left = (acting - resisting[:size] + rise * system.clinging).reshape(-1, 2)
        forces = {node: left[mesh.node[node]] for node in nodes}
        lifting = float(left[mesh.node[mesh.roof], 1].sum() + system.lifted @ pressure)
        clinging = system.clinging.reshape(-1, 2)[:, 1]
        lifting += system.buoyancy + float(clinging @ (velocity[:, 1] - rise))
        lifting += sum(speed * left[mesh.node[k], 0] for k, speed in mesh.pumping.items())
        under, inner = 0.0, mesh.inner
        if inner is not None and inner.lies:
            under = inner.area * float(pressure.mean() - self.fluid.bond * inner.top)
        return Flow(velocity, pressure, forces, self.power(velocity, rise), rise, lifting, under)
