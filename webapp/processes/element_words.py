"""What the elements of a diagram are called in an office, what they wait for, and who performs a step."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from engine.diagram.element import embedded
from engine.diagram.model import Node
from engine.errors import N_
from engine.people.entries import KEY
from webapp.processes.phrases import Phrases

KINDS = {
    "process": N_("Process"),
    "decision": N_("Decision table"),
    "form": N_("Form"),
    "task": N_("Step without a form"),
    "userTask": N_("Task"),
    "manualTask": N_("Manual task"),
    "scriptTask": N_("Script"),
    "serviceTask": N_("Service task"),
    "sendTask": N_("Send task"),
    "receiveTask": N_("Receive task"),
    "businessRuleTask": N_("Decision table"),
    "callActivity": N_("Called process"),
    "subProcess": N_("Sub-process"),
    "adHocSubProcess": N_("Ad-hoc sub-process"),
    "transaction": N_("Transaction"),
    "startEvent": N_("Start"),
    "endEvent": N_("End"),
    "intermediateCatchEvent": N_("Waiting event"),
    "intermediateThrowEvent": N_("Event"),
    "boundaryEvent": N_("Event on the border"),
    "exclusiveGateway": N_("Decision"),
    "inclusiveGateway": N_("Decision for one or several ways"),
    "complexGateway": N_("Complex decision"),
    "parallelGateway": N_("Parallel branches"),
    "eventBasedGateway": N_("Waiting for the first event"),
    "sequenceFlow": N_("Flow"),
    "messageFlow": N_("Message flow"),
    "lane": N_("Lane"),
    "participant": N_("Pool"),
    "textAnnotation": N_("Annotation"),
    "dataObjectReference": N_("Document"),
    "dataStoreReference": N_("Data store"),
    "association": N_("Association"),
    "group": N_("Group"),
}
TRIGGERS = {
    "timer": N_("timer"),
    "message": N_("message"),
    "signal": N_("signal"),
    "error": N_("error"),
    "escalation": N_("escalation"),
    "conditional": N_("condition"),
    "link": N_("link"),
    "terminate": N_("end of everything"),
    "cancel": N_("cancellation"),
    "compensate": N_("compensation"),
}


def kind_words(kind: str) -> str:
    """What an element of this BPMN kind is called in an office."""
    return _(KINDS[kind]) if kind in KINDS else _("Element")


def positions_words(given: str, names: Mapping[str, str]) -> str:
    """A list of positions as diagrams write it, by their names."""
    parts = (part.strip() for part in given.split(","))
    return ", ".join(names.get(one, one) if KEY.fullmatch(one) else one for one in parts if one)


def performer_words(
    people: str | None, groups: str | None, lane: str | None, at: str, names: Mapping[str, str], phrases: Phrases
) -> str:
    """Who performs a step: whom it names, else its lane."""
    given = people or groups
    if not given:
        return lane or ""
    if "${" in given:
        return phrases.performer(embedded(given) or given, at)
    return given if people else positions_words(given, names)


def performer_of(node: Node, names: Mapping[str, str], phrases: Phrases) -> str:
    """Who performs a step of a diagram."""
    people = node.assignee or node.candidate_users
    return performer_words(people, node.candidate_groups, node.lane, node.id, names, phrases)
