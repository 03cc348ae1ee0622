"""Run a case: step by step from the substrate to the verdict, then to files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bumpform.case.case import Case
from bumpform.case.checks.problems import raise_if
from bumpform.case.file import as_case
from bumpform.errors import CaseError, ProcessError
from bumpform.findings.findings import Findings
from bumpform.materials.materials import Materials, assumed_angles
from bumpform.metrics.joint import NOT_TOLD, joint_notes
from bumpform.metrics.sample import Sample, barrier_metrics, process_metrics, stage_metrics
from bumpform.process.apply import apply_step, step_problem
from bumpform.process.dry import dry_problems, found_dry
from bumpform.process.explore import Explored, explore
from bumpform.process.moment import Metrics, Moment, Value
from bumpform.process.mounts.joined import hung_curves
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.pastes import unmelted_pastes
from bumpform.process.reflows.reflow import Stage
from bumpform.process.state import State
from bumpform.result.common_steps import common_states
from bumpform.result.run import Run, RunStage, Snapshot, Stopped
from bumpform.result.states import self_centring_words
from bumpform.stack.stack import Stack
from bumpform.steps.kinds import Deposit, Mount, Reflow, Step
from bumpform.steps.mount import attached_solder
from bumpform.surface.search.alternatives import Found, Others
from bumpform.units.measured import Measured
from bumpform.verdict.conditions import judge
from bumpform.verdict.notes import notes_on

if TYPE_CHECKING:
    from bumpform.melting.beginning.options import Options
    from bumpform.melting.motion.melt import Frame, Melted


def run(case: Case | str | Path, *, landscape: bool = False, after: Run | None = None) -> Run:
    """Run a case in memory.

    Parameters
    ----------
    case : Case, or str or Path
        A case, the name of a bundled one, or a file.
    landscape : bool
        Whether to search all of the solid for other equilibria, rather than next to the reached
        ones where there are two contact lines, and to keep the energy between them.
    after : Run, optional
        A run of another case. What it has made by the same first steps is not made again.

    Returns
    -------
    Run
        Up to the refused stage, if one is refused, or to the step that cannot be done on what has
        been solved.

    Raises
    ------
    CaseError
        If the step at which it stops is wrong whatever the solved surfaces are, or nothing has
        been solved yet: then with every problem that is one whatever they are.
    """
    case = as_case(case)
    process = _Process(case, landscape=landscape, after=after)
    for index, step in enumerate(case.steps):
        if not process.take(index, step):
            break
    return process.judged()


class _Process:
    """A case gone through step by step, and what is kept of it.

    Attributes
    ----------
    known : list of State
        What the same first steps of another run have made.
    state : State or None
        After the last step that could be done.
    since : list of Step
        Since the last stage.
    wetted : dict of (solder, material) to None
        Pairs that lay open to each other.
    """

    def __init__(self, case: Case, *, landscape: bool, after: Run | None) -> None:
        self.case = case
        self.materials = Materials(case.materials, case.wetting)
        self.landscape = landscape
        self.after = after
        self.known = common_states(after, case) if after is not None else []
        self.state: State | None = None
        self.since: list[Step] = []
        self.stages: list[RunStage] = []
        self.metrics: dict[str, dict[str, Value]] = {}
        self.snapshots: list[Snapshot] = []
        self.notes = list(case.notes)
        self.wetted: dict[tuple[str, str], None] = {}
        self.landscapes: list[Explored] = []
        self.history: list[Moment] = []
        self.stopped: Stopped | None = None

    def take(self, index: int, step: Step) -> bool:
        """Do a step, and tell whether the next one can be done.

        Raises
        ------
        CaseError
        """
        before = self.state
        try:
            if index < len(self.known):
                self.state = self.known[index]
            else:
                self.state = apply_step(before, step, self.case, self.materials)
        except (ProcessError, CaseError) as error:
            self._stop(index, error)
            return False
        self.since.append(step)
        stage = self.state.stage
        if not isinstance(step, Reflow | Mount) or before is None or stage is None:
            self.history.append(Moment(index, step, before, self.state))
            return True
        self._keep(index, step, stage, before, self.state)
        self.since = []
        return stage.refusal is None

    def _stop(self, index: int, error: ProcessError | CaseError) -> None:
        """Keep what there is, if anything, with what is wrong with this step and with later ones.

        Raises
        ------
        CaseError
        """
        case, dry = self.case, found_dry(self.case)
        if any(at == index for at, _ in dry):
            raise_if([problem for _, problem in dry], case.name)
        later = (problem for at, problem in dry if at > index)
        problems = (*step_problem(case, index, error).problems, *later)
        if not self.stages:  # nothing to keep
            raise CaseError(problems, case.name) from error
        self.stopped = Stopped(index, problems)

    def _keep(
        self, index: int, step: Reflow | Mount, stage: Stage | Mounted, before: State, state: State
    ) -> None:
        """Keep a stage: its pictures, its metrics, and what it would tell its user."""
        explored = explore(stage, step.name) if self.landscape else None
        if explored is not None:
            others = Others(Found, explored.alternatives, stage.others.found.released)
            stage = replace(stage, others=others, searched="all")
            self.landscapes.append(explored)
        own = self._measured(index, step, stage, before)
        self.history.append(Moment(index, step, before, state, own))
        measured = self.metrics[step.name] = dict(own)
        self.snapshots.append(self._deposited(step, stage, before))
        self.stages.append(RunStage(index, step, stage, measured))
        self._note_wetted(step, stage)
        self.notes += [f"{step.name}: {note}" for note in _stage_notes(step, stage)]
        if stage.refusal is not None:
            refusal = stage.refusal
            self.notes.append(f"{step.name} is refused ({refusal.reason}): {refusal.detail}")
            return
        told = (*unmelted_pastes(_solids(stage), state.contents), *_centring_notes(measured))
        self.notes += [f"{step.name}: {note}" for note in told]
        curves = tuple(q.shape.curve for q in (stage, *stage.bodies) if q.shape is not None)
        if isinstance(stage, Mounted):
            curves += hung_curves(stage)
        self.snapshots.append(Snapshot(step.name, "reflowed", state.stack, curves))

    def _measured(
        self, index: int, step: Reflow | Mount, stage: Stage | Mounted, before: State
    ) -> Metrics:
        """A stage's own metrics: of the run before, where that has made it."""
        after = self.after
        if after is not None and index < len(self.known):
            if not (self.landscape or after.landscapes):
                own = after.history[index].measured  # it sees no more of a case than its steps do
                if own is not None:
                    told = f"{step.name}: {NOT_TOLD}"
                    self.notes += [note for note in after.notes if note.startswith(told)]
                    return own
        sample = Sample(before, stage, step, self.case)
        found = stage_metrics(sample)
        self.notes += [f"{step.name}: {note}" for note in joint_notes(sample)]
        return found

    def _deposited(self, step: Reflow | Mount, stage: Stage | Mounted, before: State) -> Snapshot:
        """What a stage found."""
        fresh = any(isinstance(s, Deposit) for s in self.since)
        caption, above = "" if fresh else "before it melts again", None
        if isinstance(stage, Mounted) and isinstance(step, Mount):
            caption, above = "set down", stage.brought
        return Snapshot(step.name, "as deposited", before.stack, caption=caption, above=above)

    def _note_wetted(self, step: Reflow | Mount, stage: Stage | Mounted) -> None:
        """Note which solder lay open to which material."""
        melts = [liquid.melt for liquid in (stage, *stage.bodies)]
        if isinstance(stage, Mounted) and stage.hung is not None:
            melts.append(stage.hung.melt)
        pairs = [(solder, _solids(stage)) for one in melts for solder in one.solders]
        attached = attached_solder(step)
        if attached is not None and isinstance(stage, Mounted):
            bare = stage.package.stack
            bare = bare.without(*(r.name for r in bare.regions if r.is_solder))
            pairs.append((attached, [bare]))
        for solder, solids in pairs:
            for piece in (piece for stack in solids for piece in stack.profile):
                self.wetted[solder, piece.material] = None

    def judged(self) -> Run:
        """The run, with what spans its stages: metrics, notes, and the verdict."""
        state, case, materials = self.state, self.case, self.materials
        if state is not None:
            if not self.snapshots or state.stack is not self.snapshots[-1].stack:
                self._show_last(state)
            if state.barrier is not None:
                self.metrics["barrier"] = barrier_metrics(state)
            self.notes += state.notes
        molten = {s for stage in self.stages for _, one in stage.liquids for s in one.melt.solders}
        molten |= {s for stage in self.stages if (s := attached_solder(stage.step)) is not None}
        doubted = materials.unverified(sorted(molten), self.wetted, solids=case.weighs_solids)
        self.notes += [str(value) for value in doubted]
        self.notes += assumed_angles(doubted)
        found = Findings(case, materials, tuple(self.history), self.metrics)
        for name, more in process_metrics(found).items():
            self.metrics[name] |= more
        self.notes += notes_on(found)
        return Run(
            case,
            tuple(self.stages),
            tuple(judge(found)),
            self.metrics.get("barrier"),
            tuple(self.snapshots),
            tuple(self.notes),
            tuple(self.landscapes),
            tuple(self.history),
            stopped=self.stopped,
            unverified=tuple(str(value) for value in doubted),
        )

    def _show_last(self, state: State) -> None:
        """Show what the steps after the last reflow have made."""
        if not self.stages or self.stages[-1].refusal is None:
            last = self.history[-1].step.do
            self.snapshots.append(Snapshot(f"after {last}", "reflowed", state.stack))


