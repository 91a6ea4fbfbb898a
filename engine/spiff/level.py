"""One level of a stored case, the process or an open sub-process, told again in the names of another diagram.

What waits keeps its key and its place below what it inherits from. What stands around it is made anew where the new
diagram has it and left out where it has not: the events on an activity's border, the token of a branch that has come
to a join.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent, EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask, MultiInstanceTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState as S

from engine.diagram.tokens import inputs_after
from engine.errors import N_
from engine.spiff.clock import KINDS
from engine.spiff.fixes import OPEN
from engine.spiff.prepare import made_up
from engine.spiff.telling import Piece, Telling, Token

SPLIT, JOIN = ".BoundaryEventSplit", ".BoundaryEventJoin"


class Level:
    """The process or one open sub-process."""

    def __init__(
        self, telling: Telling, key: str, old: BpmnProcessSpec, new: BpmnProcessSpec, pieces: dict[str, Piece]
    ) -> None:
        self.telling, self.key, self.old, self.new, self.pieces = telling, key, old, new, pieces
        self.specs: dict[str, TaskSpec] = {id: old.task_specs[piece.name] for id, piece in pieces.items()}
        self.parents = {id: piece.parent for id, piece in pieces.items()}
        self.items: dict[str, dict[str, str]] = {}  #: of an instance: the item's old variable -> its new one
        self.settled: set[str] = set()  #: pieces that have their new name

    def translate(self) -> None:
        for piece in list(self.pieces.values()):
            spec = self.specs[piece.id]
            if piece.id not in self.pieces or piece.id in self.settled or isinstance(spec, BoundaryEvent):
                continue
            if isinstance(spec, _EndJoin):
                self._call(piece, self.new.end.name)
            elif isinstance(spec, BoundaryEventSplit):
                self._border(piece)
            elif isinstance(spec, BoundaryEventJoin):
                self._close(piece, spec)
            elif isinstance(spec, UnstructuredJoin):
                if piece.state != S.COMPLETED:  # else it stands there for the token it has sent on
                    self._join(piece)
            elif piece.state & OPEN or self._instance(piece):
                self._hold(piece)
        for piece in self.pieces.values():
            if piece.id not in self.settled:  # only its data is wanted
                piece.name, piece.notes = self.new.start.name, {}

    def rows(self) -> list[list[Any]]:
        """The pieces as stored, each after its parent."""
        below: dict[str | None, list[Piece]] = {}
        for piece in self.pieces.values():
            below.setdefault(piece.parent, []).append(piece)
        found, todo = [], list(reversed(below[None]))
        while todo:
            p = todo.pop()
            found.append([p.id, p.parent, p.name, p.state, p.triggered, p.tick, p.notes, p.data])
            todo.extend(reversed(below.get(p.id, [])))
        return found

    def kept(self, id: str | None) -> str | None:
        return id if id in self.pieces else None

    def _call(self, piece: Piece, name: str) -> None:
        piece.name = name
        self.settled.add(piece.id)

    def _below(self, piece: Piece) -> list[Piece]:
        return [p for p in self.pieces.values() if p.parent == piece.id]

    def _instance(self, piece: Piece) -> LoopTask | None:
        """The old loop whose instance a piece is."""
        around = self.specs.get(piece.parent or "")
        return around if isinstance(around, LoopTask) and around.task_spec == self.specs[piece.id].name else None

    # -- what waits --------------------------------------------------------------------------------------------------

    def _hold(self, piece: Piece) -> None:
        spec, loop = self.specs[piece.id], self._instance(piece)
        element = spec.bpmn_id
        target = self.telling.named(element)
        around = self.new.task_specs.get(self.pieces[piece.parent].name) if loop and piece.parent else None
        name = around.task_spec if isinstance(around, LoopTask) else target
        now = self.new.task_specs.get(name)
        if now is None or now.bpmn_id is None:
            self._gone(element, target)
        elif not self._alike(spec, now):
            if not loop:
                self._differs(element, spec, now)
        else:
            if loop is None and not made_up(element):
                self.telling.tokens.append(Token(self.key, element, target))
            elif isinstance(loop, MultiInstanceTask) and isinstance(around, MultiInstanceTask):
                self._rename_item(piece, loop, around)
            split = self.new.task_specs.get(f"{name}{SPLIT}")
            if split is not None and loop is None and not self._stands_at_split(piece):
                self._open_border(piece, split)
        self._call(piece, name)

    def _gone(self, element: str, target: str) -> None:
        telling = self.telling
        if target in telling.after.nodes:
            telling.block("level", element, N_("%(name)s stands on another level of the diagram in the new version."))
        else:
            telling.block(
                "gone",
                element,
                N_("%(name)s is open in this case, and the new version does not have it."),
                N_("Choose what takes its place in the new version, or let the case finish it first."),
            )

    def _alike(self, old: TaskSpec, new: TaskSpec) -> bool:
        if isinstance(old, LoopTask) or isinstance(new, LoopTask):
            if type(old) is not type(new):
                return False
            if isinstance(old, MultiInstanceTask) and _manner(old) != _manner(new):
                return False
            return self._alike(self.old.task_specs[old.task_spec], self.new.task_specs[new.task_spec])
        if old.manual and new.manual:
            return True
        if type(old) is not type(new):
            return False
        if isinstance(old, CatchingEvent) and not isinstance(old, EventBasedGateway):
            return _same_event(old, new)
        return True

    def _differs(self, element: str, old: TaskSpec, new: TaskSpec) -> None:
        telling = self.telling
        if isinstance(old, LoopTask) or isinstance(new, LoopTask):
            telling.block("repeat", element, N_("%(name)s is repeated in another way in the new version."))
        elif isinstance(old, CatchingEvent) and type(old) is type(new):
            telling.block("waits", element, N_("%(name)s waits for something else in the new version."))
        else:
            telling.block("kind", element, N_("%(name)s is another kind of element in the new version."))

    def _rename_item(self, piece: Piece, old: MultiInstanceTask, new: MultiInstanceTask) -> None:
        if old.input_item is None or new.input_item is None:
            return
        before, after = old.input_item.bpmn_id, new.input_item.bpmn_id
        if before != after and before in piece.data:
            piece.data[after] = piece.data.pop(before)
            self.items[piece.id] = {before: after}

    # -- borders -----------------------------------------------------------------------------------------------------

    def _stands_at_split(self, piece: Piece) -> bool:
        return isinstance(self.specs.get(piece.parent or ""), BoundaryEventSplit)

    def _border(self, split: Piece) -> None:
        """Make the events around an open activity those of the new diagram; what has fired does not wait again."""
        children = self._below(split)
        main = next(p for p in children if not isinstance(self.specs[p.id], BoundaryEvent))
        target = self.telling.named(self.specs[main.id].bpmn_id)
        now = self.new.task_specs.get(f"{target}{SPLIT}")
        known = {o.name: o for o in now.outputs if isinstance(o, BoundaryEvent)} if now is not None else {}
        left = dict(known)
        for piece in children:
            spec = self.specs[piece.id]
            if not isinstance(spec, BoundaryEvent):
                continue
            place = known.get(self.telling.event(spec.bpmn_id))
            fired = piece.state == S.COMPLETED
            same = place is not None and _same_event(spec, place)
            if place is not None and same and not (fired and place.cancel_activity):
                self._call(piece, place.name)
                for below in self._below(piece):
                    if isinstance(self.specs[below.id], BoundaryEventJoin):
                        self._call(below, f"{target}{JOIN}")
            else:
                self._remove(piece, split.parent)
            if place is not None and (same or fired):
                left.pop(place.name, None)
        if now is None:
            self._dissolve(split)
            return
        self._call(split, now.name)
        for event in left.values():
            self._await(split, event.name)

    def _open_border(self, main: Piece, split: TaskSpec) -> None:
        """Draw a border around an open activity that had none."""
        around = Piece(str(uuid4()), main.parent, split.name, S.COMPLETED, False, main.tick, {}, dict(main.data))
        self._add(around)
        main.parent = around.id
        for event in split.outputs:
            if isinstance(event, BoundaryEvent):
                self._await(around, event.name)

    def _await(self, split: Piece, name: str) -> None:
        self._add(Piece(str(uuid4()), split.id, name, S.WAITING, False, split.tick, {}, dict(split.data)))

    def _add(self, piece: Piece) -> None:
        self.pieces[piece.id] = piece
        self.settled.add(piece.id)

    def _remove(self, piece: Piece, above: str | None) -> None:
        """Take an event off a border; what it has led to stays."""
        del self.pieces[piece.id]
        for below in self._below(piece):
            if isinstance(self.specs[below.id], BoundaryEventJoin):
                del self.pieces[below.id]
            else:
                below.parent = above

    def _close(self, piece: Piece, spec: BoundaryEventJoin) -> None:
        """The end of a border stays while the border does."""
        if not piece.state & OPEN:
            return
        above = self.pieces.get(piece.parent or "")
        while above is not None and self.specs.get(above.id, spec).name != spec.split_task:
            above = self.pieces.get(above.parent or "")
        if above is None:
            del self.pieces[piece.id]
        else:
            self._call(piece, above.name.removesuffix(SPLIT) + JOIN)

    def _dissolve(self, split: Piece) -> None:
        del self.pieces[split.id]
        for below in self._below(split):
            below.parent = split.parent

    # -- joins -------------------------------------------------------------------------------------------------------

    def _join(self, piece: Piece) -> None:
        """A token that has come to a join stands on the flow it came by."""
        telling = self.telling
        join = self.specs[piece.id].bpmn_id
        target = telling.named(join)
        if not isinstance(self.new.task_specs.get(target), UnstructuredJoin):
            telling.block(
                "join",
                join,
                N_("A branch waits at %(name)s, which joins no branches in the new version."),
                N_("Choose the gateway that takes its place, or let the branches come together first."),
            )
            return
        self._call(piece, target)
        came = self.pieces.get(self.parents[piece.id] or "")
        source = self.specs[came.id].bpmn_id if came is not None else ""
        before = [f.id for f in telling.before.flows.values() if (f.source, f.target) == (source, join)]
        flow = self._flow(before, source, target) if came is not None else None
        name = telling.after.flows[flow].source if flow is not None else None
        taken = came is not None and came.id in self.settled and came.name != name
        if came is None or flow is None or name not in self.new.task_specs or taken:
            telling.block(
                "flow",
                join,
                N_("A branch has come to %(name)s by a flow that the new version does not have."),
                N_("Let the branches come together first, or leave the case in its version."),
            )
            return
        self._call(came, telling.after.flows[flow].source)
        telling.tokens.append(Token(self.key, before[0] if before else source, flow))

    def _flow(self, before: list[str], source: str, join: str) -> str | None:
        """The new diagram's flow into the join that stands for the one a token came by."""
        telling = self.telling
        into = [f for f in telling.after.flows.values() if f.target == join]
        same = [f.id for f in into if f.id in before]
        same = same or [f.id for f in into if f.source == telling.named(source)]
        if same:
            return same[0]
        if telling.named(source) not in telling.after.nodes:
            return None
        later = inputs_after(telling.after, telling.named(source), join)
        if len(later) != 1:
            return None
        telling.notes.append(
            telling.said(
                "passed",
                source,
                N_("The branch of %(name)s has come to the join; steps added after it are not done in this case."),
                N_("Leave the case in its version if they must be done."),
            )
        )
        return later[0]


def _manner(loop: MultiInstanceTask) -> tuple[object, ...]:
    """How a multi-instance comes by its items, and where it puts what they give."""
    gives = [one.bpmn_id if one is not None else None for one in (loop.data_output, loop.output_item)]
    return (loop.data_input is None, *gives)


def _same_event(old: TaskSpec, new: TaskSpec) -> bool:
    """Whether an event still waits for the same kind of thing; all timers are of one kind."""
    before, after = type(old.event_definition), type(new.event_definition)
    return before is after or (before in KINDS and after in KINDS)
