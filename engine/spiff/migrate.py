"""A running case carried into another version of its diagram: (state, old, new, mapping, around) -> Snapshot.

Pure, and all or nothing: whatever does not fit is refused with the element and a remedy, and nothing runs meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.task import Task

from engine.diagram.model import Process
from engine.diagram.tokens import Together, starved, together
from engine.errors import N_, ActivityFailed, CannotMove, DiagramProblem
from engine.spiff import step
from engine.spiff.advance import stepping
from engine.spiff.around import Around
from engine.spiff.clock import KINDS, due_of, next_round, plan, text_of, timers_of, waits
from engine.spiff.cutting import compact, repredict
from engine.spiff.share import share
from engine.spiff.snapshot import Snapshot
from engine.spiff.spec import Spec
from engine.spiff.state import Case, build, dump, load, unpack
from engine.spiff.telling import FINISH_FIRST, Telling, levels
from engine.spiff.trace import attached
from engine.spiff.translate import translate


@dataclass(frozen=True, slots=True)
class Passage:
    """Two versions of a process, and what can be said about them before any case is looked at."""

    old: Spec
    new: Spec
    before: Process
    after: Process
    were: Together  #: places that may hold tokens at the same time in the old diagram
    are: Together  #: and in the new one


@dataclass(frozen=True, slots=True)
class Moved:
    snapshot: Snapshot
    notes: tuple[DiagramProblem, ...]  #: what somebody should know before it is done
    timers: Mapping[str, str]  #: key of every timer that was carried over -> its event in the old diagram


@dataclass(slots=True)
class _Clock:
    """How timers are carried over."""

    telling: Telling
    around: Around
    entered: Mapping[str, datetime]
    carried: dict[str, str] = field(default_factory=dict)


def between(old: Spec, new: Spec, before: Process, after: Process) -> Passage:
    """Make ready to carry cases from one version to another; `before` and `after` are their diagrams."""
    return Passage(old, new, before, after, together(before), together(after))


def migrate(
    passage: Passage,
    state: bytes,
    mapping: Mapping[str, str],
    around: Around,
    *,
    entered: Mapping[str, datetime] | None = None,
    variables: Mapping[str, Any] | None = None,
) -> Moved:
    """Carry a case over, verified by loading again what will be stored.

    `mapping` names what takes the place of an element that has another id or is gone. A timer keeps its start, and is
    due by the new duration from there; one that has fired stays fired; a new one counts from when its activity was
    entered (`entered`, by key, where the state does not say so itself). `variables` are values of names that only the
    new diagram mentions. Raises CannotMove with every reason.
    """
    telling = Telling(passage.old, passage.new, passage.before, passage.after, mapping, _borders(passage, mapping))
    value = translate(unpack(state), telling)
    if not telling.problems:
        _check_tokens(passage, telling)
    if telling.problems:
        raise CannotMove(telling.problems)
    clock = _Clock(telling, around, entered or {})
    try:
        with stepping(passage.new, around):
            case = build(passage.new, value)
            wanted = passage.new.names - case.data.keys()
            share(case.task_tree, {name: value for name, value in (variables or {}).items() if name in wanted})
            _set_clocks(case, clock)
            repredict(case)
            compact(case)
            stored = dump(case)
        snapshot = step.look(passage.new, stored, around)
        _verify(passage, state, stored, telling, around)
    except ActivityFailed as error:
        raise CannotMove([_failed(error, telling)]) from error
    return Moved(snapshot, tuple(telling.notes), clock.carried)


def _borders(passage: Passage, mapping: Mapping[str, str]) -> dict[str, str]:
    """The standard time of an activity takes the place of its old one, whatever their ids."""
    found = {}
    for node in passage.before.nodes.values():
        now = passage.after.nodes.get(mapping.get(node.id, node.id))
        if node.deadline is None or now is None or now.deadline is None or node.deadline.id in mapping:
            continue
        if node.deadline.id not in passage.after.nodes and now.deadline.id not in passage.before.nodes:
            found[node.deadline.id] = now.deadline.id
    return found


def _check_tokens(passage: Passage, telling: Telling) -> None:
    """Refuse work that the new diagram never has open at once, and joins that would wait for ever."""
    for tokens in levels(telling.tokens):
        for n, one in enumerate(tokens):
            for other in tokens[n + 1 :]:
                possible = other.after in passage.are.get(one.after, ())
                if not possible and other.before in passage.were.get(one.before, ()):
                    telling.block(
                        "together",
                        one.before,
                        N_("%(name)s and %(other)s are open at once; in the new version they can't be."),
                        N_("Let the case finish one of them first, or leave the case in its version."),
                        other=telling.title(other.before),
                    )
        for join, _flow in starved(passage.after, [t.after for t in tokens]):
            telling.block(
                "starved",
                join,
                N_("%(name)s would wait for ever: a branch leads to it that this case can't take any more."),
                N_("Let the case pass it first, or leave the case in its version."),
            )


def _failed(error: ActivityFailed, telling: Telling) -> DiagramProblem:
    return telling.said(
        "engine",
        error.activity_id,
        N_("%(name)s can't go on in the new version: %(reason)s."),
        FINISH_FIRST,
        reason=error.reason,
    )


# -- time ------------------------------------------------------------------------------------------------------------


def _set_clocks(case: Case, clock: _Clock) -> None:
    was = {new: old for old, new in (*clock.telling.elements.items(), *clock.telling.events.items())}
    for task in list(case.event_manager.tasks.values()):
        old = dict(waits(task)) if "timers" in task.internal_data else {}
        wanted = {}
        for definition in timers_of(task):
            before = was.get(definition.name, definition.name)
            known = old.get(before)
            if known is not None:
                wanted[definition.name] = _carried(definition, task, known, clock)
                key = str(task.id) if task.task_spec.bpmn_id == definition.name else f"{task.id}:{definition.name}"
                clock.carried[key] = before
            else:
                wanted[definition.name] = _begun(definition, task, old, clock)
        if wanted or old:
            task.internal_data["timers"] = wanted


def _carried(definition: TimerEventDefinition, task: Task, known: dict[str, Any], clock: _Clock) -> dict[str, Any]:
    """A timer that runs on: by its new duration from its old start. One that has fired stays so."""
    if known.get("fired") or known.get("left") == 0:
        return known
    text = text_of(definition, task)
    same_calendar = clock.telling.before.calendar == clock.telling.after.calendar
    if text == known["text"] and same_calendar:
        return known
    return _planned(definition, text, datetime.fromisoformat(known["started"]), clock)


def _begun(definition: TimerEventDefinition, task: Task, others: Mapping[str, Any], clock: _Clock) -> dict[str, Any]:
    """A timer the activity did not have before: it counts from when the activity was entered."""
    main = attached(task) or task
    since = main.internal_data.get("since")
    starts = [datetime.fromisoformat(other["started"]) for other in others.values()]
    started = datetime.fromisoformat(since) if since else clock.entered.get(str(main.id), min(starts, default=None))
    if started is None:
        started = clock.around.now
        clock.telling.notes.append(
            clock.telling.said(
                "entered",
                main.task_spec.bpmn_id,
                N_("It is not known when %(name)s began; its new time counts from now."),
                N_("Leave the case in its version if that is not right."),
            )
        )
    return _planned(definition, text_of(definition, task), started, clock)


def _planned(definition: TimerEventDefinition, text: str, started: datetime, clock: _Clock) -> dict[str, Any]:
    around = replace(clock.around, now=started)
    wait = plan(KINDS[type(definition)], text, around, definition.name)
    while wait.get("left") and due_of(wait) <= clock.around.now:  # rounds that lie behind are not made up for
        if not next_round(wait, replace(clock.around, now=due_of(wait)), definition.name):
            break
    return wait


# -- verifying -------------------------------------------------------------------------------------------------------


def _verify(passage: Passage, old: bytes, new: bytes, telling: Telling, around: Around) -> None:
    """Load what would be stored: it must be stable, and hold exactly the work that was open. Raises CannotMove."""
    with stepping(passage.new, around):
        again = load(passage.new, new)
        repredict(again)
        compact(again)
        stable = {**unpack(dump(again)), "tick": None} == {**unpack(new), "tick": None}
    before, after = step.look(passage.old, old, around), step.look(passage.new, new, around)
    work = {(t.key, telling.named(t.activity_id), t.item) for t in before.tasks}
    calls = {(c.key, telling.named(c.activity_id)) for c in before.calls}
    same = work == {(t.key, t.activity_id, t.item) for t in after.tasks}
    same = same and calls == {(c.key, c.activity_id) for c in after.calls}
    if not (stable and same):
        raise CannotMove(
            [
                telling.said(
                    "engine",
                    passage.old.key,
                    N_("The case would not be the same after it is stored in the new version."),
                    FINISH_FIRST,
                )
            ]
        )
