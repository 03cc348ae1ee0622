"""Where the first bump, the barrier and the second bump are: opening, contact line, plane, depth.

Who they are, `bump_roles` tells. The first bump's places are those that the next thing is built
on; the barrier's those that the second solder finds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bumpform.findings.bump_roles import BumpRoles, whole_name
from bumpform.findings.condition import Answer, not_judged
from bumpform.findings.finished_barrier import FinishedBarrier
from bumpform.process.state import Cavity, State, opening_of
from bumpform.quick import cached_property
from bumpform.stack.borders import AIR, Border
from bumpform.stack.stack import Stack
from bumpform.steps.kinds import Abrade, Coat
from bumpform.units.measured import Measured

__all__ = ["Bumps"]


@dataclass(frozen=True, eq=False)
class Bumps(BumpRoles):
    """First bump, barrier, second bump of a run, and where they are."""

    @cached_property
    def built_on(self) -> int:
        """Index of the step that builds on the first bump; of the last step, where none does."""
        ends = [i for i in (self.barrier_step, self.second_start) if i is not None]
        return min(ends) if ends else self.found.end + 1

    @property
    def in_time(self) -> str:
        """Added to what is not done to the first bump, where it may be done to it later."""
        return " before it is built on" if self.built_on <= self.found.end else ""

    @cached_property
    def _before_built(self) -> State:
        """What stands there just before something is built on the first bump."""
        index = self.built_on
        before = self.found.history[index].before if index < len(self.found.history) else None
        return before if before is not None else self.found.state(min(index, self.found.end))

    @cached_property
    def cavity(self) -> Cavity | None:
        """The opening round the first bump, as it stands when something is built on it."""
        return self.cavity_in(self._before_built.stack)

    def cavity_in(self, stack: Stack) -> Cavity | None:
        """The opening of the dielectric in a stack."""
        name = self.dielectric
        there = name is not None and any(r.name == name for r in stack.regions)
        opening = stack.once(opening_of, name, True) if there and name is not None else None
        return opening if opening is not None and opening.rim_r > 0.0 else None

    @cached_property
    def dielectric(self) -> str | None:
        """The layer whose opening holds the first bump, or, laminated, that is abraded, if one is.

        It is no metal, and still there when the second bump has its shape. Of several that touch
        the bump it is the uppermost, or the one to which that one's wall goes on up; of those that
        do not, the one that was laid last, in an opening before the bump froze.
        """
        later = self.second_melting
        last = self.found.state(later.index if later is not None else self.found.end).stack
        return self._laid_round({whole_name(region.name) for region in last.regions})

    @cached_property
    def taken_away(self) -> str | None:
        """The layer that would be the dielectric, if it were there to the end."""
        return self._laid_round(None) if self.dielectric is None else None

    def _laid_round(self, left: set[str] | None) -> str | None:
        """The layer that holds the first bump, of those that are left; of all."""
        laminated = self.found.case.route == "laminated_abraded"
        coats = {
            s.layer: i
            for i, s in self.found.steps(Coat)
            if not self.found.is_metal(s.material)
            and (s.opening is not None or self.found.case.route != "photoimaged_opening")
        }
        there = {r.name for r in self._before_built.stack.regions}
        there = there if left is None else there & left
        coats = {name: i for name, i in coats.items() if name in there and i < self.built_on}
        if laminated:
            opened = {s.layer for _, s in self.found.steps(Coat) if s.opening is not None}
            worn = {n for n in coats if any(i < self.built_on for i in self.abraded(n))}
            coats = {name: i for name, i in coats.items() if name in (worn or opened)}
        else:
            coats = {name: i for name, i in coats.items() if self._stands_in(name)}
        borders = self._before_built.stack.borders
        touching = [name for name in coats if borders.touch(name, self._remains)]
        froze = self.first_melting.index if self.first_melting is not None else self.built_on
        before = [name for name, i in coats.items() if i < froze or laminated]
        if touching:
            stack = self._before_built.stack
            touched = max(touching, key=lambda name: stack.region(name).top)
            openings = [stack.once(opening_of, name, True) for name in before]
            over = [o for o in openings if o is not None and touched in o.coats]
            return max(over, key=lambda o: o.z_top).layer if over else touched
        return max(before, key=lambda name: coats[name], default=None)

    def _stands_in(self, layer: str) -> bool:
        """Whether the first bump begins inside a layer's rim: a ring outside of it does not."""
        stack = self._before_built.stack
        opening = stack.once(opening_of, layer, True)
        return opening is None or self._innermost < opening.rim_r

    @cached_property
    def _remains(self) -> tuple[str, ...]:
        """Regions of the first bump just before something is built on it."""
        return self.found.lineage.named(self.built_on - 1, self.first) if self.built_on else ()

    @cached_property
    def _innermost(self) -> float:
        """Radius at which these begin, m."""
        stack = self._before_built.stack
        radii = (r for n in self._remains for e in stack.region(n).loop for r, _ in e.ends)
        return min(radii, default=0.0)

    def abraded(self, layer: str) -> list[int]:
        """Steps that lower a layer by abrading, or abrade to a depth that is measured from it."""
        steps = []
        for index, step in self.found.steps(Abrade):
            before = self.found.history[index].before
            named = {r.name: r for r in before.stack.regions} if before is not None else {}
            if layer not in named:
                continue
            from_it = step.below_top is not None and step.below_top.layer == layer
            if from_it or named[layer] not in self.found.state(index).stack.regions:
                steps.append(index)
        return steps

    def no_depth(self) -> Answer:
        """Not judged, since the first bump has no defined distance: why."""
        if self.plane is not None:
            return not_judged("the first bump was abraded after it froze")
        return self.no_first() or self.no_plane()

    def no_plane(self) -> Answer:
        """Not judged, since abrading has left no plane: why."""
        if not self.is_abraded:
            why = f"the first bump is not abraded{self.in_time}"
        elif not self._remains:
            why = "abrading has left nothing of the first bump"
        elif self._is_coated_last:
            why = f"the first bump is abraded before {self.dielectric} is laid"
        else:
            why = f"{self.dielectric} is abraded last, and the first bump covered"
        return not_judged(f"there is no plane: {why}")

    def no_dome(self) -> Answer | None:
        """Not judged, where the first bump is no dome in an opening any more."""
        if absent := self.no_first() or self.no_cavity():
            return absent
        if self.is_abraded:
            return not_judged("the first bump was abraded after it froze")
        return None

    def no_cavity(self) -> Answer | None:
        """Not judged, where no dielectric has an opening round the first bump."""
        if self.cavity is not None:
            return None
        if (gone := self.taken_away) is not None:
            before = "" if self.second_melting is None else " before the second bump last melts"
            return not_judged(f"{gone}, which is round the first bump, is taken away{before}")
        return not_judged("no dielectric with an opening is round the bump")

    @cached_property
    def finished(self) -> FinishedBarrier | None:
        """The barrier as solder finds it."""
        start, index, grown = self.barrier_step, self.finished_in, self.grown
        if start is None or index is None or grown is None or self.cavity is None:
            return None
        is_cut, stack = index != start, self.found.state(index).stack
        opening = (self.cavity_in(stack) if is_cut else None) or self.cavity
        left, under = self.coating(index), self.found.lineage.named(index, self.first)
        bed = tuple(b.edge for b in stack.borders.between(left, under)) or grown.surface
        return FinishedBarrier(grown, index, stack, left, opening, is_cut, self._flanks, bed)

    @cached_property
    def _flanks(self) -> frozenset[int]:
        """Curves (their ids) along which the barrier was grown against other solids."""
        start = self.barrier_step
        if start is None:
            return frozenset()
        laid, coating = self.found.state(start).stack, {*self.coating(start)}
        return frozenset(
            id(b.edge.curve)
            for b in laid.borders.all
            if coating & {*b.sides} and not {*b.sides} <= {*coating, AIR}
        )

    @cached_property
    def finished_in(self) -> int | None:
        """The step that left the barrier as solder finds it: it grew it, or changed it last."""
        start = self.barrier_step
        if start is None:
            return None
        end = self.second_start if self.second_start is not None else self.found.end + 1
        later = range(start + 1, end)
        cuts = [i for i in later if self._takes_of(i, self.coating(i - 1))]
        grown = [i for i in later if cuts and i > cuts[0] and self._grows_coating(i)]
        return max([start, *cuts, *grown])

    def _grows_coating(self, index: int) -> bool:
        """Whether a step grows another barrier on what a cut has left of it."""
        return bool({*self.coating(index)} - {*self.coating(index - 1)})

    def is_barrier_top(self, index: int) -> Callable[[Border], bool]:
        """Which borders after a step are the barrier's top: no sides, nor flanks laid bare later.

        Of one that has been cut since solder is on it, all that is no side.
        """
        laid = self.finished_in
        assert laid is not None
        then, coating = self.found.state(laid).stack, self.coating(laid)
        now = self.found.state(index).stack.regions
        tops = {id(b.edge.curve) for b in then.borders.between(coating, AIR)} - self._flanks
        whole = all(then.region(n) in now for n in coating)

        def is_top(border: Border) -> bool:
            as_grown = id(border.edge.curve) in tops or not whole
            return as_grown and not border.edge.feature.endswith(" side")

        return is_top

    @property
    def meets_top(self) -> bool:
        """Whether the barrier, past the rim, ends on the dielectric's top."""
        if self.finished is None:
            return False
        (r, z), opening = self.finished.juncture, self.finished.opening
        slack = 1e-9 * opening.thickness
        return abs(z - opening.z_top) <= slack and r >= opening.rim_r - slack

    @cached_property
    def is_lowered(self) -> bool:
        """Whether the dielectric's top is lower where the second bump is than at the barrier."""
        later = self.second_melting
        if later is None or self.cavity is None:
            return False
        then = self.cavity_in(self.found.state(later.index).stack)
        opening = self.finished.opening if self.finished is not None else self.cavity
        return then is not None and then.z_top < opening.z_top - 1e-9 * opening.thickness

    @cached_property
    def line(self) -> tuple[Measured, Measured] | None:
        """R and z of the first bump's outer contact line as it froze, m."""
        melting = self.first_melting
        if melting is None or melting.stage.shape is None:
            return None
        values = melting.stage.shape.measured
        return values["outer.r_m"], values["outer.z_m"]

    @cached_property
    def ends_on_wall(self) -> bool:
        """Whether the line is on the wall as it was then, above its foot and below its rim."""
        if self.line is None or self.cavity is None:
            return False
        assert self.first_melting is not None
        assert self.first_melting.stage.shape is not None
        line, z = self.first_melting.stage.shape.lines[0], self.line[1]
        pieces = line.solid.profile.pieces
        if not self.cavity.is_wall(pieces[line.station.piece]):
            return False
        slack = z.error + 1e-9 * self.cavity.thickness
        ends = [end[1] for piece in pieces if self.cavity.is_wall(piece) for end in piece.ends]
        return min(ends) + slack < z.value < min(max(ends), self.cavity.z_top) - slack

    @property
    def is_abraded(self) -> bool:
        """Whether abrading has cut the first bump after it froze, or taken it off."""
        return bool(self._cuts)

    @cached_property
    def _cuts(self) -> list[int]:
        froze = self.first_melting.index if self.first_melting is not None else self.built_on
        cuts = (i for i, _ in self.found.steps(Abrade) if froze < i < self.built_on)
        return [i for i in cuts if self.is_cut(i)]

    @cached_property
    def plane(self) -> float | None:
        """Height of the plane that abrading has left of the first bump once it froze, m.

        None where the dielectric is abraded after that, and the bump stays covered; laminated, None
        where the dielectric is laid after all abrading.
        """
        if not self._cuts or not self._remains:
            return None
        if self._is_coated_last and self.found.case.route == "laminated_abraded":
            return None
        names = self.found.lineage.named(self._last_abrade, self.first)
        shows = self.found.borders(self._last_abrade).touch(names, AIR)
        return self.found.state(self._cuts[-1]).plane if shows else None

    @property
    def _last_abrade(self) -> int:
        """The last step that abrades the first bump or its dielectric before it is built on."""
        worn = self.abraded(self.dielectric) if self.dielectric is not None else []
        return max([*self._cuts, *(i for i in worn if i < self.built_on)])

    @property
    def _is_coated_last(self) -> bool:
        laid = [i for i, s in self.found.steps(Coat) if s.layer == self.dielectric]
        return bool(laid) and laid[0] > self._last_abrade

    @cached_property
    def depth(self) -> Measured | None:
        """The defined distance d below the dielectric's top, m; None where there is none."""
        if self.cavity is None:
            return None
        if self.plane is not None and self.found.case.route != "photoimaged_opening":
            return Measured(self.cavity.z_top - self.plane, 1e-14 * abs(self.cavity.z_top))
        other = self.found.case.route == "laminated_abraded" or self.is_abraded
        if self.line is None or other:
            return None
        return self.cavity.z_top - self.line[1]
