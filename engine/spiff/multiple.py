"""Multi-instances: what an item hides, what an instance keeps to itself until it ends, what all together give.

Replaces how the library hands values from the instances to the activity.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree
from SpiffWorkflow import Workflow
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask, SequentialMultiInstanceTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.task import Task

from engine.diagram.element import given
from engine.diagram.xml import BPMN
from engine.spiff.share import OWN, Output, share


def outputs(process: etree._Element) -> Iterator[tuple[str, Output]]:
    """What the multi-instances of a process collect, by activity."""
    for loop in process.iter(f"{{{BPMN}}}multiInstanceLoopCharacteristics"):
        activity = loop.getparent()
        item, collection = given(activity) if activity is not None else (None, None)
        if activity is not None and item and collection:
            yield activity.get("id") or "", Output(item, collection)


def _create_child(self: MultiInstanceTask, my_task: Task, item: Any, key_or_index: Any = None) -> None:
    """An item hides a variable of the same name while the activity lasts; the library refuses to go on."""
    name = self.input_item.bpmn_id if self.input_item is not None else None
    if name in my_task.data:
        my_task.internal_data["hidden"] = my_task.data.pop(name)
    _stock_create_child(self, my_task, item, key_or_index)
    made = my_task.children[-1]
    if isinstance(made.task_spec, SubWorkflowTask):
        made.internal_data[OWN] = []


def _merge_child(self: MultiInstanceTask, workflow: Workflow, child: Task) -> None:
    """An instance hands on what was set in it, and nothing else; the library brings its old values back too."""
    my_task, notes = child.parent, child.internal_data
    if self.output is not None:
        place = notes.get("key_or_index", notes.get("item"))
        gave = child.data.get(self.output.item) if self.output.item in notes.get(OWN, ()) else notes.get("gave")
        my_task.internal_data.setdefault("given", []).append([place, gave])
    if OWN not in notes and isinstance(child.task_spec, SubWorkflowTask):  # begun by an engine that kept no list
        _stock_merge_child(self, workflow, child)
        if self.input_item is not None:
            my_task.data.pop(self.input_item.bpmn_id, None)
        return
    my_task.internal_data["merged"].append(str(child.id))
    kept = {self.output.item} if self.output is not None else set()
    share(my_task, {name: child.data[name] for name in notes.get(OWN, ()) if name not in kept})


def _add_next_child(self: SequentialMultiInstanceTask, my_task: Task) -> None:
    """The next item, null or not; the library waits for ever before one that is null."""
    place, item = self.get_next_input_item(my_task) if self.data_input is not None else self.get_next_index(my_task)
    self.create_child(my_task, item, place)


def _on_complete_hook(self: MultiInstanceTask, my_task: Task) -> None:
    """Show the variable again that an item had hidden, and hand out what the instances gave, in the items' order."""
    if "hidden" in my_task.internal_data and self.input_item is not None:
        my_task.data[self.input_item.bpmn_id] = my_task.internal_data.pop("hidden")
    if self.output is not None:
        pairs = sorted(my_task.internal_data.pop("given", ()), key=lambda pair: pair[0])
        share(my_task, {self.output.collection: [value for _, value in pairs]})
    super(MultiInstanceTask, self)._on_complete_hook(my_task)


#: (class, name, ours): what `install` puts in place.
ITEMS: tuple[tuple[type, str, Any], ...] = (
    (MultiInstanceTask, "create_child", _create_child),
    (MultiInstanceTask, "merge_child", _merge_child),
    (MultiInstanceTask, "_on_complete_hook", _on_complete_hook),
    (SequentialMultiInstanceTask, "add_next_child", _add_next_child),
)
STOCK = {(owner, name): getattr(owner, name) for owner, name, _ in ITEMS}
_stock_create_child = STOCK[MultiInstanceTask, "create_child"]
_stock_merge_child = STOCK[MultiInstanceTask, "merge_child"]


def install() -> None:
    """Put these instances in place of the library's, for the whole program."""
    for owner, name, ours in ITEMS:
        setattr(owner, name, ours)
