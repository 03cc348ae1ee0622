"""Run a case: step by step from the substrate to the verdict, then to files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bumpform.case.case import Case
from bumpform.case.checks.problems import raise_if
from bumpform.case.file import load_case
from bumpform.errors import CaseError, ProcessError
from bumpform.findings.findings import Findings
from bumpform.materials.materials import Materials, assumed_angles
from bumpform.metrics.joint import NOT_TOLD, joint_notes
from bumpform.metrics.sample import Sample, barrier_metrics, process_metrics, stage_metrics
from bumpform.process.apply import apply_step, step_problem
from bumpform.process.dry import dry_problems, found_dry
from bumpform.process.explore import Explored, explore
from bumpform.process.moment import Metrics, Moment, Value
from bumpform.process.mounts.joined import hung_curves, set_down
from bumpform.process.mounts.mounted import Mounted
from bumpform.process.reflows.pastes import unmelted_pastes
from bumpform.process.state import State
from bumpform.result.common_steps import common_states
from bumpform.result.run import Run, RunStage, Snapshot, Stopped
from bumpform.result.states import self_centring_words
from bumpform.steps.kinds import Deposit, Mount, Reflow, Step
from bumpform.units.measured import Measured
from bumpform.verdict.conditions import judge
from bumpform.verdict.notes import notes_on

if TYPE_CHECKING:
    from bumpform.melting.motion.melt import Frame, Melted
    from bumpform.melting.motion.options import Options


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
    if not isinstance(case, Case):
        case = load_case(case)
    materials = Materials(case.materials, case.wetting)
    state: State | None = None
    stages: list[RunStage] = []
    metrics: dict[str, dict[str, Value]] = {}
    snapshots: list[Snapshot] = []
    notes = list(case.notes)
    wetted: dict[tuple[str, str], None] = {}
    since: list[Step] = []  # since the last stage
    landscapes: list[Explored] = []
    history: list[Moment] = []
    stopped: Stopped | None = None
    known = common_states(after, case) if after is not None else []
    for index, step in enumerate(case.steps):
        before = state
        try:
            if index < len(known):
                state = known[index]
            else:
                state = apply_step(state, step, case, materials)
        except (ProcessError, CaseError) as error:
            dry = found_dry(case)
            if any(at == index for at, _ in dry):
                raise_if([problem for _, problem in dry], case.name)
            later = (problem for at, problem in dry if at > index)
            problems = (*step_problem(case, index, error).problems, *later)
            if not stages:  # nothing to keep
                raise CaseError(problems, case.name) from error
            stopped = Stopped(index, problems)
            break
        since.append(step)
        if not isinstance(step, Reflow | Mount) or before is None or state.stage is None:
            history.append(Moment(index, step, before, state))
            continue
        stage = state.stage
        explored = explore(stage, step.name) if landscape else None
        if explored is not None:
            stage = replace(stage, alternatives=explored.alternatives, searched="all")
            landscapes.append(explored)
        placed = before.stack
        caption = "" if any(isinstance(s, Deposit) for s in since) else "before it melts again"
        since = []
        if isinstance(stage, Mounted) and isinstance(step, Mount):
            caption = "set down"
            placed = replace(placed, regions=set_down(placed, stage.brought))
        own: Metrics | None = None
        if after is not None and index < len(known) and not (landscape or after.landscapes):
            own = after.history[index].measured  # which sees no more of a case than its steps do
            untold = (n for n in after.notes if n.startswith(f"{step.name}: {NOT_TOLD}"))
            notes += untold if own is not None else ()
        if own is None:
            sample = Sample(before, stage, step, case)
            own = stage_metrics(sample)
            notes += [f"{step.name}: {note}" for note in joint_notes(sample)]
        history.append(Moment(index, step, before, state, own))
        measured = metrics[step.name] = dict(own)
        snapshots.append(Snapshot(step.name, "as deposited", placed, caption=caption))
        stages.append(RunStage(index, step, stage, measured))
        if step.orientation is not None:
            turned = {"up": "upright", "down": "upside down"}[step.orientation]
            notes.append(f"{step.name}: all is {turned} in this step")
        liquids = (stage, *stage.bodies)
        told_once = dict.fromkeys(w for liquid in liquids for w in liquid.warnings)
        notes += [f"{step.name}: {warning}" for warning in told_once]
        melts, solids = [liquid.melt for liquid in liquids], [stage.solids]
        if isinstance(stage, Mounted):
            melts += [] if stage.hung is None else [stage.hung.melt]
            solids.append(stage.package.stack)
        for solder in dict.fromkeys(s for one in melts for s in one.solders):
            for piece in (piece for stack in solids for piece in stack.profile):
                wetted[solder, piece.material] = None
        if stage.refusal is not None:
            notes.append(f"{step.name} is refused ({stage.refusal.reason}): {stage.refusal.detail}")
            break
        notes += [f"{step.name}: {note}" for note in unmelted_pastes(solids, state.contents)]
        shift = measured.get("lateral_stiffness_N_m")
        tilt = measured.get("tilt_stiffness_N_m_rad")
        if isinstance(shift, Measured):
            turn = tilt.value if isinstance(tilt, Measured) else None
            notes.append(f"{step.name}: {self_centring_words(shift.value, turn)}")
        curves = tuple(q.shape.curve for q in liquids if q.shape is not None)
        if isinstance(stage, Mounted):
            curves += hung_curves(stage)
        snapshots.append(Snapshot(step.name, "reflowed", state.stack, curves))
    if state is not None and (not snapshots or state.stack is not snapshots[-1].stack):
        last = history[-1].step.do if not stages or stages[-1].refusal is None else ""
        if last:  # what the steps after the last reflow have made
            snapshots.append(Snapshot(f"after {last}", "reflowed", state.stack))
    if state is not None and state.barrier is not None:
        metrics["barrier"] = barrier_metrics(state)
    if state is not None:
        notes += state.notes
    molten = {solder for stage in stages for _, one in stage.liquids for solder in one.melt.solders}
    doubted = materials.unverified(sorted(molten), wetted, solids=case.weighs_solids)
    notes += [str(value) for value in doubted]
    notes += assumed_angles(doubted)
    found = Findings(case, materials, tuple(history), metrics)
    for name, more in process_metrics(found).items():
        metrics[name] |= more
    notes += notes_on(found)
    return Run(
        case,
        tuple(stages),
        tuple(judge(found)),
        metrics.get("barrier"),
        tuple(snapshots),
        tuple(notes),
        tuple(landscapes),
        tuple(history),
        stopped=stopped,
        unverified=tuple(str(value) for value in doubted),
    )


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

    done = run(case, landscape=landscape)
    if done.refused:  # what is wrong with later steps is told now
        raise_if(dry_problems(done.case), done.case.name)
    out = Path(out)
    if not melt:
        write_run(done, out, plot=plot, mesh=mesh)
        return done
    from bumpform.melting.files import shown_of, write_melt
    from bumpform.melting.verdict import melts_of

    with claimed(out):  # what has been followed is there, should the run come to no end
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
