"""A stored case told again in the names of another diagram, the outer levels before the inner ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask

from engine.spiff.level import Level
from engine.spiff.telling import Piece, Telling


def translate(value: dict[str, Any], telling: Telling) -> dict[str, Any]:
    """The unpacked state in the new diagram's names; what does not fit is in `telling.problems`."""
    todo: dict[str, tuple[dict[str, Any], BpmnProcessSpec, BpmnProcessSpec, dict[str, str]]]
    todo = {"": (value["top"], telling.old.process, telling.new.process, {})}
    done: dict[str, dict[str, Any]] = {}
    for key in ("", *value["parts"]):
        if key not in todo:
            continue  # the activity around it has no place in the new diagram
        scope, old, new, renamed = todo.pop(key)
        level = Level(telling, key, old, new, _pieces(scope, renamed))
        level.translate()
        done[key] = {**scope, "tasks": level.rows(), "last": level.kept(scope["last"])}
        for id, piece in level.pieces.items():
            spec = new.task_specs.get(piece.name)
            before = level.specs.get(id)
            if id in value["parts"] and isinstance(spec, SubWorkflowTask) and isinstance(before, SubWorkflowTask):
                todo[id] = (
                    value["parts"][id],
                    telling.old.parts[before.spec],
                    telling.new.parts[spec.spec],
                    {**renamed, **level.items.get(id, {})},
                )
    return {**value, "top": done.pop(""), "parts": done}


def _pieces(scope: dict[str, Any], renamed: Mapping[str, str]) -> dict[str, Piece]:
    pieces: dict[str, Piece] = {}
    for id, parent, name, state, triggered, tick, notes, data in scope["tasks"]:
        given = data if data is not None else pieces[parent].data
        own = {renamed.get(name_, name_): value for name_, value in given.items()} if data is not None else dict(given)
        pieces[id] = Piece(id, parent, name, state, triggered, tick, notes, own)
    return pieces
