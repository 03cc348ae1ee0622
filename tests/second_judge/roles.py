"""Who is who in a case, found by what it does and never by its name."""

from __future__ import annotations

from functools import cached_property

import shapely

from bumpform.materials.materials import Materials

from .barrier_roles import BarrierRoles
from .column_roles import ColumnRoles
from .core_roles import CoreRoles
from .history import frames_of
from .mask_roles import MaskRoles

METALS = ("metal", "pad", "core")


class Seen(BarrierRoles, ColumnRoles, CoreRoles, MaskRoles):
    """A run as the second judge sees it.

    Parameters
    ----------
    run : bumpform.Run
    route : str or None
    """

    def __init__(self, run, route=None):
        self.run, self.case = run, run.case
        self.route = route if route is not None else getattr(run.case, "route", None)
        self.frames = frames_of(run)
        self.library = Materials(self.case.materials, self.case.wetting)
        self.size = self.frames[0].picture.size
        self.tol = self.frames[0].picture.tol

    # -- helpers -------------------------------------------------------------

    def at(self, index):
        return next((f for f in self.frames if f.index == index), None)

    @property
    def last(self):
        return self.frames[-1]

    def frames_before(self, index):
        """Frames before a step; all of them where there is none such."""
        return [f for f in self.frames if index is None or f.index < index]

    def steps(self, do):
        return [f for f in self.frames if f.step.do == do]

    def is_metal(self, body):
        """Metal that is no solder."""
        return body.kind in METALS or (
            body.kind != "solder" and self.library.get(body.material).kind == "metal"
        )

    def conducts(self, body):
        """Whether a body is of metal: a core need not be."""
        return body.kind in ("metal", "pad") or self.library.get(body.material).kind == "metal"

    def last_melting(self, deposits, *, before=None, after=-1, kinds=("reflow",)):
        """Last stage within two steps that melts any of some deposits."""
        found = [
            f for f in self.frames
            if f.step.do in kinds and f.shaped & frozenset(deposits)
            and f.index > after and (before is None or f.index < before)
        ]  # fmt: skip
        return found[-1] if found else None

    @cached_property
    def first_mount(self):
        mounts = self.steps("mount")
        return mounts[0].index if mounts else None

    @cached_property
    def deposits(self):
        return [f for f in self.frames if f.step.do == "deposit"]

    def on(self, frame):
        """Names of what a deposit has been put on (a border, or a point on the axis)."""
        fresh = [n for n in frame.new if n in frame.holds]
        found = set()
        for name in fresh:
            for other in frame.picture.bodies:
                if other != name and (
                    frame.picture.touch(name, other)
                    or len(frame.picture.joined([name, other])) == 1
                ):
                    found.add(other)
        return found

    # -- two bumps -----------------------------------------------------------

    @cached_property
    def bumps(self):
        """Deposits of the first bump and of the second; either may be None."""
        first, start = self._bumps
        return first, None if start is None else self._fused(start, first)

    @property
    def b2_start(self):
        """Step of the first deposit over the first bump; others may freeze with it."""
        return self._bumps[1]

    @cached_property
    def _bumps(self):
        """Deposits of the first bump, and the first deposit over it; either may be None."""
        if not self.deposits:
            return None, None
        if self.barrier is not None and not self.barrier_is_late:
            under = set()
            for layer in self.barrier_layers:
                under |= {n for n in self.barrier.holds if self.barrier.picture.touch(layer, n)}
            area = {n: self.barrier.picture.area(self.barrier_layers, n) for n in under}
            first = self.barrier.holds[max(area, key=area.get)] if area else None
            later = [f for f in self.deposits if f.index > self.barrier.index]
            onto = (f for f in later if self.on(f) & {*self.skin(f)})
            over = next(onto, next(iter(later), None))
            return first, None if over is None else over.index
        put_on = self._on_frozen()
        if put_on is not None:
            return put_on
        start = next((d for f in self.steps("reflow") for d in sorted(f.melted)), None)
        return (None if start is None else self._fused(start, frozenset())), None

    def _on_frozen(self):
        """Deposits of frozen solder, and the first that has been put on some; None if none has."""
        for frame in self.deposits:
            frozen = self._frozen_under(frame)
            if frozen:  # of several the one that it lies on most
                frozen.sort()
                most = max(frozen, key=lambda n: frame.picture.area(frame.new, n))
                return frame.held[most], frame.index
        return None

    def _frozen_under(self, frame):
        """Names of the frozen solders that a deposit has been put on."""
        return [n for n in self.on(frame) if n in frame.held and frame.held[n] <= frame.ever]

    def _fused(self, deposit, but):
        """All deposits that first froze with one, but some; it may be shut in as it does."""
        for frame in self.frames:
            if frame.solved and deposit in frame.melted:
                for name in frame.holds:
                    if deposit in frame.holds[name]:
                        return frozenset(
                            d for d in frame.holds[name] if d not in (but or ()) and
                            not any(d in f.melted for f in self.frames_before(frame.index))
                        )  # fmt: skip
        return frozenset({deposit})

    @property
    def b1(self):
        return self.bumps[0]

    @property
    def b2(self):
        return self.bumps[1]

    @cached_property
    def b2_deposit(self):
        return min(self.b2) if self.b2 else None

    @cached_property
    def laying(self):
        """Frame after which the barrier is laid; without one the second bump, or a package."""
        barrier = None if self.barrier is None else self.barrier.index
        ends = (barrier, self.b2_start, self.first_mount)  # which melts what lies bare
        end = min((i for i in ends if i is not None), default=None)
        return self.frames_before(end)[-1]

    @cached_property
    def abrades(self):
        """Abrading steps that end before the barrier is laid."""
        return [f for f in self.steps("abrade") if f.index <= self.laying.index]

    @cached_property
    def f1(self):
        if self.b1 is None:
            return None
        end = self.laying.index + 1
        if self.first_mount is not None:  # a package is built on it
            end = min(end, self.first_mount)
        return self.last_melting(self.b1, before=end)

    @cached_property
    def cuts(self):
        """Abrading steps that cut the first bump as it has last frozen."""
        froze = self.last.index if self.f1 is None else self.f1.index
        return [
            f for f in self.abrades if f.index > froze and f.cuts(self.b1 or frozenset())
        ]  # fmt: skip

    @cached_property
    def f2(self):
        if self.b2 is None:
            return None
        return self.last_melting(self.b2, before=self.first_mount)

    def body(self, frame, deposits):
        """Names of the regions of solder that hold some deposits after a frame."""
        return [] if frame is None or deposits is None else list(frame.region(deposits))

    @cached_property
    def land(self):
        """Names of the pad and of the metal that is there before the first solder, from below."""
        picture = self.deposits[0].before if self.deposits else self.last.picture
        metals = [n for n, b in picture.bodies.items() if self.is_metal(b) and b.kind != "core"]
        return sorted(metals, key=lambda n: picture[n].top)

    def land_in(self, frame):
        """Names of the pad and of the metal that lies on it after a frame, no solder between."""
        metals = [
            n for n, b in frame.picture.bodies.items()
            if self.is_metal(b) and b.kind != "core" and not n.startswith("package ")
            and n.split(" part ")[0] not in {x for f in self.steps("barrier") for x in f.new}
        ]  # fmt: skip
        return next(g for g in frame.picture.joined(metals) if "pad" in g)

    # -- the dielectric ------------------------------------------------------

    @cached_property
    def dielectric(self):
        """Name of the dielectric around the first bump, or None."""
        return self._around(self._still_there)

    @cached_property
    def ever_around(self):
        """The same, be it taken away later."""
        return self.dielectric or self._around(lambda _: True)

    def _around(self, is_left):
        """Name of the dielectric around the first bump, of those that are left, or None."""
        if self.b1 is None:
            return None
        laminated = self.route == "laminated_abraded"
        found, worn = [], []
        for frame in self.steps("coat"):
            if frame.index > self.laying.index:
                continue
            name = next(iter(frame.new), None)
            if name is None or self.is_metal(frame.picture[name]):
                continue
            if not is_left(name) or name not in self.laying.picture:
                continue
            if laminated and any(self.wears(cut, name) for cut in self.abrades):
                worn.append(name)
            if frame.step.opening is not None and (laminated or self._holds(frame, name)):
                found.append(name)
        found = worn or found
        picture = self.laying.picture
        bumps = self.body(self.laying, self.b1) or self.body(self.f1, self.b1)
        close = [n for n in found if any(picture.touch(n, b) for b in bumps if b in picture)]
        early = [n for n in found if laminated or self.f1 is None or n in self.f1.before]
        if close:  # of those that the bump touches the highest, else the one laid last
            best = max(close, key=lambda n: picture[n].top)
            over = [n for n in early if n in picture and best in self._wall_from(n)]
            best = max(over, key=lambda n: picture[n].top, default=best)
        else:
            best = next(reversed(early), None)
        return best

    def _still_there(self, name):
        """Whether a layer stands when the second bump has its shape, or at the end."""
        frame = self.f2 or self.last
        return any(n == name or n.startswith(f"{name} part ") for n in frame.picture.bodies)

    def _holds(self, frame, name):
        """Whether the first bump stands in the opening of a coat: within its rim.

        Further down the coat may go under what stands there: to the foot of a wide ball.
        """
        at = self.f1 or self.at(min(self.b1))
        # what leans in, and is etched or abraded, has a wider rim than it was laid with
        body = (at if name in at.picture else frame).picture[name]
        inner = float(body.points[body.points[:, 1] > body.top - self.tol, 0].min())
        bumps = self.body(at, self.b1)
        return any(float(at.picture[n].points[:, 0].min()) < inner for n in bumps)

    def wears(self, cut, layer):
        """Whether abrading takes off of a layer, or goes to a depth below its top."""
        if layer not in cut.before:
            return False
        below = getattr(cut.step, "below_top", None)
        return (
            cut.picture.bodies.get(layer) is not cut.before[layer]
            or (below is not None and below.layer == layer)
        )  # fmt: skip

    def _is_open(self, body):
        """Whether a layer has an inner face at its top: a blanket one has none."""
        top = body.points[body.points[:, 1] > body.top - self.tol, 0]
        return float(top.min()) > self.tol

    @property
    def abrades_all(self):
        return self.steps("abrade")

    @cached_property
    def rim(self):
        """(r, z) where the dielectric's inner face meets its top, as the barrier is laid."""
        if self.dielectric is None or self.dielectric not in self.laying.picture:
            return None
        if not self._is_open(self.laying.picture[self.dielectric]):
            return None
        points = self.laying.picture[self.dielectric].points
        shown = [  # an etched ledge is its top where another layer covers the rest
            p for p in self.laying.picture.pieces(self.dielectric)
            if p.other == "air" and abs(p.end[1] - p.start[1]) < self.tol and p.end[0] < p.start[0]
        ]  # fmt: skip
        height = max(shown, key=lambda p: p.start[0]).start[1] if shown else points[:, 1].max()
        top = abs(points[:, 1] - height) < self.tol
        return float(points[top, 0].min()), float(height)

    def _foot_of(self, name):
        points = self.laying.picture[name].points
        laid = max(f.index for f in self.frames if name in f.new)
        later = {do: {n for f in self.steps(do) if f.index > laid for n in f.new}
                 for do in ("plate", "coat")}  # fmt: skip
        inside = {"air", *self.laying.holds, *later["plate"]}
        inner = [
            p for p in self.laying.picture.pieces(name)
            # a coat that fills the opening may go round the layer: what faces inwards goes down
            if p.other in inside or (p.other in later["coat"] and p.end[1] < p.start[1] - self.tol)
        ]  # fmt: skip
        on_top = points[:, 1].max() - self.tol
        walls = [p for p in inner if min(p.start[1], p.end[1]) < on_top]
        if walls:
            return float(min(min(p.start[1], p.end[1]) for p in walls))
        rim = points[points[:, 1] > on_top, 0].min()
        return float(points[points[:, 0] <= rim + self.tol, 1].min())

    @cached_property
    def wall(self):
        """Height of the opening's wall, of the open coats under the dielectric too."""
        return self.rim[1] - self._foot_of(self.coats[-1])

    @cached_property
    def coats(self):
        """The layers that the opening's wall is of, from above."""
        return self._wall_from(self.dielectric)

    def _wall_from(self, name):
        """A layer, and the open ones under it whose tops are at the foot of the one above."""
        picture = self.laying.picture
        coats, foot = [name], self._foot_of(name)
        below = [f.step.layer for f in self.steps("coat") if f.step.layer in picture]
        below = [
            n for n in below
            if self._is_open(picture[n]) and not self.is_metal(picture[n])
            and not self._ends_on_ball(n)
        ]  # fmt: skip
        while rims := [n for n in below if abs(picture[n].top - foot) < self.tol]:
            lowest = min(rims, key=self._foot_of)
            if not self._foot_of(lowest) < foot - self.tol:
                break
            foot = self._foot_of(lowest)
            coats.append(lowest)
        return coats

    def _ends_on_ball(self, name):
        """Whether a layer's top ends on a core: it has run in under that, and is no wall there."""
        body = self.laying.picture[name]
        top = body.points[body.points[:, 1] > body.top - self.tol]
        inner = shapely.Point(top[top[:, 0].argmin()])
        cores = [b for b in self.laying.picture.bodies.values() if b.kind == "core"]
        return any(core.border.distance(inner) < 4.0 * self.tol for core in cores)

    @cached_property
    def line1(self):
        """Outer contact line of the first bump at F1: (r, z), or None."""
        if self.f1 is None or not self.f1.solved:
            return None
        name = self.f1.liquids and next(iter(self.body(self.f1, self.b1)), None)
        if not name:
            return None
        chain, _ = self.f1.picture.surface(name)
        return None if not len(chain) else tuple(chain[0])

    @cached_property
    def plane(self):
        """(least z, largest z) of the first bump's bare side as the barrier is laid.

        Where it is covered by then, as the last abrading step has left it.
        """
        if not self.body(self.laying, self.b1):
            return None
        bare = (
            [p for n in self.body(f, self.b1) for p in f.picture.pieces(n) if p.other == "air"]
            for f in (self.laying, *self.cuts[-1:])
        )
        pieces = next((found for found in bare if found), None)
        if not pieces:
            return None
        z = [v for p in pieces for v in (p.start[1], p.end[1])]
        return min(z), max(z)

    @cached_property
    def depth(self):
        """Defined distance d, or None: terminus depth at F1, or the plane's depth."""
        if self.rim is None:
            return None
        if self.route == "laminated_abraded":
            cut = self.cuts and self.plane is not None
            return self.rim[1] - self.plane[1] if cut else None
        if self.cuts:
            return None
        return None if self.line1 is None else self.rim[1] - self.line1[1]