def _solids(stage: Stage | Mounted) -> list[Stack]:
    """What stays solid in a stage, below and above."""
    return [stage.solids, *([stage.package.stack] if isinstance(stage, Mounted) else [])]


def _stage_notes(step: Reflow | Mount, stage: Stage | Mounted) -> Iterator[str]:
    """What a stage would tell, refused or not."""
    if step.orientation is not None:
        turned = {"up": "upright", "down": "upside down"}[step.orientation]
        yield f"all is {turned} in this step"
    yield from dict.fromkeys(w for liquid in (stage, *stage.bodies) for w in liquid.warnings)


def _centring_notes(measured: Metrics) -> Iterator[str]:
    """What a joint does to a package that is shifted or tilted, where that is known."""
    shift = measured.get("lateral_stiffness_N_m")
    tilt = measured.get("tilt_stiffness_N_m_rad")
    if isinstance(shift, Measured):
        turns = tilt.value if isinstance(tilt, Measured) else None
        yield self_centring_words(shift.value, turns, str(measured["held_by"]))


def checked_run(case: Case | str | Path, *, landscape: bool = False) -> Run:
    """Run a case in memory; behind a stage that is refused, see to the steps that are left.

    Raises
    ------
    CaseError
        If the case is wrong, with every problem that is one whatever the solved surfaces are.
    """
    done = run(case, landscape=landscape)
    if done.refused:
        raise_if(dry_problems(done.case), done.case.name)
    return done


def run_case(
    case: Case | str | Path,
    *,
    out: str | Path,
    mesh: bool = True,
    plot: bool = True,
    landscape: bool = False,
    melt: bool = False,
    tell: Callable[[Frame], None] | None = None,
) -> Run:
    """Run a case and write its folder.

    Parameters
    ----------
    case : Case, or str or Path
        A case, the name of a bundled one, or a file.
    out : str or Path
        Folder of the run; made if need be.
    mesh, plot : bool
        Whether to write the meshes, and the pictures and the report.
    landscape : bool
        Whether to search for all equilibria and draw the energy between them.
    melt : bool
        Whether to follow the melt of every stage in time, and to judge where it ends.
    tell : function, optional
        Called with every frame of a melt while it is followed.

    Raises
    ------
    CaseError
        If the case is wrong, with every problem that is one whatever the solved surfaces are.
    """
    from bumpform.files.folder import claimed
    from bumpform.output.run_folder import write_into, write_run

    done = checked_run(case, landscape=landscape)
    out = Path(out)
    if not melt:
        write_run(done, out, plot=plot, mesh=mesh)
        return done
    from bumpform.melting.files import shown_of, write_melt
    from bumpform.melting.verdict import melts_of

    # what has been followed is there, should the run come to no end
    with claimed(out, done.record.case.sha256):
        others: list[Path] = []
        done, melts = melts_of(done, lambda melted: others.extend(write_melt(melted, out)), tell)
        done = replace(done, melts=tuple(shown_of(melted, out) for melted in melts))
        _, failed = write_into(done, out, plot=plot, mesh=mesh, others=others)
    if failed is not None:
        raise failed
    return done


def melt(
    case: Case | str | Path,
    stage: str | None = None,
    *,
    inertia: bool = False,
    options: Options | None = None,
) -> Melted:
    """Run a case in memory and follow one of its stages in time, from its deposit to rest.

    Parameters
    ----------
    case : Case, or str or Path
        A case, the name of a bundled one, or a file.
    stage : str, optional
        Its name; the first one if not given.
    inertia : bool
        Whether the liquid has its mass (Navier–Stokes), rather than flowing overdamped (Stokes);
        then ``overdamped`` tells where it ends without.
    options : Options, optional
        Mesh and steps.

    Raises
    ------
    CaseError
        If there is no such stage, or it is not followed in time, with the reason.
    """
    from bumpform.melting.motion.melt import beside_overdamped, follow

    done = run(case)
    melted = follow(done, stage, inertia=inertia, options=options)
    return beside_overdamped(done, melted) if inertia else melted
